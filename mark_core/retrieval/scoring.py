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
    """logit = bias + cosine weight * cosine + reading weight * agreement; for both kinds of query."""

    text: tuple[float, float, float] = (-9.0, 12.0, 0.0)
    example: tuple[float, float, float] = (-9.0, 12.0, 0.0)

    @classmethod
    def from_card(cls, card: dict[str, Any]) -> Calibration:
        values = card.get("calibration") or {}
        return cls(**{key: tuple(values[key]) for key in ("text", "example") if key in values})

    def text_logit(self, cosine: np.ndarray, agreement: np.ndarray) -> np.ndarray:
        return _logit(self.text, cosine, agreement)

    def example_logit(self, cosine: np.ndarray, agreement: np.ndarray) -> np.ndarray:
        return _logit(self.example, cosine, agreement)


def _logit(weights: tuple[float, float, float], cosine: np.ndarray, agreement: np.ndarray) -> np.ndarray:
    bias, by_cosine, by_reading = weights
    return bias + by_cosine * cosine + by_reading * agreement


def probability(logit: np.ndarray) -> np.ndarray:
    """Logits -> 0..1, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(logit, np.float64)))
