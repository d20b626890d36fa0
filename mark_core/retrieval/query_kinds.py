"""Kinds of typed queries, each with a calibration of its own behind what boxes and lines say.

The weights of boxes and lines are those of single words. A pattern matches more words than one, an edit allows for
wrong ones, and of a phrase the least likely word decides, so the same evidence is another probability. The order of
the hits stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mark_core.retrieval.query import Term

FITTED = ("pattern", "edits", "phrase")  # a single word is what the other weights are fitted on


def kind_of(terms: Sequence[Term]) -> str:
    """``word`` or one of ``FITTED``; a phrase with a pattern in it is a phrase."""
    if len(terms) > 1:
        return "phrase"
    (term,) = terms
    return "pattern" if term.word is None else "edits" if term.edits else "word"


@dataclass(frozen=True)
class KindWeights:
    """weights: bias and factor of the log-odds by kind, and the probability from which a word counts as a hit; other
    kinds are as single words."""

    weights: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    @classmethod
    def from_card(cls, card: dict[str, Any]) -> KindWeights:
        values = (card.get("calibration") or {}).get("kinds") or {}
        return cls({kind: tuple(values[kind]) for kind in FITTED if kind in values})

    def to_card(self) -> dict[str, list[float]]:
        return {kind: list(weights) for kind, weights in self.weights.items()}

    def __call__(self, kind: str, logit: np.ndarray) -> np.ndarray:
        """Log-odds of a query of this kind."""
        bias, factor, _ = self.weights.get(kind, (0.0, 1.0, 0.0))
        return logit if (bias, factor) == (0.0, 1.0) else bias + factor * logit

    def threshold(self, kind: str, usual: float) -> float:
        """The probability from which a word counts as a hit; ``usual`` for single words."""
        return self.weights[kind][2] if kind in self.weights else usual
