"""The words of a page from a layout file, as they are used: also those inside its lines, and without odd boxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from mark_core.errors import MarkError
from mark_core.export.layout import LayoutPage
from mark_core.export.number import Point
from mark_core.message import Message
from mark_core.pages.page import Page
from mark_core.segmentation.in_lines import LineShape, words_in_lines
from mark_core.segmentation.word import Word

Notify = Callable[[Message], None]
_PAGE_SIZED = 0.5  # of the page: no word among others is as large
_LARGE = 2.0  # times the median area of the words: boxes that may hold others
_MOST_LARGE = 500
_FILLED = 0.6  # of a box that is filled by words inside, from which it is a line or a block


def words_of(
    layout: LayoutPage,
    page: Page,
    direction: str = "auto",
    notify: Notify = lambda sentence: None,
) -> list[Word]:
    """The words in pixels of ``page``; lines without words are segmented, and only they.

    direction: as for ``segmentation.segment.segment``, for those lines. notify: called with one sentence about what is
    left out. Raises MarkError if there is nothing, or if the aspect ratio of the file is another.
    """
    if layout.unreadable:
        notify(
            Message("Words whose places are not numbers are left out: {count}.", {"count": layout.unreadable})
        )
    words = layout.words_on(page) if layout.words or not layout.lines else []
    if layout.lines:
        words = _with_lines(layout, words, page, direction)
    if not words:
        raise MarkError("In the lines of this file, no words were found on {name}.", name=page.name)
    return _without_odd(words, page, notify)


def _with_lines(layout: LayoutPage, words: list[Word], page: Page, direction: str) -> list[Word]:
    """The words, and those found in the lines that have none, in the order of the file."""
    across, down = layout.scale(page.width, page.height, page.original_size, page.dpi)

    def on_page(points: Sequence[Point]) -> np.ndarray | None:
        return np.array(points, float) * (across, down) if points else None

    shapes = [
        LineShape(on_page(line.polygon), on_page(line.baseline), line.direction) for line in layout.lines
    ]
    found = words_in_lines(page, shapes, direction)
    # lines of words are counted from 0; here all have their numbers of the file
    _, kept = layout.boxes(page.width, page.height, page.original_size, page.dpi)
    placed = [(layout.words[k].line, word) for k, word in zip(kept, words, strict=True)]
    placed += [(layout.lines[word.line].number, word) for word in found]
    placed.sort(key=lambda entry: entry[0])
    return _numbered([replace(word, line=number) for number, word in placed])


def _numbered(words: list[Word]) -> list[Word]:
    """Words with their lines and themselves counted from 0."""
    lines = {line: n for n, line in enumerate(dict.fromkeys(word.line for word in words))}
    return [replace(word, line=lines[word.line], order=n) for n, word in enumerate(words)]


def _without_odd(words: list[Word], page: Page, notify: Notify) -> list[Word]:
    """Without boxes that no word has: as large as the page, around other words, or twice the same."""
    if len(words) < 2:
        return words
    boxes = np.array([word.box for word in words], float)
    area = boxes[:, 2] * boxes[:, 3]
    huge = area > _PAGE_SIZED * page.width * page.height
    if huge.all():
        return words
    odd = huge | _repeated(boxes) | _around_others(boxes, area, ~huge)
    if not odd.any():
        return words
    notify(
        Message(
            "Boxes that are as large as the page, lie around other words or are there twice are left out: {count}.",
            {"count": int(odd.sum())},
        )
    )
    return _numbered([word for word, dropped in zip(words, odd, strict=True) if not dropped])


def _repeated(boxes: np.ndarray) -> np.ndarray:
    """(N,) bool: boxes that an earlier one equals."""
    first = np.unique(boxes, axis=0, return_index=True)[1]
    repeated = np.ones(len(boxes), bool)
    repeated[first] = False
    return repeated


def _around_others(boxes: np.ndarray, area: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """(N,) bool: boxes that at least two others fill."""
    around = np.zeros(len(boxes), bool)
    large = np.flatnonzero(usable & (area > _LARGE * np.median(area)))
    large = large[np.argsort(-area[large])][:_MOST_LARGE]
    left, top, right, bottom = boxes[:, 0], boxes[:, 1], boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    for one in large:
        inside = (left >= left[one]) & (top >= top[one]) & (right <= right[one]) & (bottom <= bottom[one])
        inside &= usable & (area < area[one])
        # by their widths: words of a line are lower than the line
        if inside.sum() > 1 and boxes[inside, 2].sum() > _FILLED * boxes[one, 2]:
            around[one] = area[inside].sum() > _FILLED / 2 * area[one]
    return around
