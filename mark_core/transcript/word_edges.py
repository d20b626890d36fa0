"""Where along a strip the words of an aligned text begin and end: the gaps between them, and their ink."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from mark_core.model.alignment import AlignedWord
from mark_core.model.strip import COLUMN

_INK = 70  # value of a strip from which a pixel counts as ink
_BAND = slice(10, 40)  # rows of a strip in which small letters stand
_LEAST = 2  # pixels of ink in a column of the strip from which it belongs to a word
_BESIDE = 12  # columns of a line's first and last word beyond their first and last letter
_MARGIN = 2  # pixels beside the ink


def word_edges(strip: np.ndarray, places: Sequence[AlignedWord]) -> list[tuple[int, int]]:
    """Pixels of a (48, W) strip from which to which the ink of each placed word reaches.

    Two words are parted in the widest gap of ink between the last letter of one and the first of the other.
    """
    ink = (strip[_BAND] > _INK).sum(axis=0) >= _LEAST
    cuts = [
        _gap(ink, COLUMN * before.end - COLUMN // 2, COLUMN * after.start + COLUMN // 2)
        for before, after in itertools.pairwise(places)
    ]
    first = max(0, COLUMN * (places[0].start - _BESIDE)) if places else 0
    last = min(len(ink), COLUMN * (places[-1].end + _BESIDE)) if places else 0
    bounds = [first, *cuts, last]
    return [
        _trimmed(ink, left, right, COLUMN * place.start, COLUMN * place.end)
        for place, left, right in zip(places, bounds, bounds[1:], strict=False)
    ]


def _gap(ink: np.ndarray, left: int, right: int) -> int:
    """The middle of the widest run of columns without ink between two places; half way where there is none."""
    left, right = max(0, left), min(len(ink), max(right, left + 1))
    empty = np.concatenate([[False], ~ink[left:right], [False]])
    steps = np.flatnonzero(empty[1:] != empty[:-1]).reshape(-1, 2)
    if not len(steps):
        return (left + right) // 2
    start, stop = steps[np.argmax(steps[:, 1] - steps[:, 0])]
    return left + int(start + stop) // 2


def _trimmed(ink: np.ndarray, left: int, right: int, start: int, stop: int) -> tuple[int, int]:
    """The part of left..right with ink; never less than start..stop, where its letters were read, inside it."""
    marked = np.flatnonzero(ink[left:right])
    if not len(marked):
        return max(left, start), max(min(right, stop), max(left, start) + 1)
    low, high = left + int(marked[0]) - _MARGIN, left + int(marked[-1]) + 1 + _MARGIN
    return max(0, min(low, max(left, start))), min(len(ink), max(high, min(right, stop)))
