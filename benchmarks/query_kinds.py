"""Calibration by kind of query, on pages made of the lines of held-out hands.

    python benchmarks/query_kinds.py LINES [--hands 20] [--fit]

LINES: a corpus of transcribed lines (see ``mark train words --lines``). Prints for words, patterns, words with an edit
and phrases the expected calibration error of the hits of 1 % and more, and F1 at the threshold of the kind and at the
best one. ``--fit``: with weights of the kinds fitted on the other half of the hands.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mark_core.evaluation.calibration import calibration_error
from mark_core.model.mark import MarkModel, load_model
from mark_core.retrieval.query_kinds import KindWeights
from mark_core.retrieval.scoring import Calibration
from mark_core.training.hand.judged_queries import KINDS, JudgedHits, f1_at, fit_kind_weights, judged_queries
from mark_core.training.line_weights import KnownPage, index_pages
from mark_core.training.real.corpus import read_corpus
from mark_core.training.real.hand_pages import hand_pages

LEAST = 0.01  # probability of hits that are shown as likely as 1 % or more


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lines", type=Path)
    parser.add_argument("--hands", type=int, default=20)
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    model = load_model()
    lines = [line for line in read_corpus(options.lines).lines if line.held_out]
    hands = sorted({line.hand for line in lines})
    chosen = set(np.random.default_rng(0).permutation(hands)[: options.hands].tolist())
    pages = index_pages(model, hand_pages(model, [line for line in lines if line.hand in chosen]))
    report(judged(model, pages, options.fit))


Judged = tuple[JudgedHits, float]  # and the threshold of its kind


def judged(model: MarkModel, pages: Sequence[KnownPage], fit: bool) -> list[Judged]:
    """The queries of all pages. fit: those of each half with weights of the other."""
    if not fit:
        return with_thresholds(model, pages)
    plain = {**model.card["calibration"]}
    plain.pop("kinds", None)
    found = []
    for half in (0, 1):
        base = MarkModel(model.network, {"calibration": plain}, str(model.device))
        kinds = fit_kind_weights(base, pages[half::2]).to_card()
        print(kinds)
        fitted = MarkModel(model.network, {"calibration": plain | {"kinds": kinds}}, str(model.device))
        found += with_thresholds(fitted, pages[1 - half :: 2])
    return found


def with_thresholds(model: MarkModel, pages: Sequence[KnownPage]) -> list[Judged]:
    usual, kinds = Calibration.from_card(model.card).threshold[0], KindWeights.from_card(model.card)
    return [(one, kinds.threshold(one.kind, usual)) for one in judged_queries(model, pages)]


def report(found: Sequence[Judged]) -> None:
    print(f"{len({one.hand for one, _ in found})} hands")
    print("| kind | queries | ECE | F1 at the threshold | best F1, at |\n|---|---|---|---|---|")
    for kind in KINDS:
        own = [one for one, _ in found if one.kind == kind]
        cut = np.concatenate([np.full(len(one.scores), level) for one, level in found if one.kind == kind])
        scores = np.concatenate([one.scores for one in own])
        right = np.concatenate([one.right for one in own])
        truth = sum(one.truth for one in own)
        shown = scores >= LEAST
        error = calibration_error(scores[shown], right[shown])
        levels = np.linspace(0.02, 0.98, 97)
        f1 = [f1_at(scores, right, truth, level) for level in levels]
        best = int(np.argmax(f1))
        now = f1_at(scores - cut, right, truth, 0.0)
        print(f"| {kind} | {len(own)} | {error:.3f} | {now:.3f} | {f1[best]:.3f}, {levels[best]:.2f} |")


if __name__ == "__main__":
    main()
