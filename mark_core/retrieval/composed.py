"""A clicked crop and a typed word together: how much each of them counts.

As in DWC (dynamic weighted combiner) one weight a query, learnt and open to being overruled, decides between the two.
Here it weighs what either says of a word, in two ways that are averaged: the weighted mean of their log-odds, which
wants both to agree, and the log-odds of their weighted mixture, for which it is enough that one of them is sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mark_core.retrieval.gallery import Gallery

EVIDENCE = ("illegible", "typed best", "clicked best", "clicked of typed", "typed of clicked")
_BEST = 5  # words that a query finds first
_LOW, _HIGH = -20.0, 8.0  # log-odds beyond these say nothing more


@dataclass(frozen=True)
class Balance:
    """example_weight = sigmoid(bias + sum of weight * evidence); without weights one half."""

    weights: tuple[float, ...] = ()

    @classmethod
    def from_card(cls, card: dict[str, Any]) -> Balance:
        return cls(tuple((card.get("calibration") or {}).get("balance", ())))

    def __call__(self, evidence: np.ndarray) -> float:
        """The weight of the clicked crop, 0..1, from the evidence of a query."""
        if not self.weights:
            return 0.5
        bias, *weights = self.weights
        return float(1 / (1 + np.exp(-(bias + np.dot(weights, evidence)))))


def evidence(
    example: Gallery, typed: np.ndarray, clicked: np.ndarray, itself: int | None = None
) -> np.ndarray:
    """(5,) what the weight depends on, as ``EVIDENCE`` names it.

    example: the clicked crop; typed, clicked: (N,) log-odds of either query; itself: the row of the clicked word, which
    is left out. How illegible the crop is, how sure either query is of what it finds first, and what each thinks of
    what the other finds. Neither the word nor its length: the weight is for words and hands that nobody has seen.
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
    """(N,) log-odds of both queries together; ``example_weight`` 0 is the typed one alone, 1 the clicked one."""
    typed, clicked = np.array(typed, np.float64), np.array(clicked, np.float64)
    if example_weight <= 0 or example_weight >= 1:  # where a phrase cannot begin the typed log-odds are -inf
        return clicked if example_weight >= 1 else typed
    either = np.logaddexp(np.log(1 - example_weight) + typed, np.log(example_weight) + clicked)
    return (example_weight * clicked + (1 - example_weight) * typed + either) / 2
