"""Segmentation of a page into words, in reading order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.pages.load import load_page
from mark_core.pages.page import Page
from mark_core.segmentation.alternatives import CUTS, Alternative, covered_by
from mark_core.segmentation.gaps.gap_classifier import word_gaps
from mark_core.segmentation.geometry import FRAMES, boxes_from_frame, clip_boxes
from mark_core.segmentation.measured import Measured, flattened, measure, measured_by_size
from mark_core.segmentation.order import reading_order
from mark_core.segmentation.text_line import TextLine, traced_lines
from mark_core.segmentation.word import Box, Word
from mark_core.segmentation.words import CUT, LineWord, without_cut_off, without_pale, words_of_line

_HIGH = 2.0  # x-heights, median height of a box with its margins
_BAND = 0.7  # x-heights above and below the middle of the line that every box covers
_PAD = 0.2  # x-heights of paper around the ink
# Half height of the context box about the middle of the line: x-heights, but at most a share of the line pitch
_REACH, _REACH_OF_PITCH = 1.8, 0.4


def segment(
    page: Page | np.ndarray,
    direction: str = "auto",
    flatten: bool = False,
    notify: Callable[[Message], None] = lambda sentence: None,
) -> list[Word]:
    """Finds the words of a page.

    page: a `Page`, or an array that `load_page` takes.
    direction: ``ltr`` and ``rtl`` for lines, ``ttb`` for columns that follow each other from left to right
        (Mongolian), ``ttb-rl`` for columns from right to left (Chinese, Japanese). ``auto`` takes ``ttb``
        when the page clearly stands in columns, ``ttb-rl`` when these are of ideographs, ``rtl`` when its letters
        look so (Arabic, Hebrew) or leave it open and its lines clearly begin on the right, and ``ltr`` otherwise.
    flatten: segment a flattened copy of the page if its lines are clearly straighter there; the boxes are in pixels of
        the page in any case. notify: called with one sentence about the result of flattening.

    Returns words in reading order, an empty list for a page without text. Boxes are those of the ink,
    widened to the band of the small letters and by a narrow margin, and lie inside the page.
    ``Word.direction`` is ``ttb`` for both kinds of columns. Raises MarkError for an unknown direction or an
    array that is no page.
    """
    return _find(page, direction, (), flatten, notify).words


def find_words(
    page: Page | np.ndarray,
    direction: str = "auto",
    flatten: bool = False,
    notify: Callable[[Message], None] = lambda sentence: None,
) -> tuple[list[Word], list[Alternative]]:
    """The same, and the boxes that might stand in the place of some where a gap is in doubt."""
    found = _find(page, direction, CUTS, flatten, notify)
    return found.words, found.alternatives


@dataclass(frozen=True, eq=False)
class SegmentedPage:
    """What was found on a page: its words in reading order, the boxes that might stand in the place of some, and its
    traced lines, in no order and with or without words on them."""

    words: list[Word]
    alternatives: list[Alternative]
    lines: list[TextLine]


def segment_page(
    page: Page | np.ndarray,
    direction: str = "auto",
    flatten: bool = False,
    notify: Callable[[Message], None] = lambda sentence: None,
) -> SegmentedPage:
    """The same as `find_words`, and the lines on which they were found."""
    return _find(page, direction, CUTS, flatten, notify)


def page_lines(grey: np.ndarray, direction: str = "auto") -> tuple[list[TextLine], str]:
    """The traced lines of an (H, W) uint8 page, in no order, and the direction, detected for ``auto``.

    It is what `segment_page` does before it looks for words, for one size of writing.
    """
    measured, direction = measure(grey, direction)
    if measured is None:
        return [], direction
    return traced_lines(measured, direction, grey.shape[1], _reach(measured)), direction


def _find(
    page: Page | np.ndarray,
    direction: str,
    cuts: Sequence[float],
    flatten: bool,
    notify: Callable[[Message], None],
) -> SegmentedPage:
    if direction not in ("auto", *FRAMES):
        raise MarkError(
            "There is no writing direction {direction}: use auto, {known}.",
            direction=direction,
            known=", ".join(FRAMES),
        )
    if not isinstance(page, Page):
        page = load_page(page)
    measured, direction = measure(page.grey, direction)
    if measured is None:
        return SegmentedPage([], [], [])
    if flatten:
        measured = flattened(page.grey, measured, direction, notify)
    parts = measured_by_size(page.grey, measured, direction)
    found = [_found(part, cuts, direction, page) for part in parts]
    words, others = found[0] if len(found) == 1 else _in_one_order(found, direction, page)
    lines = [line for part in parts for line in traced_lines(part, direction, page.width, _reach(part))]
    return SegmentedPage(words, others, lines)


def _found(
    measured: Measured, cuts: Sequence[float], direction: str, page: Page
) -> tuple[list[Word], list[Alternative]]:
    leftward = direction == "rtl"
    gaps_of_lines = word_gaps(measured.runs, measured.x_height, measured.counter, measured.slant, leftward)
    shown, *others = (words_by_line(measured, gaps_of_lines, cut) for cut in (CUT, *cuts))
    words, places = _to_page(shown, measured, direction, page)
    return words, _alternatives(shown, others, words, places, measured, direction, page)


def _in_one_order(
    found: Sequence[tuple[list[Word], list[Alternative]]], direction: str, page: Page
) -> tuple[list[Word], list[Alternative]]:
    """Merge the words and alternatives of several parts of a page, in reading order."""
    words = [word for part, _ in found for word in part]
    if not words:
        return [], []
    # mapping to the reading frame and back is the identity where lines are horizontal
    boxes = boxes_from_frame(np.array([word.box for word in words], float), direction, page.width)
    lines = np.cumsum([0, *(max((word.line for word in part), default=-1) + 1 for part, _ in found)])
    number = np.concatenate([[lines[n] + word.line for word in part] for n, (part, _) in enumerate(found)])
    low = min(float(np.median([word.box[3] for word in part])) for part, _ in found if part)
    order = reading_order(boxes, number.astype(int), boxes[:, 1] + boxes[:, 3] / 2, low / _HIGH)
    placed: dict[int, Word] = {}
    for line, members in enumerate(order):
        for index in members.tolist():
            placed[index] = replace(words[index], line=line, order=len(placed))
    first = np.cumsum([0, *(len(part) for part, _ in found)])
    others = []
    for n, (_, alternatives) in enumerate(found):
        for one in alternatives:
            over = placed[int(first[n]) + one.word.order]
            others.append(replace(one, word=replace(one.word, line=over.line, order=over.order)))
    return list(placed.values()), others


def words_by_line(
    page: Measured, gaps_of_lines: Sequence[np.ndarray], cut: float
) -> list[list[tuple[LineWord, float]]]:
    """Words of every line with the y of the line at each word, pixels of the working image.

    gaps_of_lines: for every line, (R - 1,) probability of each gap to separate words. cut: probability from which it
    does.
    """
    words = [
        words_of_line(line_ink, line_runs, gaps, page.contrast, page.slant, page.x_height, cut)
        for line_ink, line_runs, gaps in zip(page.inks, page.runs, gaps_of_lines, strict=True)
    ]
    found = []
    words = without_cut_off(without_pale(words), page.outside, page.x_height)
    for line, members in zip(page.lines, words, strict=True):
        middles = line.at(np.array([(word.left + word.right) // 2 for word in members], int))
        found.append([(word, float(y)) for word, y in zip(members, middles, strict=True)])
    return found


def _to_page(
    lines: list[list[tuple[LineWord, float]]], measured: Measured, direction: str, page: Page
) -> tuple[list[Word], dict[tuple[int, int], int]]:
    """The words of the page in reading order, and the order of each (line, position on the line)."""
    found = [(word, y, number) for number, line in enumerate(lines) for word, y in line]
    if not found:
        return [], {}
    tight = np.array([(w.left, w.top, w.right - w.left, w.bottom - w.top) for w, _, _ in found])
    levels, numbers = np.array([y for _, y, _ in found]), np.array([number for _, _, number in found])
    order = reading_order(tight, numbers, levels, measured.x_height)
    boxes = boxes_on_page(found, measured, direction, page)
    names = [(number, place) for number, line in enumerate(lines) for place in range(len(line))]
    written = "ttb" if direction.startswith("ttb") else direction
    words: list[Word] = []
    places: dict[tuple[int, int], int] = {}
    for line, members in enumerate(order):
        for index in members.tolist():
            places[names[index]] = len(words)
            confidence = round(found[index][0].confidence, 3)
            box, context_box = boxes[index]
            words.append(Word(box, confidence, line, len(words), written, context_box))
    return words, places


def _alternatives(
    shown: list[list[tuple[LineWord, float]]],
    others: Sequence[list[list[tuple[LineWord, float]]]],
    words: Sequence[Word],
    places: dict[tuple[int, int], int],
    measured: Measured,
    direction: str,
    page: Page,
) -> list[Alternative]:
    """Words that occur at other cuts only, without duplicates.

    shown: words of every line at the cut of the page. others: the same at each other cut. words, places: of the page,
    see `_to_page`.
    """
    known = {(n, word.left, word.right) for n, line in enumerate(shown) for word, _ in line}
    found, overlapped = [], []
    for lines in others:
        for number, line in enumerate(lines):
            on_page = [word for word, _ in shown[number]]
            for word, y in line:
                name = (number, word.left, word.right)
                if name not in known and (covered := covered_by(word, on_page)):
                    known.add(name)
                    found.append((word, y, number))
                    overlapped.append([words[places[number, place]] for place in covered])
    if not found:
        return []
    boxes = boxes_on_page(found, measured, direction, page)
    return [
        Alternative(
            replace(replaced[0], box=box, context_box=context_box, confidence=round(word.confidence, 3)),
            tuple(other.box for other in replaced),
        )
        for (word, _, _), (box, context_box), replaced in zip(found, boxes, overlapped, strict=True)
    ]


def boxes_on_page(
    found: Sequence[tuple[LineWord, float, int]], measured: Measured, direction: str, page: Page
) -> list[tuple[Box, Box]]:
    """Box and reach on the page of words of the working image."""
    bands = (_BAND * measured.x_height, _reach(measured))
    return list(zip(*(_around(found, band, measured, direction, page) for band in bands), strict=True))


def _reach(measured: Measured) -> float:
    """How far above and below the middle of a line is looked, pixels of the working image."""
    return min(_REACH * measured.x_height, _REACH_OF_PITCH * measured.pitch)


def _around(
    found: Sequence[tuple[LineWord, float, int]], band: float, measured: Measured, direction: str, page: Page
) -> list[Box]:
    """Boxes of the page around words of the working image. band: least distance of the upper and lower edge from the
    middle of the line, pixels of the working image."""
    pad = _PAD * measured.x_height
    edges = np.array(
        [
            (w.left - pad, min(w.top - pad, y - band), w.right + pad, max(w.bottom + pad, y + band))
            for w, y, _ in found
        ]
    )
    boxes = np.hstack([edges[:, :2], edges[:, 2:] - edges[:, :2]]) / measured.factor
    if measured.surface is not None:
        boxes = measured.surface.boxes_on_page(boxes)
    boxes = clip_boxes(boxes_from_frame(boxes, direction, page.width), page.width, page.height)
    return [(x, y, w, h) for x, y, w, h in boxes.tolist()]
