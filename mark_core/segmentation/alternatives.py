"""Alternative boxes where the gap classifier is uncertain.

The page has one set of boxes. A search scores the alternatives as well, so that a word is found even if it was split,
or joined to its neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mark_core.segmentation.word import Box, Word
from mark_core.segmentation.words import LineWord

CUTS = (0.15, 0.35, 0.85, 0.97)  # other probabilities from which a gap separates words, beside words.CUT
_SHARES = 0.3  # overlap, as a share of the narrower box, from which two boxes cannot both be words


@dataclass(frozen=True, slots=True)
class Alternative:
    """An alternative to words of the page.

    word: its line, order and direction are those of the first word that it replaces. over: boxes of the words of the
    page that it would replace, by overlap, largest first.
    """

    word: Word
    over: tuple[Box, ...]


def covered_by(one: LineWord, line: Sequence[LineWord]) -> list[int]:
    """Positions in ``line`` of the words that overlap ``one`` too much to be words beside it, largest overlap first."""
    shared = {}
    for place, other in enumerate(line):
        common = min(one.right, other.right) - max(one.left, other.left)
        if common > _SHARES * min(one.right - one.left, other.right - other.left):
            shared[place] = common
    return sorted(shared, key=lambda place: -shared[place])
