"""How the words of new pages are looked for, as the visitor had set it when they came."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """direction, flatten: see ``segmentation.segment.segment``."""

    direction: str = "auto"
    flatten: bool = False


PLAIN = Layout()
