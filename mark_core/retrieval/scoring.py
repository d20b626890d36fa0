"""Calibration: logistic models that turn evidence into probabilities, by kind of query.

The weights are fitted by ``training.calibrate`` and stored in the card of the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Calibration:
    """Bias and weights per kind of query: logit = bias + sum of weight * evidence.

    text: query by string; cosine, CTC agreement. example: query by example; cosine, CTC agreement, cosine of the shape
    features. pattern: CTC agreement. Evidence without a weight is ignored. threshold: probability, 0..1, from which a
    word counts as a hit (maximum F1), for query by string and query by example.
    """

    text: tuple[float, ...] = (-9.0, 12.0, 0.0)
    example: tuple[float, ...] = (-9.0, 12.0, 0.0, 0.0)
    pattern: tuple[float, ...] = (1.0, 3.0)
    threshold: tuple[float, float] = (0.5, 0.5)

    @classmethod
    def from_card(cls, card: dict[str, Any]) -> Calibration:
        values = card.get("calibration") or {}
        known = ("text", "example", "pattern", "threshold")
        return cls(**{key: tuple(values[key]) for key in known if key in values})

    def text_logit(self, cosine: np.ndarray, agreement: np.ndarray) -> np.ndarray:
        return _logit(self.text, cosine, agreement)

    def example_logit(self, cosine: np.ndarray, agreement: np.ndarray, likeness: np.ndarray) -> np.ndarray:
        return _logit(self.example, cosine, agreement, likeness)

    def pattern_logit(self, agreement: np.ndarray) -> np.ndarray:
        return _logit(self.pattern, agreement)


def _logit(weights: tuple[float, ...], *evidence: np.ndarray) -> np.ndarray:
    out = np.full(np.shape(evidence[0]), weights[0], np.float32)
    for weight, values in zip(weights[1:], evidence, strict=False):
        out += np.float32(weight) * values
    return out


def probability(logit: np.ndarray) -> np.ndarray:
    """Logits -> 0..1, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(logit, np.float64)))
