"""The lines of a page in the order in which they are read, and which of them goes on in the next.

A traced line may run through several columns of a page; there it is cut into pieces, so that a piece is a line of one
column. Pieces of Hebrew and Arabic pages stand in the opposite order, so that what is read across the end of a line is
always next to each other in the order of its ink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mark_core.segmentation.line_strips import StripFrame
from mark_core.segmentation.word import Word


@dataclass(frozen=True)
class Piece:
    """Columns start..stop of the strip of a line, which words first..last of the page stand on; -1 for none.

    line: number of the traced line on its page. edge: place along it in page pixels where the piece begins.
    """

    line: int
    start: int
    stop: int
    first: int
    last: int
    edge: float

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Pieces sort by their first word; those without words come last."""
        return self.first < 0, self.first, self.line


def page_pieces(
    words: Sequence[Word],
    home: np.ndarray,
    begin: np.ndarray,
    end: np.ndarray,
    frames: Sequence[StripFrame],
    counts: Sequence[int],
    column: int,
) -> tuple[list[Piece], np.ndarray]:
    """Pieces of a page, and (P,) bool which of them goes on in the next one.

    home, begin, end: of the words, see ``line_index.places_on_lines``. counts: columns of each line, ``column`` pixels
    of its strip each.
    """
    found: list[Piece] = []
    for line, (frame, count) in enumerate(zip(frames, counts, strict=True)):
        rows = np.flatnonzero(home == line)
        rows = rows[np.argsort(begin[rows] + end[rows], kind="stable")]
        found += _cut(line, frame, count, column, _runs(words, rows), begin, end)
    leftward = sum(frame.line.direction == "rtl" for frame in frames) * 2 > len(frames)
    found.sort(key=lambda piece: piece.rank)
    if leftward:
        found.reverse()
    goes_on = [_follows(*(pair[::-1] if leftward else pair), words) for pair in pairwise(found)]
    return found, np.array([*goes_on, False][: len(found)], bool)


def _runs(words: Sequence[Word], rows: np.ndarray) -> list[np.ndarray]:
    """Words along a traced line, by the line of the page that they are on; all together where these alternate."""
    names = np.array([words[row].line for row in rows.tolist()], np.int64)
    parts = np.split(rows, np.flatnonzero(np.diff(names)) + 1)
    return parts if len(parts) == len(np.unique(names)) else [rows]


def _cut(
    line: int,
    frame: StripFrame,
    count: int,
    column: int,
    runs: Sequence[np.ndarray],
    begin: np.ndarray,
    end: np.ndarray,
) -> list[Piece]:
    """The pieces of a line, cut in the middle of the white between runs of words."""
    edges = [float((end[one].max() + begin[other].min()) / 2) for one, other in pairwise(runs)]
    cuts = np.rint(frame.column(np.array(edges)) / column).astype(int)
    bounds = [0, *np.maximum.accumulate(np.clip(cuts, 0, count)).tolist(), count]
    firsts = [int(run.min()) if len(run) else -1 for run in runs]
    lasts = [int(run.max()) if len(run) else -1 for run in runs]
    starts = [-np.inf, *edges]
    return [
        Piece(line, *bound, first, last, edge)
        for bound, first, last, edge in zip(pairwise(bounds), firsts, lasts, starts, strict=True)
    ]


def _follows(one: Piece, other: Piece, words: Sequence[Word]) -> bool:
    """Whether what is written at the end of one piece goes on at the beginning of the other."""
    if one.first < 0 or other.first != one.last + 1:
        return False
    return words[one.last].direction == words[other.first].direction
