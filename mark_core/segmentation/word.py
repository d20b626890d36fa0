"""A word box of a page."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Word:
    """A word on a page.

    box: x, y, w, h in page pixels (of ``Page.pixels``), inside the page, w and h at least 1.
    confidence: 0..1, of the segmentation in this box.
    line: 0-based number of the text line, in reading order.
    order: 0-based position of the word on the page, in reading order.
    direction: ``ltr``, ``rtl`` or ``ttb`` (columns read top to bottom).
    context_box: x, y, w, h of the crop that is encoded: the box, extended across the line to the height of the line,
        so that letters have the same scale in words with and without ascenders. None: the box itself.
    """

    box: Box
    confidence: float = 1.0
    line: int = 0
    order: int = 0
    direction: str = "ltr"
    context_box: Box | None = None
