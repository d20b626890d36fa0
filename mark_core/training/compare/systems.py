"""The systems of the source documents as rows of one table, and what tells a row from another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from mark_core.errors import MarkError
from mark_core.model.systems.image_towers import image_tower


@dataclass(frozen=True)
class System:
    """name: of the row. tower, strings, adaptation: see ``SystemNetwork``. objective: see ``published_objectives``."""

    name: str
    tower: str
    strings: str
    objective: str
    adaptation: str = "none"


PARTS = tuple(field.name for field in fields(System) if field.name != "name")

# The first rows are as their documents have them, of networks that start from chance; the others differ from one of
# them in one part.
SYSTEMS = (
    # Modality Adaptation Representation Learning (MARK)
    System("MARK", "clip-vit-b32", "clip-phoc", "mark", "kan"),
    System("MARK without KAN", "clip-vit-b32", "clip-phoc", "mark"),
    System("CLIP fine-tuned as MARK", "clip-vit-b32", "clip", "mark"),
    # Learning to Rank Words
    System("Smooth-AP", "resnet34", "bigru", "smooth-ap"),
    System("Smooth-nDCG", "resnet34", "bigru", "smooth-ndcg"),
    System("Join", "resnet34", "bigru", "join"),
    # image-text retrieval by siamese and correlational networks and deep cross-modal projection
    System("Siamese", "mobilenet-v1", "lstm", "siamese"),
    System("Correlational network", "mobilenet-v1", "lstm", "corrnet"),
    System("CMPM", "mobilenet-v1", "bilstm", "cmpm"),
    System("CMPM + CMPC", "mobilenet-v1", "bilstm", "cmpm+cmpc"),
    System("CMPM + CMPC, MobileNet v3", "mobilenet-v3", "bilstm", "cmpm+cmpc"),
    System("CMPM + CMPC, EfficientNet-B0", "efficientnet-b0", "bilstm", "cmpm+cmpc"),
    System("CMPM + CMPC, EfficientNet-lite0", "efficientnet-lite0", "bilstm", "cmpm+cmpc"),
    # Dynamic Weighted Combiner
    System("DWC", "clip-vit-b32", "clip", "dwc"),
    # PHOCNet
    System("PHOCNet's regression", "strip", "phoc", "phoc"),
    # the network of mark-compact, without its reading heads
    System("InfoNCE, small MARK", "strip", "small-clip-phoc", "infonce", "kan"),
    System("InfoNCE, MLP for KAN", "strip", "small-clip-phoc", "infonce", "mlp"),
    System("InfoNCE, no adaptation", "strip", "small-clip-phoc", "infonce"),
    System("InfoNCE, no PHOC gate", "strip", "small-clip", "infonce", "kan"),
    System("InfoNCE, small ViT", "small-vit", "small-clip-phoc", "infonce", "kan"),
    # the same small network with every other objective
    System("MARK's losses, small MARK", "strip", "small-clip-phoc", "mark", "kan"),
    System("Smooth-AP, small MARK", "strip", "small-clip-phoc", "smooth-ap", "kan"),
    System("Smooth-nDCG, small MARK", "strip", "small-clip-phoc", "smooth-ndcg", "kan"),
    System("Join, small MARK", "strip", "small-clip-phoc", "join", "kan"),
    System("Siamese, small MARK", "strip", "small-clip-phoc", "siamese", "kan"),
    System("Correlational, small MARK", "strip", "small-clip-phoc", "corrnet", "kan"),
    System("CMPM, small MARK", "strip", "small-clip-phoc", "cmpm", "kan"),
    System("CMPM + CMPC, small MARK", "strip", "small-clip-phoc", "cmpm+cmpc", "kan"),
    System("DWC, small MARK", "strip", "small-clip-phoc", "dwc", "kan"),
)


def choose(names: Sequence[str] | None = None, tower: str | None = None) -> list[System]:
    """The rows of these names, in the order of the table; None: all. tower: the image tower that all of them get
    instead of their own; rows that become the same are one. Raises MarkError on an unknown name."""
    known = {system.name: system for system in SYSTEMS}
    for name in names or ():
        if name not in known:
            raise MarkError(
                "There is no row “{name}”; `compare --list` shows them.",
                name=name,
            )
    chosen = [system for system in SYSTEMS if names is None or system.name in names]
    if tower is None:
        return chosen
    image_tower(tower)
    distinct: dict[System, System] = {}
    for system in chosen:
        changed = replace(system, tower=tower)
        distinct.setdefault(replace(changed, name=""), changed)
    return list(distinct.values())


def changes(systems: Sequence[System]) -> list[str]:
    """For every row, of the rows above it that differ in one part alone the first for each part: "tower: CMPM"."""
    out = []
    for number, system in enumerate(systems):
        found: dict[str, str] = {}
        for other in systems[:number]:
            differing = [part for part in PARTS if getattr(system, part) != getattr(other, part)]
            if len(differing) == 1:
                found.setdefault(differing[0], other.name)
        out.append("; ".join(f"{part}: {name}" for part, name in found.items()))
    return out
