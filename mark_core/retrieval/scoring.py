"""From evidence to a probability: one small logistic model for typed queries, one for clicked ones.

Its weights are fitted on rendered words (``training.calibrate``) and travel in the card of the model, so a
model and its calibration cannot be mixed up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Calibration:
    """logit = bias + the sum of weight * evidence. Evidence of typed queries: cosine, agreement of the reading; of
    clicked ones: cosine, agreement, likeness of the shape; of patterns: agreement. An evidence without a weight does
    not count. threshold: probability, 0..1, from which a word is best taken for a hit, of typed and clicked queries."""

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
