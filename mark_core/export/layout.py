"""Words that another program found: boxes of one page as PAGE XML, ALTO or hOCR give them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mark_core.errors import MarkError
from mark_core.export.geometry import fit_corners
from mark_core.pages.page import Page
from mark_core.segmentation.word import Word

MAX_WORDS = 50_000  # of a page; a large newspaper page has 15,000
_SHAPE = 0.02  # sides of two images of one page may differ by rounding, not by more
# Per inch. ALTO: mm10 are tenths of a millimetre, inch1200 are 1/1200 inch.
UNITS_PER_INCH = {"pixel": None, "mm10": 254.0, "inch1200": 1200.0}


@dataclass(frozen=True)
class LayoutWord:
    """corners: left, top, right, bottom in the unit of the file. text: as transcribed, "" if it is not.
    line: number of its line, growing in reading order. confidence: 0..1. direction: ltr, rtl or ttb."""

    corners: tuple[float, float, float, float]
    text: str = ""
    line: int = 0
    confidence: float = 1.0
    direction: str = "ltr"


@dataclass(frozen=True, eq=False)
class LayoutPage:
    """The words of one page in reading order.

    image: name of the image file, without folders, "" if the file does not say. size: width and height of that
    image in ``unit``, or None. unit: a key of UNITS_PER_INCH.
    """

    image: str
    words: tuple[LayoutWord, ...]
    size: tuple[float, float] | None = None
    unit: str = "pixel"

    def __post_init__(self) -> None:
        if len(self.words) > MAX_WORDS:
            raise MarkError(
                "This file has more than {limit} words on a page and is not read.", limit=MAX_WORDS
            )
        values = [*(self.size or ()), *(value for word in self.words for value in word.corners)]
        if not all(map(math.isfinite, values)):
            raise MarkError("This file has a box whose coordinates are not numbers.")

    def boxes(
        self, width: int, height: int, original: tuple[int, int], dpi: float | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Boxes on an image of ``width`` x ``height`` pixels, a reduced copy of ``original`` (width, height).

        dpi: dots per inch of the original, needed where the file counts in inches and states no size.

        Returns (N, 4) int x y w h inside the image, and the (N,) int places in ``words``: a word that lies outside
        the image altogether has no box. Raises MarkError if the file is made for an image of another shape.
        """
        stated = self.size or self._assumed(original, dpi)
        # Cross products, so that sizes in any unit compare; the second bound is one pixel, which decides on tiny pages.
        if abs(stated[0] * height - stated[1] * width) > max(
            _SHAPE * stated[0] * height, max(stated[0], stated[1], width, height)
        ):
            raise MarkError(
                "The boxes are made for an image of {stated_width} x {stated_height}, "
                "and the page has {width} x {height} pixels.",
                stated_width=round(stated[0]),
                stated_height=round(stated[1]),
                width=original[0],
                height=original[1],
            )
        across, down = width / stated[0], height / stated[1]
        corners = np.array([word.corners for word in self.words], float).reshape(-1, 4)
        corners = corners * (across, down, across, down)
        kept = np.flatnonzero(
            (corners[:, 0] < width) & (corners[:, 1] < height) & (corners[:, 2] >= 0) & (corners[:, 3] >= 0)
        )
        return fit_corners(corners[kept], width, height), kept

    def _assumed(self, original: tuple[int, int], dpi: float | None) -> tuple[float, float]:
        per_inch = UNITS_PER_INCH[self.unit]
        if per_inch is None:
            return float(original[0]), float(original[1])
        if dpi is None:
            raise MarkError(
                "This file counts in parts of an inch, but neither it nor the image says how large it is."
            )
        return original[0] / dpi * per_inch, original[1] / dpi * per_inch

    def words_on(self, page: Page) -> list[Word]:
        """The words in pixels of ``page``, for ``WordIndex.add(page, words=...)``; lines and order count from 0.

        Raises MarkError if there are none, or if the file is made for an image of another shape.
        """
        boxes, kept = self.boxes(page.width, page.height, page.original_size, page.dpi)
        if not len(kept):
            raise MarkError(
                "There are no word boxes for {name}; a file with boxes of lines alone is not enough.",
                name=page.name,
            )
        lines = {line: i for i, line in enumerate(dict.fromkeys(self.words[k].line for k in kept))}
        return [
            Word(
                tuple(int(side) for side in box),
                self.words[k].confidence,
                lines[self.words[k].line],
                order,
                self.words[k].direction,
            )
            for order, (box, k) in enumerate(zip(boxes, kept, strict=True))
        ]
