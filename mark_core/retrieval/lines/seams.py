"""Words and phrases that begin at the end of one line and go on in the next: ``neglexi- | stis``.

The end of a line and the beginning of the next are set side by side, the white between left out, with one column
between them that may be read as a space or as nothing, so that both a divided word and a phrase fit. The reading head
has no class for a hyphen: the last thing in a line that has little ink may be read or passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mark_core.retrieval.lines.automaton import Automaton
from mark_core.retrieval.lines.columns import SPACE, LineColumns
from mark_core.retrieval.lines.line_ends import LineEnds
from mark_core.retrieval.lines.paths import best_paths
from mark_core.retrieval.lines.spikes import Windows

_LEAST = 2  # columns of either line that belong to what is found
_TOGETHER = 64  # places that are read at once


@dataclass(frozen=True, eq=False)
class DividedSpans:
    """M places across the end of a line, the best first. line: (M,) that they end in, the one before it they begin in.
    start, stop: (M,) columns of the one and of the other, stop behind the last. last: (M,) column of the first line
    behind the last of the span there. first: (M,) column of the second line where the span goes on. score: (M,)."""

    line: np.ndarray
    start: np.ndarray
    last: np.ndarray
    first: np.ndarray
    stop: np.ndarray
    score: np.ndarray

    def __len__(self) -> int:
        return len(self.line)

    def places(self) -> Iterator[tuple[int, int, int, int, int, float]]:
        """Line, start, last, first, stop and score of each."""
        yield from zip(*(values.tolist() for values in self._every), strict=True)

    def select(self, rows: np.ndarray) -> DividedSpans:
        return DividedSpans(*(values[rows] for values in self._every))

    @property
    def _every(self) -> tuple[np.ndarray, ...]:
        return self.line, self.start, self.last, self.first, self.stop, self.score


def divided_spans(
    columns: LineColumns, ends: LineEnds, machine: Automaton, windows: Windows, worst: float
) -> DividedSpans:
    """The best span across each seam that scores more than ``worst``; windows: in which they end, beginning in the line
    before."""
    order = np.argsort(windows.stop - windows.start, kind="stable")
    parts = [order[first : first + _TOGETHER] for first in range(0, len(order), _TOGETHER)]
    found = [_read(columns, ends, machine, windows.select(part)) for part in parts]
    if not found:
        nothing = np.zeros(0, np.int64)
        return DividedSpans(nothing, nothing, nothing, nothing, nothing, np.zeros(0, np.float32))
    line, start, stop, score = (np.concatenate(part) for part in zip(*found, strict=True))
    before = line - 1
    spans = DividedSpans(
        line,
        start - columns.starts[before],
        ends.last[before] - columns.starts[before],
        ends.first[line] - columns.starts[line],
        stop - columns.starts[line],
        score,
    )
    spans = spans.select(np.flatnonzero(score > worst))
    spans = spans.select(np.argsort(-spans.score, kind="stable"))
    return spans.select(np.sort(np.unique(spans.line, return_index=True)[1]))  # one across each end of a line


def _read(
    columns: LineColumns, ends: LineEnds, machine: Automaton, windows: Windows
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Line, first column, column behind the last (of all columns) and score of the best span in each window."""
    before = windows.line - 1
    # one column more on either side, unless the line ends there: ends of a line count as spaces, those of windows not
    left = (windows.start > columns.starts[before]).astype(int)
    right = (windows.stop < columns.starts[windows.line + 1]).astype(int)
    start, stop = windows.start - left, windows.stop + right
    last, first = ends.last[before], ends.first[windows.line]
    tails, heads = last - start, stop - first
    some = np.flatnonzero((tails > left + _LEAST) & (heads > right + _LEAST))
    start, first, tails, heads = start[some], first[some], tails[some], heads[some]
    rows = [
        np.concatenate([np.arange(a, a + tail), [-1], np.arange(b, b + head)])
        for a, tail, b, head in zip(
            start.tolist(), tails.tolist(), first.tolist(), heads.tolist(), strict=True
        )
    ]
    if not rows:
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing, np.zeros(0, np.float32)
    row = np.concatenate(rows)
    counts = (tails + heads + 1).astype(np.int32)
    free = (row < 0) | np.concatenate(
        [one >= mark for one, mark in zip(rows, ends.mark[before[some]].tolist(), strict=True)]
    ) & (row < np.repeat(last[some], counts))
    mine = _set_side_by_side(columns, row, counts, free)
    join = mine.starts[:-1] + tails
    inside = Windows(
        np.arange(len(counts)),
        mine.starts[:-1] + left[some],
        mine.starts[1:] - right[some],
        join + 1 + _LEAST,
        join - (last - ends.mark[before])[some] - _LEAST - 1,
    )
    begin, end, score = best_paths(mine, machine, inside)
    behind = np.minimum(end, mine.starts[1:] - 1)
    stops = np.where(end < mine.starts[1:], row[behind], row[behind] + 1)
    return windows.line[some], row[begin], stops, score / np.float32(machine.given)


def _set_side_by_side(
    columns: LineColumns, rows: np.ndarray, counts: np.ndarray, free: np.ndarray
) -> LineColumns:
    """These columns as lines of their own; where ``free``, a blank and a space are as likely as what is likeliest."""
    classes, log_p = columns.classes[rows], columns.log_p[rows]
    space, kept = columns.letters.index(SPACE), classes.shape[1]
    mine = classes[free]
    same = (mine == space) | (mine == columns.blank)
    order = np.argsort(same, axis=1, kind="stable")[:, : kept - 2]
    classes[free, 2:] = np.take_along_axis(mine, order, axis=1)
    log_p[free, 2:] = np.take_along_axis(log_p[free], order, axis=1)
    classes[free, 0], classes[free, 1] = columns.blank, space
    best = columns.log_p[rows[free], 0]
    log_p[free, 0] = log_p[free, 1] = best
    between = rows < 0  # the column between the lines reads nothing else
    log_p[between, 2:] = -np.inf
    log_p[between, :2] = 0
    return LineColumns(columns.letters, counts, classes, log_p, columns.ink[rows])
