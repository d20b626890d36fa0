"""Rectangles of an image or a canvas, as IIIF and media fragments write them.

Sources: https://iiif.io/api/image/3.0/#41-region, https://iiif.io/api/annex/openannotation/ (ImageApiSelector) and
https://www.w3.org/TR/media-frags/#naming-space (xywh).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from mark_core.pages.json_values import real

Rectangle = tuple[float, float, float, float]  # x, y, width, height
_FRAGMENT = "xywh="
_PERCENT = ("pct:", "percent:")


@dataclass(frozen=True)
class Region:
    """A rectangle. x, y, width, height: in ``unit``: ``pixel``, ``percent`` of the whole; all 0 for ``square``, the
    largest square in the middle."""

    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0
    unit: str = "pixel"

    def on(self, size: tuple[float, float]) -> Rectangle:
        """The rectangle in the units of a whole of ``size`` (width, height). It may leave the whole."""
        width, height = size
        if self.unit == "square":
            side = min(width, height)
            return (width - side) / 2, (height - side) / 2, side, side
        if self.unit == "percent":
            across, down = width / 100, height / 100
            return self.x * across, self.y * down, self.width * across, self.height * down
        return self.x, self.y, self.width, self.height

    def pixels_of(self, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
        """Whole pixels x, y, width, height inside an image of ``size``; None for nothing or all of the image."""
        x, y, width, height = self.on(size)
        left, top = max(0, round(x)), max(0, round(y))
        right, bottom = min(size[0], round(x + width)), min(size[1], round(y + height))
        if left >= right or top >= bottom or (left, top, right, bottom) == (0, 0, *size):
            return None
        return left, top, right - left, bottom - top


def read_region(text: object) -> Region | None:
    """``full`` (None), ``square``, ``x,y,w,h``, ``pct:x,y,w,h`` and the like; None for anything else."""
    if not isinstance(text, str) or len(text) > 200:
        return None
    text = text.strip().lower()
    if text == "square":
        return Region(unit="square")
    unit = "pixel"
    for prefix in (*_PERCENT, "pixel:"):
        if text.startswith(prefix):
            unit = "percent" if prefix in _PERCENT else "pixel"
            text = text[len(prefix) :]
            break
    values = [real(part.strip()) for part in text.split(",")]
    numbers = [value for value in values if value is not None]
    if len(values) != 4 or len(numbers) != 4 or min(numbers[:2]) < 0 or min(numbers[2:]) <= 0:
        return None
    return Region(numbers[0], numbers[1], numbers[2], numbers[3], unit)


def read_fragment(text: object) -> Region | None:
    """The region of a media fragment, ``xywh=...`` among others, with or without what stands before ``#``."""
    if not isinstance(text, str) or len(text) > 5000:
        return None
    for part in unquote(text.rpartition("#")[2]).split("&"):
        if part.startswith(_FRAGMENT):
            return read_region(part[len(_FRAGMENT) :])
    return None
