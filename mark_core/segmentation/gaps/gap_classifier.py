"""Classification of the gaps of a line: within a word or between two words.

The features of a gap are several measures of its width and of its surroundings, see `measures`. The classifier is a
logistic regression with weights (gap_classifier.json, gap_classifier_leftward.json) fitted on rendered pages by
`mark_core.training.gaps`. It is then adapted to every page by self-training with a penalty on the distance from these
weights. See docs/segmentation.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from mark_core.segmentation.gaps.measures import FEATURES, page_features
from mark_core.segmentation.gaps.runs import Runs

_HERE = Path(__file__).parent
# for writing to the right (and vertical writing), and to the left
WEIGHTS = (_HERE / "gap_classifier.json", _HERE / "gap_classifier_leftward.json")
_ROUNDS = 5  # of self-training on a page
_PSEUDO_LABEL = 0.38  # probability from which the pseudo-label of a gap is positive
_PENALTY = 0.08  # per gap of the page, on the squared distance from the weights of all pages
_UNUSED = 1e6  # spread of a feature without a weight
_STEPS = 4  # of Newton's method per round


@dataclass(frozen=True, eq=False)
class GapClassifier:
    """A logistic regression on standardised features.

    weights, mean, spread: (F,) in the order of FEATURES; mean and standard deviation on rendered pages.
    """

    weights: np.ndarray
    bias: float
    mean: np.ndarray
    spread: np.ndarray

    def scaled(self, measures: np.ndarray) -> np.ndarray:
        """(G, F) features, standardised."""
        return (measures - self.mean) / self.spread

    def score(self, measures: np.ndarray) -> np.ndarray:
        """(G,) log-odds that gaps separate words, before self-training on the page."""
        return self.scaled(measures) @ self.weights + self.bias

    def rounded(self) -> GapClassifier:
        """The classifier with all numbers rounded to four decimals."""
        return GapClassifier(
            weights=np.round(self.weights, 4),
            bias=np.round(self.bias, 4),
            mean=np.round(self.mean, 4),
            spread=np.maximum(np.round(self.spread, 4), 1e-4),
        )


@lru_cache(maxsize=2)
def load_gap_classifier(leftward: bool = False) -> GapClassifier:
    """The fitted classifier; features without a weight are ignored.

    leftward: for writing to the left, in which letters that do not join are apart within words.
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
    """For every line, the (R - 1,) probability of each gap to separate two words.

    x_height, counter: pixels, see `centring.centre_lines` and `slant.counter_width`. leftward: the page is written to
    the left; its lines are mirrored, so that they run to the right as all others.
    """
    measures = page_features(lines, x_height, counter, slant)
    if not measures:
        return []
    probability = classify_gaps(np.concatenate(measures), load_gap_classifier(leftward))
    return np.split(probability, np.cumsum([len(rows) for rows in measures])[:-1])


def classify_gaps(measures: np.ndarray, classifier: GapClassifier) -> np.ndarray:
    """(G,) probabilities of the gaps of a page to separate words.

    measures: (G, F) features. Each round fits the regression to the pseudo-labels of the last one, with an L2 penalty
    on the distance from the weights of all pages.
    """
    rows = np.hstack([classifier.scaled(measures), np.ones((len(measures), 1))])
    prior = np.concatenate([classifier.weights, [classifier.bias]])
    weights, penalty = prior, max(_PENALTY * len(rows), 1e-6)
    for _ in range(_ROUNDS):
        label = _probability(rows @ weights) > _PSEUDO_LABEL
        for _ in range(_STEPS):
            probability = _probability(rows @ weights)
            gradient = rows.T @ (probability - label) + penalty * (weights - prior)
            variance = probability * (1.0 - probability)
            curvature = (rows * variance[:, None]).T @ rows + penalty * np.eye(len(weights))
            weights = weights - np.linalg.solve(curvature, gradient)
    return _probability(rows @ weights)


def _probability(score: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-np.clip(score, -30.0, 30.0)))
