"""Relevance feedback: a simulated reader marks the ten best unmarked hits, in three rounds.

    python benchmarks/feedback.py DATASET [--column key] [--limit N] [--queries N]

Typed queries on true crops. Two figures per round: mAP of the whole list as ranked by a search (marked words are
included), and mAP of the unmarked words only; "without" is the same words ranked without feedback.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

import mark_core as mark
from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.metrics import average_precision
from mark_core.evaluation.retrieval import clicked_scores, relevance_keys, true_crops, typed_scores
from mark_core.model.alphabet import is_supported
from mark_core.retrieval.feedback import fuse
from mark_core.retrieval.gallery import Gallery

ROUNDS, MARKS = 3, 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--column", default="key")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--model")
    options = parser.parse_args()
    dataset = load_dataset(options.dataset)
    model = mark.load_model(options.model)
    crops = true_crops(dataset, options.limit)
    keys = np.array(relevance_keys(dataset, options.column)[: len(crops)])
    gallery = Gallery(model.encode(crops))
    words, counts = np.unique(keys, return_counts=True)
    usable = [str(w) for w, c in zip(words, counts, strict=True) if c >= 2 and is_supported(str(w))]
    g = np.random.default_rng(0)
    typed = sorted(g.choice(usable, min(options.queries, len(usable)), replace=False).tolist())
    _, by_text = typed_scores(gallery, model, typed)
    _, by_example = clicked_scores(gallery, model)
    whole, rest = np.full((ROUNDS + 1, len(typed)), np.nan), np.full((ROUNDS + 1, 2, len(typed)), np.nan)
    for q, word in enumerate(typed):
        right = keys == word
        marked: list[int] = []
        for turn in range(ROUNDS + 1):
            yes, no = ([by_example[i] for i in marked if right[i] == kind] for kind in (True, False))
            scores = fuse(by_text[q], yes, no)
            whole[turn, q] = average_precision(scores[None], right[None])[0]
            left = np.ones(len(keys), bool)
            left[marked] = False
            for k, ranked in enumerate((by_text[q], scores)):
                rest[turn, k, q] = average_precision(ranked[None, left], right[None, left])[0]
            order = np.argsort(-np.where(left, scores, -np.inf), kind="stable")
            marked += order[:MARKS].tolist()
    print(f"{dataset.name}: {len(typed)} typed words that occur at least twice, {len(crops)} crops")
    print("| marks | whole list | unjudged words, without | with decisions |\n|---|---|---|---|")
    for turn in range(ROUNDS + 1):
        plain, fused = (100 * np.nanmean(rest[turn, k]) for k in (0, 1))
        print(f"| {MARKS * turn} | {100 * np.nanmean(whole[turn]):.1f} | {plain:.1f} | {fused:.1f} |")


if __name__ == "__main__":
    main()
