"""Segmentation of lines that are known: words are looked for inside them, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mark_core.pages.page import Page
from mark_core.segmentation.binarise import find_ink
from mark_core.segmentation.gaps.gap_classifier import word_gaps
from mark_core.segmentation.gaps.runs import find_runs
from mark_core.segmentation.geometry import points_to_frame, to_frame
from mark_core.segmentation.lines.centring import centre_lines
from mark_core.segmentation.lines.detection import Line
from mark_core.segmentation.measured import (
    WINDOW,
    WORKING_PITCH,
    Measured,
    dark_on_light,
    is_leftward,
    resize,
)
from mark_core.segmentation.parts import assign_to_lines, remove_rules
from mark_core.segmentation.segment import boxes_on_page, words_by_line
from mark_core.segmentation.slant import counter_width, estimate_slant
from mark_core.segmentation.word import Word
from mark_core.segmentation.words import CUT

_ABOVE, _BELOW = 0.62, 0.28  # pitches, extent of a line of which only the baseline is known
_BODY = 0.2  # pitches from the baseline up to the middle of the small letters
_SIDEWAYS = 0.3  # least share of a shorter line that lies over another, to be its neighbour
_NEAREST = 0.35  # of the height of lines; nearer middles are those of one line
_ALIKE = 1.6  # ratio of heights within which lines are measured together
_FEW = 4  # lines that are too few to be measured on their own, unless ...
_STILL_ALIKE = 2.5  # ... they are so many times as high as the others
_LOW, _HIGH = 0.4, 2.5  # of the height of lines, bounds of the distance between them
_SMOOTH = 2.0  # heights on either side over which the middle of an outline is averaged
_LEAST = 3.0  # pixels, least height and width of a line
_LONE_PITCH = 0.85  # of the height of a polygon: the pitch of lines that have no neighbours
_UPRIGHT = 1.5  # height to width, from which a line counts as a column
_MOST = 1e6  # pixels


@dataclass(frozen=True, eq=False)
class LineShape:
    """The place of a line in page pixels.

    polygon: (K, 2) x y, K >= 3, around its writing, or None. baseline: (B, 2) x y, B >= 2, or None; one of both is
    there. direction: ltr, rtl, ttb, or "" if not known.
    """

    polygon: np.ndarray | None
    baseline: np.ndarray | None = None
    direction: str = ""


@dataclass(frozen=True, eq=False)
class _Known:
    """A line in the reading frame, pixels of the page. number: its place. columns: first and past the last. middle:
    (columns,) y of the middle of the small letters, estimated. polygon: (K, 2). height: typical, of the polygon."""

    number: int
    columns: tuple[int, int]
    middle: np.ndarray
    polygon: np.ndarray
    height: float


def words_in_lines(page: Page, shapes: Sequence[LineShape], direction: str = "auto") -> list[Word]:
    """The words of lines that are known, in their order; ``Word.line`` is the place of the line.

    direction: as for ``segment.segment``; ``auto`` takes that of each line, or looks for it. Lines of different sizes
    are measured apart. Ink outside all lines is not looked at, but a word may have a part in the line beside its own.
    """
    shapes = [replace(shape, direction=_frame_of(shape, shapes, direction)) for shape in shapes]
    words: list[Word] = []
    for frame in dict.fromkeys(shape.direction for shape in shapes):
        members = {n: shape for n, shape in enumerate(shapes) if shape.direction == frame}
        leftward = direction == "auto" and frame == "ltr-or-rtl"
        words += _in_frame(page, members, "ltr" if leftward else frame, leftward)
    words.sort(key=lambda word: word.line)
    return [replace(word, order=order) for order, word in enumerate(words)]


def _frame_of(shape: LineShape, shapes: Sequence[LineShape], direction: str) -> str:
    """The reading frame of a line; ``ltr-or-rtl`` where its letters have to tell."""
    if direction != "auto":
        return direction
    if shape.direction and shape.direction != "ttb":
        return shape.direction
    columns = [_extent(one) for one in shapes]
    upright = [one for one in columns if one[3] > _UPRIGHT * one[2]]
    if shape.direction != "ttb" and 2 * len(upright) <= len(columns):
        return "ltr-or-rtl"
    return "ttb-rl" if len(upright) > 1 and upright[0][0] > upright[-1][0] else "ttb"


def _extent(shape: LineShape) -> tuple[float, float, float, float]:
    points = shape.polygon if shape.polygon is not None else shape.baseline
    assert points is not None
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right - left), float(bottom - top)


def _in_frame(page: Page, shapes: dict[int, LineShape], frame: str, leftward: bool) -> list[Word]:
    """Words of lines of one direction. leftward: whether they may turn out to be written to the left."""
    grey = to_frame(dark_on_light(page.grey), frame)
    lines = _known(shapes, frame, page.width, grey.shape)
    words: list[Word] = []
    for group, pitch in _by_size(lines):
        measured = _measure(grey, group, pitch)
        if measured is None:
            continue
        if leftward and is_leftward(measured):
            # all lines, so that one page is not read in two directions
            return _in_frame(page, shapes, "rtl", False)
        words += _words(measured, group, frame, page)
    return words


def _known(shapes: dict[int, LineShape], frame: str, width: int, size: tuple[int, int]) -> list[_Known]:
    """The lines that lie on the page, in the reading frame. size: (height, width) of the frame."""
    placed = []
    for number, shape in shapes.items():
        polygon, baseline = (
            None if one is None else np.clip(points_to_frame(one, frame, width), -_MOST, _MOST)
            for one in (shape.polygon, shape.baseline)
        )
        if baseline is not None:
            baseline = _curve(baseline)
        placed.append((number, polygon, baseline))
    pitch = _pitch_of_baselines([baseline for _, polygon, baseline in placed if polygon is None])
    lines = []
    for number, polygon, baseline in placed:
        if polygon is None and baseline is not None:
            above, below = np.array([0, _ABOVE * pitch]), np.array([0, _BELOW * pitch])
            polygon = np.concatenate([baseline - above, np.add(baseline, below)[::-1]])
        if polygon is not None and (line := _line(number, polygon, baseline, size)) is not None:
            lines.append(line)
    return lines


def _curve(points: np.ndarray) -> np.ndarray | None:
    """Points of a baseline from left to right, one for each x; None if it has no length."""
    x, first = np.unique(points[:, 0], return_index=True)
    return np.stack([x, points[first, 1]], axis=1) if x[-1] - x[0] >= _LEAST else None


def _pitch_of_baselines(baselines: Sequence[np.ndarray | None]) -> float:
    """Distance between lines of which only the baselines are known; a guess from the length of a single one."""
    known = [one for one in baselines if one is not None]
    if not known:
        return 0.0
    levels = [(float(one[0, 0]), float(one[-1, 0]), float(np.median(one[:, 1]))) for one in known]
    length = float(np.median([stop - start for start, stop, _ in levels]))
    return _distance(levels, 4.0) or max(12.0, length / 14)


def _line(
    number: int, polygon: np.ndarray, baseline: np.ndarray | None, size: tuple[int, int]
) -> _Known | None:
    """A line with the curve through its small letters; None if it is too small, or not on the page."""
    left, top = np.floor(polygon.min(axis=0)).astype(int)
    right, bottom = np.ceil(polygon.max(axis=0)).astype(int) + 1
    left, right = max(0, int(left)), min(size[1], int(right))
    top, bottom = max(0, int(top)), min(size[0], int(bottom))
    if right - left < _LEAST or bottom - top < _LEAST:
        return None
    inside = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillPoly(inside, [np.rint(polygon - (left, top)).astype(np.int32)], 1)
    columns = np.flatnonzero(inside.any(axis=0))
    if len(columns) < _LEAST:
        return None
    upper, lower = inside.argmax(axis=0), len(inside) - inside[::-1].argmax(axis=0)
    height = float(np.median((lower - upper)[columns]))
    if height < _LEAST:
        return None
    x = np.arange(columns[0], columns[-1] + 1)
    middle = np.interp(x, columns, ((upper + lower) / 2)[columns]) + top
    wide = 2 * int(_SMOOTH * height) + 1  # outlines follow the letters up and down
    middle = cv2.blur(middle[None], (min(wide, 2 * len(middle) + 1), 1), borderType=cv2.BORDER_REPLICATE)[0]
    if baseline is not None:  # says more about the letters than the outline does
        middle = np.interp(x + left, baseline[:, 0], baseline[:, 1]) - _BODY * height
    return _Known(number, (int(x[0]) + left, int(x[-1]) + left + 1), middle, polygon, height)


def _by_size(lines: Sequence[_Known]) -> list[tuple[list[_Known], float]]:
    """Lines in groups of like height, each with the distance between its lines, pixels of the page."""
    groups: list[list[_Known]] = []
    for line in sorted(lines, key=lambda line: line.height):
        usual = float(np.median([one.height for one in groups[-1]])) if groups else 0.0
        few = groups and len(groups[-1]) < _FEW
        if line.height < (_STILL_ALIKE if few else _ALIKE) * usual:
            groups[-1].append(line)
        else:
            groups.append([line])
    if len(groups) > 1 and len(groups[-1]) < _FEW:
        last, before = groups[-1], groups[-2]
        if last[0].height < _STILL_ALIKE * float(np.median([one.height for one in before])):
            groups[-2:] = [before + last]
    found = []
    for group in groups:
        height = float(np.median([line.height for line in group]))
        levels = [(line.columns[0], line.columns[1], float(np.median(line.middle))) for line in group]
        pitch = _distance(levels, _NEAREST * height)
        # outlines are drawn wide or narrow; the distance is trusted as far as it agrees with them
        found.append((group, float(np.clip(pitch or _LONE_PITCH * height, _LOW * height, _HIGH * height))))
    return found


def _distance(levels: Sequence[tuple[float, float, float]], least: float) -> float | None:
    """Median distance from a line to the next one below it; None if no line has one.

    levels: first and last column and y of each line. least: nearer lines are one line in two pieces.
    """
    left, right, y = np.array(levels, float).T
    order = np.argsort(y)
    left, right, y = left[order], right[order], y[order]
    found = []
    for n in range(len(y)):
        over = np.minimum(right, right[n]) - np.maximum(left, left[n])
        near = over > _SIDEWAYS * np.minimum(right - left, right[n] - left[n])
        below = y[near & (y > y[n] + least)]
        if len(below):
            found.append(float(below[0] - y[n]))
    return float(np.median(found)) if found else None


def _measure(grey: np.ndarray, lines: Sequence[_Known], pitch: float) -> Measured | None:
    """The lines measured as those of a page are, see `measured.Measured`; None without ink."""
    factor = min(1.0, WORKING_PITCH / pitch)
    pitch *= factor
    ink = find_ink(resize(grey, factor), int(WINDOW * pitch) | 1)
    inside = np.zeros(ink.mask.shape, np.uint8)
    outlines = [np.rint(line.polygon * factor).astype(np.int32) for line in lines]
    for outline in outlines:
        cv2.fillPoly(inside, [outline], 1)
    mask = remove_rules(ink.mask, pitch) & (inside > 0)
    if not mask.any():
        return None
    curves = [_scaled(line, factor, mask.shape[1]) for line in lines]
    curves, x_height = centre_lines(mask, curves, pitch)
    inks = assign_to_lines(mask, ink.contrast, curves, pitch, x_height, outlines)
    slant = estimate_slant(inks, x_height)
    runs = [find_runs(one, slant, x_height) for one in inks]
    nothing = np.zeros((1, 1), bool)
    return Measured(
        factor, pitch, x_height, counter_width(inks, slant, x_height), slant, ink.contrast,
        np.zeros(mask.shape, bool), curves, inks, runs, nothing, 1.0,
    )  # fmt: skip


def _scaled(line: _Known, factor: float, width: int) -> Line:
    start = min(int(line.columns[0] * factor), width - 1)
    stop = min(width, max(start + 1, int(line.columns[1] * factor)))
    x = (np.arange(start, stop) + 0.5) / factor - line.columns[0]
    y = np.interp(x, np.arange(len(line.middle)), line.middle)
    return Line(start, (y * factor).astype(np.float32))


def _words(measured: Measured, lines: Sequence[_Known], frame: str, page: Page) -> list[Word]:
    gaps = word_gaps(measured.runs, measured.x_height, measured.counter, measured.slant, frame == "rtl")
    by_line = words_by_line(measured, gaps, CUT)
    found = [(word, y, number) for number, line in enumerate(by_line) for word, y in line]
    if not found:
        return []
    boxes = boxes_on_page(found, measured, frame, page)
    written = "ttb" if frame.startswith("ttb") else frame
    return [
        Word(box, round(word.confidence, 3), lines[number].number, 0, written, context_box)
        for (word, _, number), (box, context_box) in zip(found, boxes, strict=True)
    ]
