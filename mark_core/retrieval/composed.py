"""Composed queries: an example crop and a typed word together.

As in DWC (dynamic weighted combiner) a weight per query, predicted by a small logistic model, decides how much each
part counts; a caller may set it instead. Two combinations are averaged: the weighted mean of both log-odds (high only
if both parts agree) and the log-odds of the weighted mixture of both probabilities (high if one part is certain).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.scoring import probability

EVIDENCE = ("illegible", "typed best", "clicked best", "clicked of typed", "typed of clicked")
_BEST = 5  # top hits of each part that the evidence is taken from
_LOW, _HIGH = -20.0, 8.0  # log-odds are clipped to this range


@dataclass(frozen=True)
class Balance:
    """Predicts the weight of the example: sigmoid(bias + sum of weight * evidence), or 0.5 without weights."""

    weights: tuple[float, ...] = ()

    @classmethod
    def from_card(cls, card: dict[str, Any]) -> Balance:
        return cls(tuple((card.get("calibration") or {}).get("balance", ())))

    def __call__(self, evidence: np.ndarray) -> float:
        """The weight of the example, 0..1, from the (5,) evidence of a query."""
        if not self.weights:
            return 0.5
        bias, *weights = self.weights
        return float(probability(bias + np.dot(weights, evidence)))


def evidence(
    example: Gallery, typed: np.ndarray, clicked: np.ndarray, itself: int | None = None
) -> np.ndarray:
    """The (5,) features that the weight is predicted from, in the order of ``EVIDENCE``.

    example: a gallery of the example alone. typed, clicked: (N,) log-odds of the typed word and of the example. itself:
    row of the example in the gallery, which is left out. The features are the illegibility of the example (negative
    log-probability of its best path per column), the mean log-odds of the first hits of each part, and the mean
    log-odds that each part gives to the first hits of the other. They do not depend on the word or its length, so that
    the weight generalises to unseen words and hands.
    """
    others = np.ones(len(typed), bool)
    if itself is not None and len(typed) > 1:
        others[itself] = False
    if not others.any():
        return np.zeros(len(EVIDENCE))
    typed = np.clip(typed[others], _LOW, _HIGH)
    clicked = np.clip(clicked[others], _LOW, _HIGH)
    count = min(_BEST, len(typed))
    by_typed, by_clicked = (np.argpartition(-logit, count - 1)[:count] for logit in (typed, clicked))
    columns = int(example.encoding.counts[0])
    doubt = -float(example.best[0]) / columns if columns else 1.0
    return np.array(
        [
            np.log(np.clip(doubt, 0, 3) + 0.01),
            typed[by_typed].mean(),
            clicked[by_clicked].mean(),
            clicked[by_typed].mean(),
            typed[by_clicked].mean(),
        ]
    )


def compose(typed: np.ndarray, clicked: np.ndarray, example_weight: float) -> np.ndarray:
    """Log-odds of the composed query.

    typed, clicked: (N,) log-odds of the typed word and of the example. example_weight: 0..1; 0 is the typed word alone,
    1 the example alone. Returns (N,) float64.
    """
    typed, clicked = np.array(typed, np.float64), np.array(clicked, np.float64)
    if example_weight <= 0 or example_weight >= 1:  # typed log-odds are -inf where a phrase cannot begin
        return clicked if example_weight >= 1 else typed
    either = np.logaddexp(np.log(1 - example_weight) + typed, np.log(example_weight) + clicked)
    return (example_weight * clicked + (1 - example_weight) * typed + either) / 2
