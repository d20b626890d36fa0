"""Which way a page is written, as far as ink tells.

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
