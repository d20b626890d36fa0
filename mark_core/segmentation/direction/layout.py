"""Detection of the writing direction from the layout of the ink.

Ideographs are squares of one size and are closer to the next one in the line than to those of other lines.

Lines start at a margin and end at different points. If two neighbouring lines are aligned on one side only, writing
starts on that side. Indented lines are evidence for the opposite, but the differences are smaller.
"""

from __future__ import annotations

import numpy as np

from mark_core.segmentation.gaps.runs import Runs
from mark_core.segmentation.lines.detection import Line

_LEVEL = 1.0  # x-heights; line ends within this distance are aligned
_UNEVEN = 2.5  # x-heights; line ends farther apart are not aligned
_MOST = 15.0  # x-heights, largest difference that counts
_COLUMN = 3.0  # x-heights, least gap between columns
_NEIGHBOUR = 2.2  # pitches, largest distance to the next line of a column
_SURE = 0.5  # share of the votes by which right to left must win
_ENOUGH = 40.0  # x-heights of unaligned ends, least evidence for a decision
_SQUARE = (0.85, 2.0)  # x-heights; range of the median length of ideographs
_ALIKE = 1.4  # upper by lower quartile of their lengths; on other pages seen 1.41 and more, and these are no columns
_LIKELY = 2.6  # the same of what was measured across
_FEWEST = 40  # least number of letters of a page of ideographs
_ACROSS = 1.02  # pitches between letters, from which the detected lines cross columns


def runs_leftward(lines: list[Line], runs: list[Runs], pitch: float, x_height: float) -> bool:
    """Whether the lines of a page, measured as left to right, clearly start on the right."""
    right, left = begin_votes(lines, runs, pitch, x_height)
    return right + left > _ENOUGH and left - right > _SURE * (right + left)


def begin_votes(lines: list[Line], runs: list[Runs], pitch: float, x_height: float) -> tuple[float, float]:
    """Evidence for lines that start on the left and on the right, x-heights of unaligned ends."""
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
    """(start, stop, y) of the part of a line in each column, pixels."""
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
    """Whether the letters along the detected lines are squares of one size."""
    low, middle, high = _lengths(runs)
    return bool(_SQUARE[0] * x_height <= middle <= _SQUARE[1] * x_height and high < _ALIKE * low)


def may_run_across(runs: list[Runs], pitch: float) -> bool:
    """Whether the detected lines cross columns of ideographs: letters have similar sizes and are nearer to those of the
    next line than to the next of their own. pitch: pixels between lines."""
    low, _, high = _lengths(runs)
    steps = np.concatenate([np.zeros(0), *(np.diff((line.start + line.stop) / 2) for line in runs)])
    return len(steps) > 0 and bool(high < _LIKELY * low and np.median(steps) > _ACROSS * pitch)


def _lengths(runs: list[Runs]) -> np.ndarray:
    """(3,) quartiles of the lengths of runs, pixels; zeros for fewer than _FEWEST runs."""
    length = np.concatenate([np.zeros(0), *(line.stop - line.start for line in runs)])
    return np.quantile(length, (0.25, 0.5, 0.75)) if len(length) >= _FEWEST else np.zeros(3)
