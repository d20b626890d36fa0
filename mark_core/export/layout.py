"""Words and lines of one page from PAGE XML, ALTO or hOCR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mark_core.errors import MarkError
from mark_core.export.geometry import fit_corners
from mark_core.export.number import Point
from mark_core.pages.page import Page
from mark_core.segmentation.word import Word

MAX_WORDS = 50_000  # of a page; a large newspaper page has 15,000
MAX_FILE_PAGES = 1000  # of one file
LONGEST_NAME = 500  # letters of the name of an image that are kept
MAX_LINES = 10_000  # of a page, without words
MAX_LINE_TEXT = 2000  # characters of the text of a line
_SHAPE = 0.02  # largest relative difference of aspect ratios, for rounding
# Per inch. ALTO: mm10 are tenths of a millimetre, inch1200 are 1/1200 inch.
UNITS_PER_INCH = {"pixel": None, "mm10": 254.0, "inch1200": 1200.0}


@dataclass(frozen=True)
class LayoutWord:
    """A word of a layout file.

    corners: left, top, right, bottom in the unit of the file. text: transcription, "" for none. line: number of its
    line, ascending in reading order. confidence: 0..1. direction: ltr, rtl or ttb.
    """

    corners: tuple[float, float, float, float]
    text: str = ""
    line: int = 0
    confidence: float = 1.0
    direction: str = "ltr"


@dataclass(frozen=True)
class LayoutLine:
    """A line of a layout file that has no words.

    number: of the line, ascending in reading order, counted together with those that have words. polygon: around its
    writing, at least three points in the unit of the file, or none. baseline: at least two points from one end to the
    other, or none; one of both is there. direction: ltr, rtl or ttb, "" if not stated. text: of the line as a whole, ""
    if not stated.
    """

    number: int
    polygon: tuple[Point, ...] = ()
    baseline: tuple[Point, ...] = ()
    direction: str = ""
    text: str = field(default="", compare=False)


@dataclass(frozen=True, eq=False)
class LayoutPage:
    """The words of one page in reading order.

    image: name of the image file without folders, "" if not stated. size: (width, height) of the image in ``unit``, or
    None. unit: a key of UNITS_PER_INCH. lines: those without words. unreadable: number of words that were left out
    because their places are not numbers. kind: "page", "alto" or "hocr". texts: of lines as a whole, by their numbers,
    also of lines that have no place.
    """

    image: str
    words: tuple[LayoutWord, ...]
    size: tuple[float, float] | None = None
    unit: str = "pixel"
    lines: tuple[LayoutLine, ...] = ()
    unreadable: int = 0
    kind: str = ""
    texts: Mapping[int, str] = field(default_factory=dict)

    def text_lines(self) -> dict[int, str]:
        """The text of every line by its number, in reading order: that of its words, or of the line as a whole where
        some of them have none. Lines without text are left out."""
        words: dict[int, list[str]] = {}
        for word in self.words:
            words.setdefault(word.line, []).append(word.text)
        lines = {}
        for number in sorted({*words, *self.texts}):
            own = words.get(number, [])
            text = (
                " ".join(own) if own and all(own) else self.texts.get(number) or " ".join(filter(None, own))
            )
            if text.strip():
                lines[number] = " ".join(text.split())
        return lines

    def boxes(
        self, width: int, height: int, original: tuple[int, int], dpi: float | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Boxes on an image of ``width`` x ``height`` pixels, a reduced copy of ``original`` (width, height).

        dpi: dots per inch of the original, required if the file uses physical units and states no size.

        Returns (N, 4) int x y w h inside the image, and the (N,) int indices in ``words``; words outside the image are
        dropped. Raises MarkError if the aspect ratio of the file is another.
        """
        across, down = self.scale(width, height, original, dpi)
        corners = np.array([word.corners for word in self.words], float).reshape(-1, 4)
        corners = corners * (across, down, across, down)
        kept = np.flatnonzero(
            (corners[:, 0] < width) & (corners[:, 1] < height) & (corners[:, 2] >= 0) & (corners[:, 3] >= 0)
        )
        return fit_corners(corners[kept], width, height), kept

    def scale(
        self, width: int, height: int, original: tuple[int, int], dpi: float | None = None
    ) -> tuple[float, float]:
        """Pixels of an image per unit of the file, across and down. Arguments and errors as for `boxes`."""
        stated = self.size or self._assumed(original, dpi)
        # cross products are independent of units; the second bound is one pixel, for tiny pages
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
        return width / stated[0], height / stated[1]

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
        """The words in pixels of ``page``, for ``WordIndex.add(page, words=...)``; line and order start at 0.

        Lines without words are not looked at, see `page_words.words_of`. Raises MarkError if there are no words, or if
        the aspect ratio of the file is another.
        """
        boxes, kept = self.boxes(page.width, page.height, page.original_size, page.dpi)
        if not len(kept):
            raise MarkError(
                "There are no word boxes for {name}, nor boxes of lines in which MARK could look for words.",
                name=page.name,
            )
        lines = {line: i for i, line in enumerate(dict.fromkeys(self.words[k].line for k in kept))}
        return [
            Word(
                (int(box[0]), int(box[1]), int(box[2]), int(box[3])),
                self.words[k].confidence,
                lines[self.words[k].line],
                order,
                self.words[k].direction,
            )
            for order, (box, k) in enumerate(zip(boxes, kept, strict=True))
        ]


@dataclass
class LayoutBuilder:
    """Collects the words and lines of one page while a file is read, and counts them."""

    words: list[LayoutWord] = field(default_factory=list)
    lines: list[LayoutLine] = field(default_factory=list)
    unreadable: int = 0
    texts: dict[int, str] = field(default_factory=dict)

    def add_line(self, line: LayoutLine, words: Sequence[LayoutWord]) -> None:
        """Add a line with its words. A single word with spaces in its text is the whole line, as some programs write
        it. Raises MarkError if there are too many words or lines."""
        text = line.text or (words[0].text if len(words) == 1 else "")
        if text and len(self.texts) < MAX_LINES:
            self.texts[line.number] = text[:MAX_LINE_TEXT]
        if len(words) == 1 and len(words[0].text.split()) > 1:
            left, top, right, bottom = words[0].corners
            around = line.polygon or ((left, top), (right, top), (right, bottom), (left, bottom))
            self._add(LayoutLine(line.number, around, line.baseline, line.direction, text))
        elif words:
            self.words.extend(words)
            self.check()
        elif line.polygon or line.baseline:
            self._add(line)

    def _add(self, line: LayoutLine) -> None:
        self.lines.append(line)
        if len(self.lines) > MAX_LINES:
            raise MarkError(
                "This file has more than {limit} lines on a page and is not read.", limit=MAX_LINES
            )

    def check(self, more: int = 0) -> None:
        """Raise MarkError if there are too many words with ``more`` of them."""
        if len(self.words) + more > MAX_WORDS:
            raise MarkError(
                "This file has more than {limit} words on a page and is not read.", limit=MAX_WORDS
            )

    def page(self, image: str, size: tuple[float | None, float | None], unit: str, kind: str) -> LayoutPage:
        """Raises MarkError if not one word or line can be read."""
        if self.unreadable and not self.words and not self.lines:
            raise MarkError("This file has a box whose coordinates are not numbers.")
        width, height = size
        stated = (width, height) if width and height and width > 0 and height > 0 else None
        return LayoutPage(
            image[-LONGEST_NAME:],
            tuple(self.words),
            stated,
            unit,
            tuple(self.lines),
            self.unreadable,
            kind,
            self.texts,
        )


def check_pages(count: int) -> None:
    """Raise MarkError if a file has more pages than are read."""
    if count > MAX_FILE_PAGES:
        raise MarkError("This file has more than {limit} pages and is not read.", limit=MAX_FILE_PAGES)


def box_polygon(left: float, top: float, right: float, bottom: float) -> tuple[Point, ...]:
    """The four corners of a box; none if it has no area."""
    if right <= left or bottom <= top:
        return ()
    return (left, top), (right, top), (right, bottom), (left, bottom)
