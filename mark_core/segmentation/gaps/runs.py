"""Runs of letters along a line, and measurements of the gaps between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mark_core.segmentation.parts import LineInk
from mark_core.segmentation.slant import upright

_ABOVE, _BELOW = 0.8, 0.65  # x-heights above and below the middle of the line: zone of the small letters
_FAINT = 0.08  # x-heights of full ink; columns with at most this count as white (touching letters, noise)
_SPECK = 0.03  # squared x-heights of full ink; runs with less are noise
_MARK = 0.6  # x-heights; runs smaller in width and height are points, commas or dashes
_FARTHEST = 2.5  # x-heights, largest distance that is distinguished
_QUANTILES = (0.2, 0.5, 0.8)  # of the distances in the rows of the small letters, ascending
_STROKES_AT = (-0.3, -0.15, 0.0, 0.15, 0.3)  # x-heights from the middle, rows in which strokes are counted


@dataclass(frozen=True, eq=False)
class Runs:
    """The R runs of letters of one line, left to right, and the R - 1 gaps between them.

    Columns are those after removal of the slant. Of each run:
    start, stop: (R,) int, columns; ``stop`` is exclusive.
    ink: (R,) pixels of full ink in the zone of the small letters. top, bottom: (R,) highest and lowest ink, pixels from
        the middle of the line, down positive.
    strokes: (R,) mean number of strokes that a row in the zone of the small letters crosses.
    Of each gap, (R - 1,) unless stated otherwise:
    cut: column at which to split, the middle of the widest white.
    white: consecutive columns without ink at the cut.
    apart: (R - 1, 3) distance between the letters, pixels: 20, 50 and 80 % quantiles over the rows.
    clear: columns between all ink of both sides, ascenders and descenders included; 0 if they overlap.
    overhang: (R - 1, 4) columns by which ascenders or descenders of one side extend over the small letters of the
        other, negative if they do not: left side above, left side below, right side above, right side below.
    faintest: full ink in the column with least, pixels.
    joined: whether a connected component has ink on both sides.
    mark: width of points, commas and dashes in the gap, pixels. low, high: whether one of them lies below or above the
        middle of the line.
    """

    start: np.ndarray
    stop: np.ndarray
    ink: np.ndarray
    top: np.ndarray
    bottom: np.ndarray
    strokes: np.ndarray
    cut: np.ndarray
    white: np.ndarray
    apart: np.ndarray
    clear: np.ndarray
    overhang: np.ndarray
    faintest: np.ndarray
    joined: np.ndarray
    mark: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def gaps(self) -> np.ndarray:
        """(R - 1,) columns between neighbours."""
        return self.start[1:] - self.stop[:-1]


def find_runs(ink: LineInk, slant: float, x_height: float) -> Runs:
    """Find the runs of letters of a line and measure the gaps between them.

    slant: see ``slant.estimate_slant``. x_height: pixels. Points, commas and dashes belong to the gaps.
    """
    is_core = (ink.rise > -_ABOVE * x_height) & (ink.rise < _BELOW * x_height)
    if not is_core.any():
        return _no_runs()
    column = upright(ink, slant)
    left = int(column[is_core].min())
    column -= left
    full = np.bincount(column[is_core], ink.dark[is_core])
    start, stop = _true_runs(full > _FAINT * x_height)
    total = np.concatenate([[0], np.cumsum(full)])
    grain = total[stop] - total[start] < _SPECK * x_height**2
    start, stop = start[~grain], stop[~grain]
    run = _run_of(column, start, stop)
    top, bottom = _extent(run, ink.rise, len(start))
    joined = _joined(ink.part[is_core], run[is_core], len(start))
    alone = ~np.concatenate([[False], joined]) & ~np.concatenate([joined, [False]])[: len(start)]
    small = np.maximum(stop - start, bottom - top) < _MARK * x_height
    is_mark = small & alone[: len(start)]
    letters, marks = np.flatnonzero(~is_mark), np.flatnonzero(is_mark)
    if len(letters) == 0:
        return _no_runs()
    gap = np.searchsorted(letters, marks) - 1  # the gap that each mark stands in
    inner = (gap >= 0) & (gap < len(letters) - 1)
    marks, gap, count = marks[inner], gap[inner], len(letters) - 1
    mark = np.bincount(gap, (stop - start)[marks], minlength=count)
    low = np.bincount(gap, top[marks] > 0, minlength=count) > 0
    high = np.bincount(gap, bottom[marks] < 0, minlength=count) > 0
    start, stop, top, bottom = start[letters], stop[letters], top[letters], bottom[letters]
    run = _run_of(column, start, stop)
    white = _widest_white(full, start, stop)
    cut = white.sum(axis=0) // 2
    of_letters = is_core & (run >= 0)
    clear, overhang = _beyond(ink, column, start, stop, cut, x_height)
    return Runs(
        start=start + left,
        stop=stop + left,
        ink=total[stop] - total[start],
        top=top,
        bottom=bottom,
        strokes=_strokes(column, ink.rise, start, stop, x_height),
        cut=cut + left,
        white=white[1] - white[0],
        apart=_apart(column[of_letters], ink.rise[of_letters], cut, x_height),
        clear=clear,
        overhang=overhang,
        faintest=np.array([full[a:b].min() for a, b in zip(stop[:-1], start[1:], strict=True)]),
        joined=_joined(ink.part[is_core], run[is_core], len(start)),
        mark=mark,
        low=low,
        high=high,
    )


def _no_runs() -> Runs:
    whole, real, flag = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, bool)
    apart, overhang = np.zeros((0, len(_QUANTILES))), np.zeros((0, 4))
    runs = (whole, whole, real, real, real, real)
    return Runs(*runs, whole, whole, apart, real, overhang, real, flag, real, flag, flag)


def _true_runs(filled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Start and exclusive stop of the runs of True."""
    edges = np.diff(np.concatenate([[0], filled.astype(np.int8), [0]]))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def _run_of(column: np.ndarray, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """(K,) number of the run that each column lies in, -1 for none."""
    if len(start) == 0:
        return np.full(len(column), -1)
    run = np.searchsorted(start, column, side="right") - 1
    return np.where((run >= 0) & (column < stop[np.clip(run, 0, None)]), run, -1)


def _extent(run: np.ndarray, rise: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    top, bottom = np.full(count, np.inf), np.full(count, -np.inf)
    inside = run >= 0
    np.minimum.at(top, run[inside], rise[inside])
    np.maximum.at(bottom, run[inside], rise[inside])
    return top, bottom


def _widest_white(full: np.ndarray, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """(2, R - 1) start and exclusive stop of the widest white of each gap.

    Without a column free of ink, both are the column with least ink.
    """
    found = []
    for a, b in zip(stop[:-1].tolist(), start[1:].tolist(), strict=True):
        first, behind = _true_runs(full[a:b] == 0)
        if len(first):
            best = int((behind - first).argmax())
            found.append((a + first[best], a + behind[best]))
        else:
            place = a + int(full[a:b].argmin())
            found.append((place, place))
    return np.array(found, np.int64).reshape(-1, 2).T


def _apart(column: np.ndarray, rise: np.ndarray, cut: np.ndarray, x_height: float) -> np.ndarray:
    """(R - 1, 3) see Runs; column, rise: of the ink of letters."""
    if len(cut) == 0:
        return np.zeros((0, len(_QUANTILES)))
    row = np.rint(rise).astype(int)
    row -= row.min()
    width = max(int(column.max()), int(cut.max())) + 1
    filled = np.zeros((row.max() + 1, width), bool)
    filled[row, column] = True
    far = 10 * width
    index = np.arange(width)
    before = np.maximum.accumulate(np.where(filled, index, -far), axis=1)
    after = np.minimum.accumulate(np.where(filled, index, far)[:, ::-1], axis=1)[:, ::-1]
    distance = np.minimum(after[:, cut] - before[:, cut], _FARTHEST * x_height)
    places = [int(share * len(distance)) for share in _QUANTILES]
    return np.sort(distance, axis=0)[places].T


def _beyond(
    ink: LineInk, column: np.ndarray, start: np.ndarray, stop: np.ndarray, cut: np.ndarray, x_height: float
) -> tuple[np.ndarray, np.ndarray]:
    """(R - 1,) clear and (R - 1, 4) overhang, see Runs.

    Ascenders and descenders of a connected component belong to the runs in which it has small letters. Points and
    accents, which have none, are ignored.
    """
    count = len(start)
    zone = np.where(ink.rise <= -_ABOVE * x_height, 0, np.where(ink.rise < _BELOW * x_height, 1, 2))
    run = _run_of(column, start, stop)
    part = ink.part_of_line
    first, last = np.full(ink.parts, count), np.full(ink.parts, -1)
    letters = (zone == 1) & (run >= 0)
    np.minimum.at(first, part[letters], run[letters])
    np.maximum.at(last, part[letters], run[letters])
    known = last[part] >= 0
    mine = np.clip(np.searchsorted(cut, column), first[part], last[part])[known]
    zone, column = zone[known], column[known]
    far = 2 * _FARTHEST * x_height
    right = np.full((3, count), column.min(initial=0) - far)
    left = np.full((3, count), column.max(initial=0) + far)
    np.maximum.at(right, (zone, mine), column)
    np.minimum.at(left, (zone, mine), column)
    right = np.maximum.accumulate(right, axis=1)[:, :-1]  # of everything to the left of a gap
    left = np.minimum.accumulate(left[:, ::-1], axis=1)[:, ::-1][:, 1:]
    overhang = np.stack(
        [right[0] - left[1], right[2] - left[1], right[1] - left[0], right[1] - left[2]], axis=1
    )
    clear = np.clip(left.min(axis=0) - right.max(axis=0) - 1, 0, _FARTHEST * x_height)
    return clear, np.clip(overhang, -_FARTHEST * x_height, _FARTHEST * x_height)


def _strokes(
    column: np.ndarray, rise: np.ndarray, start: np.ndarray, stop: np.ndarray, x_height: float
) -> np.ndarray:
    """(R,) see Runs."""
    count = np.zeros(len(start))
    for place in _STROKES_AT:
        filled = np.unique(column[np.abs(rise - place * x_height) < 0.5])
        first = filled[np.diff(filled, prepend=-2) > 1]
        run = _run_of(first, start, stop)
        count += np.bincount(run[run >= 0], minlength=len(start))
    return count / len(_STROKES_AT)


def _joined(part: np.ndarray, run: np.ndarray, count: int) -> np.ndarray:
    """(R - 1,) see Runs."""
    joined = np.zeros(max(count - 1, 0), bool)
    part, run = part[run >= 0], run[run >= 0]
    order = np.argsort(part, kind="stable")
    part, run = part[order], run[order]
    bounds = np.flatnonzero(np.diff(part)) + 1
    for members in np.split(run, bounds):
        if len(members):
            joined[members.min() : members.max()] = True
    return joined
