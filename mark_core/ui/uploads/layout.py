"""How the words of new pages are found, as the visitor had chosen when they were added."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """direction, flatten: arguments of ``segmentation.segment.segment``."""

    direction: str = "auto"
    flatten: bool = False


DEFAULT_LAYOUT = Layout()
