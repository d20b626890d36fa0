"""Which gaps of a line part two words.

A gap is judged by its width in several senses (columns with hardly any ink, columns with none, the distance of the
letters row by row) and by what stands on either side of it and in it, see `measures`. The judgement is a logistic
regression. Its weights (gap_classifier.json, gap_classifier_leftward.json) are
fitted on rendered pages by `mark_core.training.gaps`. On every page they are then fitted to that page: the regression
learns from its own verdicts, held near the weights of all pages, so that what tells the words of this hand apart
counts for more. See docs/segmentation.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from mark_core.segmentation.gaps import Runs
from mark_core.segmentation.measures import FEATURES, page_features

_HERE = Path(__file__).parent
WEIGHTS = (
    _HERE / "gap_classifier.json",
    _HERE / "gap_classifier_leftward.json",
)  # of writing to the right (and down), to the left
_ROUNDS = 5  # times that a page is judged by its own verdicts
_VERDICT = 0.38  # probability from which a gap is one that parts words, for these rounds
_HOLD = 0.08  # strength, for each gap of the page, that holds its weights near those of all pages
_UNUSED = 1e6  # spread of a measure that counts for nothing, on no page
_STEPS = 4  # of Newton's method in each round


@dataclass(frozen=True, eq=False)
class GapClassifier:
    """The regression on measures that are brought to mean 0 and spread 1.

    weights, mean, spread: (F,) in the order of FEATURES; mean and spread of the measures on rendered pages.
    """

    weights: np.ndarray
    bias: float
    mean: np.ndarray
    spread: np.ndarray

    def scaled(self, measures: np.ndarray) -> np.ndarray:
        """(G, F) measures brought to mean 0 and spread 1."""
        return (measures - self.mean) / self.spread

    def score(self, measures: np.ndarray) -> np.ndarray:
        """(G,) logarithms of the odds that gaps part words, before a page is fitted to itself."""
        return self.scaled(measures) @ self.weights + self.bias

    def rounded(self) -> GapClassifier:
        """The same with four decimals."""
        return GapClassifier(
            *(np.round(getattr(self, key), 4) for key in ("weights", "bias", "mean")),
            spread=np.maximum(np.round(self.spread, 4), 1e-4),
        )


@lru_cache(maxsize=2)
def load_gap_classifier(leftward: bool = False) -> GapClassifier:
    """The fitted judgement; measures without a weight count for nothing.

    leftward: for writing to the left, where letters that do not join stand apart within words.
    """
    record = json.loads(WEIGHTS[leftward].read_text(encoding="utf-8"))
    weights, mean, spread = (
        np.array([record[key].get(name, other) for name in FEATURES])
        for key, other in (("weights", 0.0), ("mean", 0.0), ("spread", _UNUSED))
    )
    return GapClassifier(weights, float(record["bias"]), mean, spread)


def word_gaps(
    lines: list[Runs], x_height: float, counter: float, slant: float, leftward: bool = False
) -> list[np.ndarray]:
    """For every line, the (R - 1,) probability that each gap parts two words.

    x_height, counter: pixels, see `centring.centre_lines` and `slant.counter_width`. leftward: whether the page is
    written to the left (its lines are mirrored and run to the right here, as all do).
    """
    measures = page_features(lines, x_height, counter, slant)
    if not measures:
        return []
    probability = classify_gaps(np.concatenate(measures), load_gap_classifier(leftward))
    return np.split(probability, np.cumsum([len(rows) for rows in measures])[:-1])


def classify_gaps(measures: np.ndarray, classifier: GapClassifier) -> np.ndarray:
    """(G,) probability to part words of the gaps of a page from their (G, F) measures.

    Each round takes what the last one said for certain and fits the regression to it, with a penalty for every
    step away from the weights of all pages.
    """
    rows = np.hstack([classifier.scaled(measures), np.ones((len(measures), 1))])
    usual = np.concatenate([classifier.weights, [classifier.bias]])
    weights, hold = usual, max(_HOLD * len(rows), 1e-6)
    for _ in range(_ROUNDS):
        verdict = _probability(rows @ weights) > _VERDICT
        for _ in range(_STEPS):
            probability = _probability(rows @ weights)
            slope = rows.T @ (probability - verdict) + hold * (weights - usual)
            doubt = probability * (1.0 - probability)
            curvature = (rows * doubt[:, None]).T @ rows + hold * np.eye(len(weights))
            weights = weights - np.linalg.solve(curvature, slope)
    return _probability(rows @ weights)


def _probability(score: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-np.clip(score, -30.0, 30.0)))
