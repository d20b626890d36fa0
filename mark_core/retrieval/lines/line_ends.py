"""What is read at the ends of text lines: where their letters begin and end, and what may be a hyphen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mark_core.retrieval.lines.columns import SPACE, LineColumns

INK = 8  # of 255; a column with less is white


@dataclass(frozen=True, eq=False)
class LineEnds:
    """What is read at the ends of L lines, as columns among those of all lines. first: (L,) the first with a letter.
    last: (L,) behind the last with one. mark: (L,) where what may be a hyphen begins, ``last`` where nothing may."""

    first: np.ndarray
    last: np.ndarray
    mark: np.ndarray


def line_ends(columns: LineColumns) -> LineEnds:
    """Where letters begin and end in every line; a line without any begins and ends at its first column."""
    path, lines = columns.path, np.arange(len(columns))
    letters = np.flatnonzero((path != columns.blank) & (path != columns.letters.index(SPACE)))
    of_line = columns.line[letters]
    low, high = np.searchsorted(of_line, lines), np.searchsorted(of_line, lines, side="right")
    first, last = columns.starts[:-1].copy(), columns.starts[:-1].copy()
    some = np.flatnonzero(high > low)
    first[some], last[some] = letters[low[some]], letters[high[some] - 1] + 1
    if not len(some):
        return LineEnds(first, last, last)
    begins = np.ones(len(path), bool)
    begins[1:] = (path[1:] != path[:-1]) | (columns.line[1:] != columns.line[:-1])
    runs = np.flatnonzero(begins)
    run = runs[np.searchsorted(runs, last[some] - 1, side="right") - 1]  # where the last letter begins
    ink = np.append(columns.ink, np.uint8(0)).astype(np.int64)
    inked = np.where(ink >= INK, ink, 0)
    edges = np.stack([np.maximum(run - 1, first[some]), columns.starts[some + 1]], axis=1)
    most = np.maximum.reduceat(ink, edges.ravel())[::2]
    bounds = np.stack([columns.starts[some], columns.starts[some + 1]], axis=1).ravel()
    total, count = (np.add.reduceat(values, bounds)[::2] for values in (inked, (inked > 0).astype(np.int64)))
    mark = last.copy()
    slight = (most * count < total) & (run > first[some])  # less ink in each column than is usual in the line
    mark[some[slight]] = run[slight]
    return LineEnds(first, last, mark)
