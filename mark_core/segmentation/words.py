"""From the ink of a line to the boxes of its words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mark_core.segmentation.gaps import Runs, upright
from mark_core.segmentation.parts import LineInk

_DOT = 0.55  # x-heights; what is smaller on both sides is punctuation or dirt, no word


@dataclass(frozen=True)
class LineWord:
    """A word of a line before it becomes public.

    left, top, right, bottom: pixels of the working image; right and bottom are behind the last pixel.
    """

    left: int
    top: int
    right: int
    bottom: int
    confidence: float


def words_of_line(
    ink: LineInk, runs: Runs, parting: np.ndarray, slant: float, x_height: float
) -> list[LineWord]:
    """Cuts a line at its word gaps.

    parting: (R - 1,) probability of each gap between runs to part words.
    """
    if len(runs.start) == 0:
        return []
    cut = parting > 0.5
    number = np.concatenate([[0], np.cumsum(cut)])  # word of every run
    middles = (runs.stop[:-1] + runs.start[1:])[cut] / 2
    column = upright(ink, slant)
    word = np.searchsorted(middles, column)
    word = _keep_parts_whole(ink, word, x_height, int(number[-1]) + 1)
    result = []
    for index in range(int(number[-1]) + 1):
        mine = word == index
        if not mine.any():
            continue
        x, y = ink.x[mine], ink.y[mine]
        members = np.flatnonzero(number == index)
        sides = parting[[i for i in (members[0] - 1, members[-1]) if 0 <= i < len(parting)]]
        inner = parting[members[0] : members[-1]]
        sure = float(min(sides.min(initial=1.0), 1.0 - inner.max(initial=0.0)))
        found = LineWord(int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1, sure)
        if found.right - found.left > _DOT * x_height or found.bottom - found.top > _DOT * x_height:
            result.append(found)
    return result


def _keep_parts_whole(ink: LineInk, word: np.ndarray, x_height: float, count: int) -> np.ndarray:
    """Moves each connected part into one word, unless it has letters in several (words that touch)."""
    parts, part = np.unique(ink.part, return_inverse=True)
    weight = np.where(np.abs(ink.rise) < 0.7 * x_height, 1.0, 0.2)
    votes = np.zeros((len(parts), count))
    np.add.at(votes, (part, word), weight)
    largest = votes.max(axis=1)
    whole = largest > 0.8 * votes.sum(axis=1)
    return np.where(whole[part], votes.argmax(axis=1)[part], word)
