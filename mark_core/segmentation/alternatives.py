"""Boxes that might stand in the place of others where a gap is in doubt.

The page shows one set of boxes. A search looks at these as well: a word that was cut in two, or joined to the next, is
then found all the same, in the box that suits the query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mark_core.segmentation.word import Box, Word
from mark_core.segmentation.words import LineWord

CUTS = (0.15, 0.35, 0.85, 0.97)  # probabilities from which a gap might part words instead
_SHARES = 0.3  # of the narrower one's length, from which two boxes cannot both be words


@dataclass(frozen=True, slots=True)
class Alternative:
    """word: with the line, order and direction of the first of ``over``. over: boxes of the words of the page in whose
    place it would stand, the one that it shares most with first."""

    word: Word
    over: tuple[Box, ...]


def covered_by(one: LineWord, line: Sequence[LineWord]) -> list[int]:
    """Places in ``line`` of the words that cannot be words if ``one`` is, the one that it shares most with first."""
    shared = {}
    for place, other in enumerate(line):
        common = min(one.right, other.right) - max(one.left, other.left)
        if common > _SHARES * min(one.right - one.left, other.right - other.left):
            shared[place] = common
    return sorted(shared, key=lambda place: -shared[place])
