"""Which way a page is written, as far as ink tells.

Chinese and Japanese letters are squares of one size, which no other script has, and stand closer to the next one that
is read than to their neighbours in other lines or columns.

Lines begin at a margin and end where the words run out. Of two neighbouring lines that are level on one side and
not on the other, the level side is where writing begins. Indented lines say the opposite, but less: what a short
line lacks is wider than an indentation.
"""

from __future__ import annotations

import numpy as np

from mark_core.segmentation.gaps import Runs
from mark_core.segmentation.lines import Line

_LEVEL = 1.0  # x-heights; line ends no farther apart are at a margin
_UNEVEN = 2.5  # x-heights; line ends that far apart are not
_MOST = 15.0  # x-heights; a line that is shorter by more says no more
_COLUMN = 3.0  # x-heights of white between columns
_NEIGHBOUR = 2.2  # pitches to the next line of a column
_SURE = 0.5  # balance from which a page is taken to run to the left
_ENOUGH = 40.0  # x-heights of uneven ends without which nothing is said
_SQUARE = (0.85, 2.0)  # x-heights; length of most ideographs, of some syllables if measured across
_ALIKE = 1.4  # upper by lower quartile of their lengths; on other pages seen 1.41 and more, and these are no columns
_LIKELY = 2.6  # the same of what was measured across
_FEWEST = 40  # letters without which a page is not taken for one of ideographs
_ACROSS = 1.02  # pitches from letter to letter, from which the lines found run across the columns


def runs_leftward(lines: list[Line], runs: list[Runs], pitch: float, x_height: float) -> bool:
    """True where a page, measured as if it ran to the right, clearly begins its lines on the right."""
    right, left = begin_votes(lines, runs, pitch, x_height)
    return right + left > _ENOUGH and left - right > _SURE * (right + left)


def begin_votes(lines: list[Line], runs: list[Runs], pitch: float, x_height: float) -> tuple[float, float]:
    """x-heights by which lines are uneven that begin level on the left, and of those level on the right."""
    pieces = np.array(
        [
            piece
            for line, line_runs in zip(lines, runs, strict=True)
            for piece in _pieces(line, line_runs, x_height)
        ]
    ).reshape(-1, 3)
    pieces = pieces[np.argsort(pieces[:, 2])]
    rightward, leftward = 0.0, 0.0
    for index, (start, stop, y) in enumerate(pieces):
        below = pieces[index + 1 :]
        below = below[(below[:, 2] > y + 0.5 * pitch) & (below[:, 2] < y + _NEIGHBOUR * pitch)]
        shared = np.minimum(below[:, 1], stop) - np.maximum(below[:, 0], start)
        below = below[shared > 0.5 * np.minimum(below[:, 1] - below[:, 0], stop - start)]
        if len(below) == 0:
            continue
        at_start, at_stop = np.abs(below[0, :2] - (start, stop)) / x_height
        if at_start < _LEVEL and at_stop > _UNEVEN:
            rightward += min(at_stop, _MOST)
        elif at_stop < _LEVEL and at_start > _UNEVEN:
            leftward += min(at_start, _MOST)
    return rightward, leftward


def _pieces(line: Line, runs: Runs, x_height: float) -> list[tuple[float, float, float]]:
    """(start, stop, height) of what a line has in each column."""
    if len(runs.start) == 0:
        return []
    ends = np.flatnonzero(runs.gaps > _COLUMN * x_height)
    starts = runs.start[np.concatenate([[0], ends + 1])]
    stops = runs.stop[np.concatenate([ends, [len(runs.stop) - 1]])]
    return [
        (float(a), float(b), float(line.at(np.array([(a + b) // 2]))[0]))
        for a, b in zip(starts, stops, strict=True)
        if b - a > 3 * x_height
    ]


def has_ideographs(runs: list[Runs], x_height: float) -> bool:
    """True where the letters along the lines or columns that were found are squares of one size."""
    low, middle, high = _lengths(runs)
    return bool(_SQUARE[0] * x_height <= middle <= _SQUARE[1] * x_height and high < _ALIKE * low)


def may_run_across(runs: list[Runs], pitch: float) -> bool:
    """True where letters lie nearer to those of the next line than to the next of their own and are much alike, as in
    lines that were found across columns of ideographs. pitch: pixels between lines."""
    low, _, high = _lengths(runs)
    steps = np.concatenate([np.zeros(0), *(np.diff((line.start + line.stop) / 2) for line in runs)])
    return len(steps) > 0 and bool(high < _LIKELY * low and np.median(steps) > _ACROSS * pitch)


def _lengths(runs: list[Runs]) -> np.ndarray:
    """(3,) quartiles of the lengths of stretches, pixels; zeros where there are few."""
    length = np.concatenate([np.zeros(0), *(line.stop - line.start for line in runs)])
    return np.quantile(length, (0.25, 0.5, 0.75)) if len(length) >= _FEWEST else np.zeros(3)
