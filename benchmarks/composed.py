"""A clicked crop and a typed word together: ``python benchmarks/composed.py DATASET [--queries N]``.

Queries are crops of words that occur at least twice, drawn at random, with their word typed as well; the others of that
word are to be found, the crop itself is left out. The crop is used as it is and blurred, by a Gaussian of 5 and of 10
percent of its height. mAP in percent over all queries and over those whose spelling no rendered training word has.
"Mean" is the weighted mean of the log-odds, as DWC weighs vectors; "fixed" and "learned" are composed as search does.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np

import mark_core as mark
from mark_core.evaluation.calibration import calibration_error
from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.metrics import average_precision
from mark_core.evaluation.retrieval import relevance_keys, true_crops, typed_scores
from mark_core.model.alphabet import is_supported
from mark_core.model.held_out import is_held_out
from mark_core.retrieval.composed import Balance, compose, evidence
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.scoring import Calibration, probability

BLURS = {"clean": 0.0, "blurred, 5 %": 0.05, "blurred, 10 %": 0.10}
SHOWN = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--column", default="key")
    options = parser.parse_args()
    dataset, model = load_dataset(options.dataset), mark.load_model()
    crops = true_crops(dataset)
    keys = np.array(relevance_keys(dataset, options.column))
    gallery = Gallery(model.encode(crops))
    names, counts = np.unique(keys, return_counts=True)
    usable = [
        str(name) for name, count in zip(names, counts, strict=True) if count > 1 and is_supported(str(name))
    ]
    often = np.flatnonzero(np.isin(keys, usable))
    g = np.random.default_rng(0)
    chosen = np.sort(g.choice(often, min(options.queries, len(often)), replace=False))
    words = sorted({str(key) for key in keys[chosen]})
    typed = dict(zip(words, typed_scores(gallery, model, words)[1], strict=True))
    unseen = np.array([is_held_out(str(key)) for key in keys[chosen]])
    calibration, balance = Calibration.from_card(model.card), Balance.from_card(model.card)
    print(f"{dataset.name}: {len(chosen)} queries, {unseen.sum()} of unseen spelling, {len(keys)} words")
    for name, share in BLURS.items():
        seen = model.encode([_blurred(crops[i], share) for i in chosen])
        rows, weights, shown, true = [], [], [], []
        for k, i in enumerate(chosen):
            example = Gallery(seen.select([k]))
            cosine = gallery.cosine(example.encoding.vectors[0])
            likeness = gallery.likeness(example.encoding.shapes[0])
            by_example = gallery.clicked_logits(cosine, likeness, example.readings[0], calibration)
            by_text = typed[str(keys[i])]
            example_weight = balance(evidence(example, by_text, by_example, int(i)))
            weights.append(example_weight)
            tried = {
                "typed alone": by_text,
                "clicked alone": by_example,
                "mean, 0.4": 0.6 * by_text + 0.4 * by_example,
                "mean, 0.5": 0.5 * by_text + 0.5 * by_example,
                "fixed 0.4": compose(by_text, by_example, 0.4),
                "fixed 0.5": compose(by_text, by_example, 0.5),
                "learned": compose(by_text, by_example, example_weight),
            }
            scores = np.stack(list(tried.values())).astype(np.float64)
            scores[:, i] = -np.inf
            right = keys == keys[i]
            right[i] = False
            rows.append(average_precision(scores, np.broadcast_to(right, scores.shape)))
            best = np.argsort(-scores[-1], kind="stable")[:SHOWN]
            shown.append(probability(scores[-1, best]))
            true.append(right[best])
        ap = 100 * np.array(rows)
        if share == 0:
            print(f"| crop | words | {' | '.join(tried)} | weight |\n|{'---|' * (len(tried) + 3)}")
        for label, some in (("all", np.ones(len(chosen), bool)), ("unseen spelling", unseen)):
            cells = " | ".join(f"{value:.1f}" for value in ap[some].mean(axis=0))
            print(f"| {name} | {label} | {cells} | {np.array(weights)[some].mean():.2f} |")
        error = calibration_error(np.concatenate(shown), np.concatenate(true))
        print(f"expected calibration error of the {SHOWN} best, learned: {error:.3f}", flush=True)


def _blurred(crop: np.ndarray, share: float) -> np.ndarray:
    return cv2.GaussianBlur(crop, (0, 0), share * crop.shape[0]) if share else crop


if __name__ == "__main__":
    main()
