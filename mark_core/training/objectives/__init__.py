"""Losses behind one interface, and the mixes that can be chosen by name."""

from __future__ import annotations

from mark_core.errors import MarkError
from mark_core.training.objectives.base import Objective, Outputs
from mark_core.training.objectives.distillation import DistillationLoss
from mark_core.training.objectives.infonce import ImageInfoNCE, ShapeInfoNCE, TextInfoNCE
from mark_core.training.objectives.paper import Alignment, Triplet
from mark_core.training.objectives.projection import CMPM
from mark_core.training.objectives.reading import PhocAttributes, Reading

__all__ = ["Objective", "Outputs", "make_objectives"]

# name -> [(loss, weight)]. "mark" is the paper's; "contrastive" trains the shipped weights.
_MIXES = {
    "contrastive": lambda: [
        ("image", ImageInfoNCE(), 1.0),
        ("shape", ShapeInfoNCE(), 0.3),
        ("text", TextInfoNCE(), 1.0),
        ("align", Alignment(detach=True), 0.1),
        ("phoc", PhocAttributes(), 0.5),
        ("ctc", Reading(), 1.0),
        ("keep", DistillationLoss(), 1.0),
    ],
    "mark": lambda: [("triplet", Triplet(), 1.0), ("align", Alignment(), 1.0), ("ctc", Reading(), 1.0)],
    "cmpm": lambda: [
        ("image", ImageInfoNCE(), 1.0),
        ("cmpm", CMPM(), 1.0),
        ("phoc", PhocAttributes(), 0.5),
        ("ctc", Reading(), 1.0),
    ],
}


def make_objectives(mix: str) -> list[tuple[str, Objective, float]]:
    """The losses of a mix with their names and weights. Raises MarkError on an unknown name."""
    if mix not in _MIXES:
        raise MarkError(f"There is no loss “{mix}”; known are {', '.join(_MIXES)}.")
    return _MIXES[mix]()
