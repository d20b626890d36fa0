"""Reading order by columns, lines and words, in the reading frame."""

from __future__ import annotations

import numpy as np

_GUTTER = 1.3  # x-heights, least width of a gutter between columns
_COLUMN_LINES = 3  # least number of lines of a column


def reading_order(
    boxes: np.ndarray, line: np.ndarray, level: np.ndarray, x_height: float
) -> list[np.ndarray]:
    """Sort words by columns (left to right), lines (top to bottom) and position.

    Recursive XY cut: a block is split at its widest vertical gutter; without one, into an upper and a lower part of
    which one has a gutter (a heading above columns); otherwise it is one column.

    boxes: (N, 4) x y w h in the reading frame. line: (N,) number of the detected line of each word, which may cross
    several columns. level: (N,) y of the middle of the line at the word. x_height: pixels.

    Returns for every line in reading order the indices of its words.
    """
    return _order(np.arange(len(boxes)), boxes, line, level, _GUTTER * x_height)


def _order(
    words: np.ndarray, boxes: np.ndarray, line: np.ndarray, level: np.ndarray, gutter: float
) -> list[np.ndarray]:
    if len(words) == 0:
        return []
    cut = _gutter(words, boxes, line, gutter)
    if cut is not None:
        left = boxes[words, 0] + boxes[words, 2] / 2 < cut
        return _order(words[left], boxes, line, level, gutter) + _order(
            words[~left], boxes, line, level, gutter
        )
    numbers = np.unique(line[words])
    heights = np.array([level[words[line[words] == number]].mean() for number in numbers])
    numbers = numbers[np.argsort(heights, kind="stable")]
    rank = _rank(numbers, line[words])
    for size in range(len(numbers) - 1, _COLUMN_LINES - 1, -1):  # the largest part with a gutter
        for upper in (False, True):
            bound = size if upper else len(numbers) - size
            above = rank < bound
            part = words[above] if upper else words[~above]
            if _gutter(part, boxes, line, gutter) is not None:
                return _order(words[above], boxes, line, level, gutter) + _order(
                    words[~above], boxes, line, level, gutter
                )
    result = []
    for number in numbers:
        members = words[line[words] == number]
        result.append(members[np.argsort(boxes[members, 0], kind="stable")])
    return result


def _rank(numbers: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Rank of the line of each word among the sorted line numbers."""
    order = np.argsort(numbers)
    return order[np.searchsorted(numbers[order], line)]


def _gutter(words: np.ndarray, boxes: np.ndarray, line: np.ndarray, gutter: float) -> float | None:
    """x of the middle of the widest gutter with a column on either side, None without one."""
    if len(words) < 2 * _COLUMN_LINES:
        return None
    order = words[np.argsort(boxes[words, 0], kind="stable")]
    right = np.maximum.accumulate(boxes[order, 0] + boxes[order, 2])[:-1]
    white = boxes[order[1:], 0] - right
    for index in np.argsort(-white, kind="stable"):
        if white[index] < gutter:
            return None
        sides = (order[: index + 1], order[index + 1 :])
        if all(len(np.unique(line[side])) >= _COLUMN_LINES for side in sides):
            return float(right[index] + white[index] / 2)
    return None
