"""How the words of new pages are found and read, as the visitor had chosen when they were added."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """direction, flatten: arguments of ``segmentation.segment.segment``. script: that of ``WordIndex.add``."""

    direction: str = "auto"
    flatten: bool = False
    script: str | None = None


DEFAULT_LAYOUT = Layout()
