"""The losses of published systems by name, as `mark compare` trains them beside each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mark_core.errors import MarkError
from mark_core.training.objectives.base import Objective, label_number
from mark_core.training.objectives.composition import DynamicWeightedCombiner
from mark_core.training.objectives.correlational import CorrelationalNetwork
from mark_core.training.objectives.infonce import ImageInfoNCE, TextInfoNCE
from mark_core.training.objectives.paper import Alignment, Triplet
from mark_core.training.objectives.projection import CMPC, CMPM
from mark_core.training.objectives.ranking import SmoothAP, SmoothNDCG, StringL1
from mark_core.training.objectives.reading import PhocAttributes
from mark_core.training.objectives.siamese import SiameseContrastive

Weighted = tuple[Objective, float]


@dataclass(frozen=True)
class Sizes:
    """What a loss with parameters must know: D of the vectors, features of the towers before their last layers, and the
    distinct labels to learn."""

    dim: int
    image_features: int
    text_features: int
    labels: Sequence[str]


_PUBLISHED: dict[str, Callable[[Sizes], list[Weighted]]] = {
    # MARK starts from CLIP's weights. From chance, crops and words that follow each other fall onto one vector: so what
    # is aligned to stands still.
    "mark": lambda s: [(Triplet(), 1.0), (Alignment(detach=True), 1.0)],
    "infonce": lambda s: [(ImageInfoNCE(memory=0), 1.0), (TextInfoNCE(), 1.0)],
    "smooth-ap": lambda s: [(SmoothAP(), 1.0), (StringL1(), 0.5)],
    "smooth-ndcg": lambda s: [(SmoothNDCG(), 1.0), (StringL1(), 0.5)],
    "join": lambda s: [(SmoothAP(), 1.0), (SmoothNDCG(), 1.0), (StringL1(), 0.5)],
    "siamese": lambda s: [(SiameseContrastive(), 1.0)],
    "corrnet": lambda s: [(CorrelationalNetwork(s.dim, s.image_features, s.text_features), 1.0)],
    "cmpm": lambda s: [(CMPM(scale=None), 1.0)],
    "cmpm+cmpc": lambda s: [
        (CMPM(scale=None), 1.0),
        (CMPC(s.dim, [label_number(label) for label in s.labels]), 1.0),
    ],
    "dwc": lambda s: [(DynamicWeightedCombiner(s.dim), 1.0)],
    "phoc": lambda s: [(PhocAttributes(), 1.0)],
}
PUBLISHED = tuple(_PUBLISHED)


def published_objectives(name: str, sizes: Sizes) -> list[Weighted]:
    """The losses of a published system with their weights. Raises MarkError on an unknown name."""
    if name not in _PUBLISHED:
        raise MarkError(
            "There is no loss “{name}”; known are {known}.", name=name, known=", ".join(PUBLISHED)
        )
    return _PUBLISHED[name](sizes)
