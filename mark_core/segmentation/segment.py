"""Words of a page, in reading order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mark_core.errors import MarkError
from mark_core.pages.load import load_page
from mark_core.pages.page import Page
from mark_core.segmentation.alternatives import CUTS, Alternative, covered_by
from mark_core.segmentation.binarise import find_ink, is_white_on_black
from mark_core.segmentation.centring import centre_lines
from mark_core.segmentation.direction import has_ideographs, may_run_across, runs_leftward
from mark_core.segmentation.flatten import Surface, bend_of, fit_surface, is_straighter
from mark_core.segmentation.gaps import Runs, find_runs
from mark_core.segmentation.geometry import FRAMES, boxes_from_frame, clip_boxes, to_frame
from mark_core.segmentation.letters import looks_leftward
from mark_core.segmentation.lines import Line, find_lines
from mark_core.segmentation.order import reading_order
from mark_core.segmentation.parting import word_gaps
from mark_core.segmentation.parts import LineInk, assign_to_lines, remove_rules
from mark_core.segmentation.scale import looks_vertical, measure_scale
from mark_core.segmentation.slant import counter_width, estimate_slant
from mark_core.segmentation.word import Box, Word
from mark_core.segmentation.words import CUT, LineWord, without_cut_off, without_pale, words_of_line

_WORKING_PITCH = 60.0  # pixels between lines on the working image; letters are then 12 to 30 pixels high
_SCALE_SIDE = 1300  # longer side of the image on which the scale of the page is measured
_WINDOW = 1.2  # pitches; neighbourhood of the local threshold
_BAND = 0.7  # x-heights above and below the middle of the line that every box covers
_PAD = 0.2  # x-heights of paper around the ink
_REACH, _REACH_OF_PITCH = (
    1.8,
    0.4,
)  # x-heights, but no more of the distance between lines, above and below the middle
# of the line that are looked at when words are compared


@dataclass(frozen=True, eq=False)
class Measured:
    """The lines of a page with the gaps in them, before any gap is judged.

    factor: pixels of the working image per pixel of the page. pitch, x_height, counter: pixels of the working image,
    see `centring.centre_lines` and `slant.counter_width`. slant: see `slant.estimate_slant`.
    contrast, outside: (H, W) float32 and bool of the working image, see `binarise.Ink`. Line by line: lines, inks
    and runs. surface: where the flattened picture that was measured lies on the page; None when it was the page itself.
    """

    factor: float
    pitch: float
    x_height: float
    counter: float
    slant: float
    contrast: np.ndarray
    outside: np.ndarray
    lines: list[Line]
    inks: list[LineInk]
    runs: list[Runs]
    surface: Surface | None = None


def segment(
    page: Page | np.ndarray,
    direction: str = "auto",
    flatten: bool = False,
    tell: Callable[[str], None] = lambda sentence: None,
) -> list[Word]:
    """Finds the words of a page.

    page: a `Page`, or an array that `load_page` takes.
    direction: ``ltr`` and ``rtl`` for lines, ``ttb`` for columns that follow each other from left to right
        (Mongolian), ``ttb-rl`` for columns from right to left (Chinese, Japanese). ``auto`` takes ``ttb``
        when the page clearly stands in columns, ``ttb-rl`` when these are of ideographs, ``rtl`` when its letters
        look so (Arabic, Hebrew) or leave it open and its lines clearly begin on the right, and ``ltr`` otherwise.
    flatten: look for the words on a picture in which bent lines are straight, if there they are clearly straighter; the
        boxes are those of the page all the same. tell: is told in one sentence what came of it.

    Returns words in reading order, an empty list for a page without text. Boxes are those of the ink,
    widened to the band of the small letters and by a narrow margin, and lie inside the page.
    ``Word.direction`` is ``ttb`` for both kinds of columns. Raises MarkError for an unknown direction or an
    array that is no page.
    """
    return _find(page, direction, (), flatten, tell)[0]


def find_words(
    page: Page | np.ndarray,
    direction: str = "auto",
    flatten: bool = False,
    tell: Callable[[str], None] = lambda sentence: None,
) -> tuple[list[Word], list[Alternative]]:
    """The same, and the boxes that might stand in the place of some where a gap is in doubt."""
    return _find(page, direction, CUTS, flatten, tell)


def _find(
    page: Page | np.ndarray,
    direction: str,
    cuts: Sequence[float],
    flatten: bool,
    tell: Callable[[str], None],
) -> tuple[list[Word], list[Alternative]]:
    if direction not in ("auto", *FRAMES):
        raise MarkError(f"There is no writing direction {direction}: use auto, {', '.join(FRAMES)}.")
    if not isinstance(page, Page):
        page = load_page(page)
    measured, direction = measure(page.grey, direction)
    if measured is None:
        return [], []
    if flatten:
        measured = _flattened(page.grey, measured, direction, tell)
    leftward = direction == "rtl"
    parting = word_gaps(measured.runs, measured.x_height, measured.counter, measured.slant, leftward)
    shown, *others = (_words(measured, parting, cut) for cut in (CUT, *cuts))
    words, places = _to_page(shown, measured, direction, page)
    return words, _alternatives(shown, others, words, places, measured, direction, page)


def measure(grey: np.ndarray, direction: str = "ltr") -> tuple[Measured | None, str]:
    """Finds lines, letters and gaps on an (H, W) uint8 page; None where there is no text.

    Also returns the direction, which ``auto`` leaves to the page.
    """
    grey = 255 - grey if is_white_on_black(grey) else grey
    shrink = min(1.0, _SCALE_SIDE / max(grey.shape))
    small = _resize(grey, shrink)
    ink = find_ink(small, 2 * (min(small.shape) // 60) + 1).mask
    if direction != "auto":
        return _measure_in_frame(grey, ink, direction, shrink), direction
    in_columns = looks_vertical(ink)
    direction = "ttb" if in_columns else "ltr"
    measured = _measure_in_frame(grey, ink, direction, shrink)
    if measured is None:
        return None, direction
    if in_columns:
        may_be_ideographs = has_ideographs(measured.runs, measured.x_height)
    else:
        may_be_ideographs = may_run_across(measured.runs, measured.pitch)
    if may_be_ideographs:
        columns = _measure_in_frame(grey, ink, "ttb-rl", shrink)
        if columns is not None and has_ideographs(columns.runs, columns.x_height):
            return columns, "ttb-rl"
    if not in_columns and _is_leftward(measured):
        return _measure_in_frame(grey, ink, "rtl", shrink), "rtl"
    return measured, direction


def _flattened(grey: np.ndarray, measured: Measured, direction: str, tell: Callable[[str], None]) -> Measured:
    """The page measured on a flattened picture, or as it was where lines do not get clearly straighter."""
    surface = fit_surface(measured.lines, measured.pitch, measured.factor)
    if surface is None:
        tell("The lines of this page are flat already, or too few to tell; nothing was changed.")
        return measured
    flat = surface.flattened(np.ascontiguousarray(to_frame(grey, direction)))
    again, _ = measure(flat)  # in the reading frame, whose lines run to the right
    if again is None or not is_straighter(before := _traced(measured), after := _traced(again)):
        tell("Flattening did not make the lines of this page clearly straighter; nothing was changed.")
        return measured
    tell(
        f"The lines of this page are straighter: they bent by {before[0]:.1f} degrees, now by {after[0]:.1f}."
    )
    return replace(again, surface=surface)


def _traced(page: Measured) -> tuple[float, float]:
    """Bend of the lines in degrees, and their length in all in pixels of the page."""
    return bend_of(page.lines, page.pitch), sum(len(line.y) for line in page.lines) / page.factor


def _is_leftward(page: Measured) -> bool:
    """Whether a page, measured as if it ran to the right, is written to the left."""
    if has_ideographs(page.runs, page.x_height):
        return False
    leftward = looks_leftward(page.inks, page.x_height)
    return runs_leftward(page.lines, page.runs, page.pitch, page.x_height) if leftward is None else leftward


def _measure_in_frame(grey: np.ndarray, small: np.ndarray, direction: str, shrink: float) -> Measured | None:
    """small: ink of the page at ``shrink``, on which its scale is measured; None where there is no text."""
    scale = measure_scale(to_frame(small, direction))
    if scale is None:
        return None
    grey = to_frame(grey, direction)
    factor = min(1.0, shrink * _WORKING_PITCH / scale.pitch)
    pitch = min(scale.pitch / shrink, _WORKING_PITCH)  # of the working image
    ink = find_ink(_resize(grey, factor), int(_WINDOW * pitch) | 1)
    mask = remove_rules(ink.mask, pitch)
    lines, x_height = centre_lines(mask, find_lines(mask, pitch), pitch)
    inks = assign_to_lines(mask, ink.contrast, lines, pitch, x_height)
    slant = estimate_slant(inks, x_height)
    runs = [find_runs(line_ink, slant, x_height) for line_ink in inks]
    counter = counter_width(inks, slant, x_height)
    return Measured(factor, pitch, x_height, counter, slant, ink.contrast, ink.outside, lines, inks, runs)


def _words(page: Measured, parting: Sequence[np.ndarray], cut: float) -> list[list[tuple[LineWord, float]]]:
    """Words of every line with the height of the line at each, in the working image, if gaps part from ``cut``."""
    words = [
        words_of_line(line_ink, line_runs, gaps, page.contrast, page.slant, page.x_height, cut)
        for line_ink, line_runs, gaps in zip(page.inks, page.runs, parting, strict=True)
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
    """The words of the page in reading order, and where in it each word of each line went."""
    found = [(word, y, number) for number, line in enumerate(lines) for word, y in line]
    if not found:
        return [], {}
    tight = np.array([(w.left, w.top, w.right - w.left, w.bottom - w.top) for w, _, _ in found])
    levels, numbers = np.array([y for _, y, _ in found]), np.array([number for _, _, number in found])
    order = reading_order(tight, numbers, levels, measured.x_height)
    boxes = _boxes(found, measured, direction, page)
    names = [(number, place) for number, line in enumerate(lines) for place in range(len(line))]
    written = "ttb" if direction.startswith("ttb") else direction
    words: list[Word] = []
    places: dict[tuple[int, int], int] = {}
    for line, members in enumerate(order):
        for index in members.tolist():
            places[names[index]] = len(words)
            confidence = round(found[index][0].confidence, 3)
            box, reach = boxes[index]
            words.append(Word(box, confidence, line, len(words), written, reach))
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
    """What the ``others`` have and the ``shown`` lines have not, each once."""
    known = {(n, word.left, word.right) for n, line in enumerate(shown) for word, _ in line}
    found, over = [], []
    for lines in others:
        for number, line in enumerate(lines):
            usual = [word for word, _ in shown[number]]
            for word, y in line:
                name = (number, word.left, word.right)
                if name not in known and (covered := covered_by(word, usual)):
                    known.add(name)
                    found.append((word, y, number))
                    over.append([words[places[number, place]] for place in covered])
    if not found:
        return []
    boxes = _boxes(found, measured, direction, page)
    return [
        Alternative(
            replace(those[0], box=box, reach=reach, confidence=round(word.confidence, 3)),
            tuple(other.box for other in those),
        )
        for (word, _, _), (box, reach), those in zip(found, boxes, over, strict=True)
    ]


def _boxes(
    found: Sequence[tuple[LineWord, float, int]], measured: Measured, direction: str, page: Page
) -> list[tuple[Box, Box]]:
    """Box and reach on the page of words of the working image."""
    reach = min(_REACH * measured.x_height, _REACH_OF_PITCH * measured.pitch)
    bands = (_BAND * measured.x_height, reach)
    return list(zip(*(_around(found, band, measured, direction, page) for band in bands), strict=True))


def _around(
    found: Sequence[tuple[LineWord, float, int]], band: float, measured: Measured, direction: str, page: Page
) -> list[Box]:
    """Boxes of the page around words of the working image, at least ``band`` of its pixels about the line."""
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


def _resize(grey: np.ndarray, factor: float) -> np.ndarray:
    if factor == 1.0:
        return np.ascontiguousarray(grey)
    return cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
