"""One word box."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Word:
    """A word on a page.

    box: x, y, w, h in page pixels (of ``Page.pixels``), inside the page, w and h at least 1.
    confidence: 0..1, how sure the segmentation is of this box.
    line: 0-based number of the text line, in reading order.
    order: 0-based position of the word on the page, in reading order.
    direction: ``ltr``, ``rtl`` or ``ttb`` (columns read top to bottom).
    context_box: the part of the page that is looked at when the word is compared: the box, widened to the band of its
        line, so that small letters keep their size beside tall ones. None: the box.
    """

    box: Box
    confidence: float = 1.0
    line: int = 0
    order: int = 0
    direction: str = "ltr"
    context_box: Box | None = None
