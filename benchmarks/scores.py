"""Calibration of the scores: ``python benchmarks/scores.py DATASET [--queries N]``.

Every query is answered over all true crops, and its 50 most probable words, as many as the app shows, are compared by
key. Typed queries are all keys within the alphabet; examples are random crops, excluded from their own list. Expected
calibration error (Guo et al., "On calibration of modern neural networks", 2017): ten bins of equal width, the mean
difference of probability and share of right words, weighted by the words in a bin. As most of the 50 are wrong with a
low probability, it is also given for words of at least 10 percent. Then the F1 of all words from the default
threshold on (fitted on rendered words), from 0.5, and from the threshold that would have been best here.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

import mark_core as mark
from mark_core.evaluation.calibration import calibration_error, f1_of, reliability
from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.retrieval import relevance_keys, true_crops, typed_scores
from mark_core.model.alphabet import is_supported
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.scoring import Calibration, probability

SHOWN = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--queries", type=int, default=800, help="clicked words")
    parser.add_argument("--column", default="key")
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    dataset, model = load_dataset(options.dataset), mark.load_model()
    crops = true_crops(dataset, options.limit)
    keys = np.array(relevance_keys(dataset, options.column)[: len(crops)])
    gallery = Gallery(model.encode(crops))
    calibration = Calibration.from_card(model.card)
    typed = sorted({str(key) for key in keys if is_supported(str(key))})
    _, by_text = typed_scores(gallery, model, typed)
    _report("typed", by_text, np.array(typed)[:, None] == keys, calibration.threshold[0])
    g = np.random.default_rng(0)
    chosen = g.choice(len(keys), min(options.queries, len(keys)), replace=False)
    by_example = np.stack([_clicked(gallery, i, calibration) for i in chosen])
    by_example[np.arange(len(chosen)), chosen] = -np.inf
    right = keys[chosen][:, None] == keys
    right[np.arange(len(chosen)), chosen] = False
    _report("clicked", by_example, right, calibration.threshold[1])


def _clicked(gallery: Gallery, i: int, calibration: Calibration) -> np.ndarray:
    cosine, likeness = (
        gallery.cosine(gallery.encoding.vectors[i]),
        gallery.likeness(gallery.encoding.shapes[i]),
    )
    return gallery.clicked_logits(cosine, likeness, gallery.readings[i], calibration)


def _report(name: str, logits: np.ndarray, right: np.ndarray, threshold: float) -> None:
    best = np.argsort(-logits, axis=1, kind="stable")[:, :SHOWN]
    shown = probability(np.take_along_axis(logits, best, axis=1)).ravel()
    true = np.take_along_axis(right, best, axis=1).ravel()
    likely = shown >= 0.1
    print(f"{name}: {len(logits)} queries, {len(shown)} words shown, {likely.sum()} of at least 10 %")
    error, strict = calibration_error(shown, true), calibration_error(shown[likely], true[likely])
    print(f"expected calibration error {error:.3f}; of words of at least 10 % {strict:.3f}")
    print("| said | words | mean | right |\n|---|---|---|---|")
    for low, count, mean, share in reliability(shown, true):
        print(f"| {low:.1f} - {low + 0.1:.1f} | {count} | {mean:.3f} | {share:.3f} |")
    everything = probability(logits)
    levels = np.linspace(0.02, 0.98, 49)
    ideal = max(levels, key=lambda level: f1_of(everything, right, level))
    for text, level in (("fitted", threshold), ("half", 0.5), ("best here", float(ideal))):
        print(f"F1 from {level:.2f} on ({text}): {f1_of(everything, right, level):.3f}")
    print(flush=True)


if __name__ == "__main__":
    main()
