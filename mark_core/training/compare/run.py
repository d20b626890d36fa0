"""A comparison: every row for every seed, trained and measured, in a folder from which it goes on after a stop."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from mark_core.errors import MarkError
from mark_core.evaluation.metrics import query_by_example, query_by_string
from mark_core.model.alphabet import is_folded
from mark_core.model.systems.network import SystemNetwork, embed_strips, embed_words
from mark_core.training.compare.budget import Budget
from mark_core.training.compare.learner import CHECKPOINT, Settings, SystemLearner
from mark_core.training.compare.systems import PARTS, System
from mark_core.training.data import WordSet
from mark_core.whole_file import write_whole

RESULT = "result.json"
FIGURES = ("QBS known", "QBS unseen", "QBE", "nDCG")  # of every set, percent
_SETTINGS = "settings.json"


def readable_words(words: WordSet) -> WordSet:
    """The words of a-z and 0-9, which every string tower can type. Raises MarkError if there is none."""
    rows = np.flatnonzero([is_folded(str(label)) for label in words.labels])
    if not len(rows):
        raise MarkError("There is no word of the letters a–z and 0–9 to compare systems on.")
    return words.rows(rows)


def compare(
    systems: Sequence[System],
    words: WordSet,
    sets: Mapping[str, WordSet],
    out: Path,
    budget: Budget,
    seeds: int,
    settings: Settings | None = None,
) -> list[dict[str, Any]]:
    """Train every system on the readable ``words`` and measure it on ``sets``; rows that are done in ``out`` stay.

    All systems of a seed come before the next seed. Returns a result per system and seed: "system", "seed", "steps",
    "parameters", "words a second" (of processor time, on the first set), "first loss", "last loss" (means over a tenth
    of the steps) and ``FIGURES`` of every set by its name. Raises MarkError where ``out`` holds a comparison of other
    words or settings.
    """
    words, settings = readable_words(words), settings or Settings()
    _hold(out, words, sets, budget, settings)
    results = []
    for seed in range(seeds):
        for system in systems:
            folder = out / f"{_plain(system)}-{seed}"
            result = folder / RESULT
            if not result.exists():
                learner = SystemLearner(system, words, settings, budget, seed, folder)
                network = learner.run()
                found = {"system": asdict(system), "seed": seed, "steps": learner.step}
                found |= _course(learner.losses) | measure(network, sets, set(words.labels.tolist()))
                folder.mkdir(parents=True, exist_ok=True)
                write_whole(result, json.dumps(found, indent=1).encode())
                (folder / CHECKPOINT).unlink(missing_ok=True)
            results.append(json.loads(result.read_text(encoding="utf-8")))
    return results


def measure(network: SystemNetwork, sets: Mapping[str, WordSet], known: set[str]) -> dict[str, Any]:
    """Figures of a network by its vectors alone. known: the spellings that it learnt from."""
    out: dict[str, Any] = {"parameters": network.parameter_count}
    for name, words in sets.items():
        since = time.process_time()
        gallery = embed_strips(network, [words.strip(i) for i in range(len(words))])
        out.setdefault("words a second", len(words) / max(1e-9, time.process_time() - since))
        keys = [str(key) for key in words.labels]
        typed = sorted({key for key in keys if is_folded(key)})
        similarity = embed_words(network, typed) @ gallery.T
        seen = np.array([word in known for word in typed], bool)
        figures = (
            *(
                query_by_string(
                    similarity[part], [w for w, p in zip(typed, part, strict=True) if p], keys
                ).unique
                for part in (seen, ~seen)
            ),
            query_by_example(gallery @ gallery.T, keys).weighted,
            query_by_string(similarity, typed, keys, with_ndcg=True).ndcg,
        )
        out[name] = dict(zip(FIGURES, figures, strict=True))
    return out


def _course(losses: Sequence[float]) -> dict[str, float]:
    tenth = max(1, len(losses) // 10)
    return {"first loss": float(np.mean(losses[:tenth])), "last loss": float(np.mean(losses[-tenth:]))}


def _hold(out: Path, words: WordSet, sets: Mapping[str, WordSet], budget: Budget, settings: Settings) -> None:
    """Write down what is compared, or see that it is the same."""
    digests = {name: _digest(one) for name, one in sets.items()}
    now = {"words": _digest(words), "sets": digests, "budget": str(budget)} | asdict(settings)
    path = out / _SETTINGS
    if not path.exists():
        out.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(now, indent=1).encode())
        return
    before = json.loads(path.read_text(encoding="utf-8"))
    differing = [key for key in now if before.get(key) != now[key]]
    if differing:
        raise MarkError(
            "The folder {folder} holds a comparison with other {differing}; choose another one.",
            folder=out.name,
            differing=", ".join(key.replace("_", " ") for key in differing),
        )


def _digest(words: WordSet) -> str:
    """Of the labels and the widths of the strips."""
    return hashlib.sha256("\n".join(map(str, words.labels)).encode() + words.widths.tobytes()).hexdigest()[
        :16
    ]


def _plain(system: System) -> str:
    """The name of the folder of a row."""
    return "_".join(getattr(system, part) for part in PARTS)
