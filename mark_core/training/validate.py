"""Model selection on rendered words: faces and words that training never sees."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mark_core.evaluation.metrics import query_by_example, query_by_string
from mark_core.model.alphabet import is_folded
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.training.data import WordSet


class RenderedValidation:
    """QBS and QBE mAP on validation shards, by the embedding alone. ``extra`` sets are printed for information."""

    def __init__(self, words: WordSet, extra: dict[str, WordSet] | None = None) -> None:
        self.sets = {"val": words, **(extra or {})}

    def __call__(self, network: MarkNetwork) -> dict[str, float]:
        model = MarkModel(network, device="cpu")
        out: dict[str, float] = {}
        for name, words in self.sets.items():
            vectors = model.encode_strips([words.strip(i) for i in range(len(words))]).vectors
            keys = words.labels
            typed = sorted({str(k) for k in keys if is_folded(str(k), model.alphabet)})
            out[f"{name}_qbs"] = query_by_string(model.embed_texts(typed) @ vectors.T, typed, keys).unique
            out[f"{name}_qbe"] = query_by_example(vectors @ vectors.T, keys).weighted
        return {k: float(np.round(v, 3)) for k, v in out.items()}


def validation_shards(folder: Path) -> list[Path]:
    return sorted(folder.glob("val-*.npz"))


def training_shards(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("train-*.npz") if ".tmp" not in p.name)


def hand_shards(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("hand-*.npz") if ".tmp" not in p.name)
