"""The lines of a page in reading order, each as far as its words and the paper beside them reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mark_core.segmentation.text_line import TextLine, extents, lines_of_words
from mark_core.segmentation.word import Word


def ordered_lines(words: Sequence[Word], traced: Sequence[TextLine]) -> list[TextLine]:
    """One line for every line number of ``words``, in their order.

    traced: the lines of the segmentation, see ``segment_page``. Words of two numbers on one of them stand in two
    columns: it is cut between them. Words on none of them have a straight line of their own.
    """
    members: dict[int, list[Word]] = defaultdict(list)
    for word in words:
        members[word.line].append(word)
    owner = {number: _owner(group, traced) for number, group in members.items()}
    out = []
    for number in sorted(members):
        at = owner[number]
        if at is None:
            out += lines_of_words(members[number])
        else:
            sharing = [members[other] for other in members if owner[other] == at and other != number]
            out.append(_part(traced[at], members[number], sharing))
    return out


def _owner(group: Sequence[Word], traced: Sequence[TextLine]) -> int | None:
    """Number of the traced line that holds most of some words; None if none holds half of them."""
    held = [sum(line.holds(word) for word in group) for line in traced]
    return int(np.argmax(held)) if held and 2 * max(held) >= len(group) else None


def _part(line: TextLine, group: Sequence[Word], sharing: Sequence[Sequence[Word]]) -> TextLine:
    """The part of a traced line that belongs to some of the words on it: half of the way to its other words."""
    first, last = _span(group)
    start, stop = min(line.start, first), max(line.stop, last)
    for other_first, other_last in map(_span, sharing):
        if other_last <= first:
            start = max(start, (other_last + first) / 2)
        elif other_first >= last:
            stop = min(stop, (last + other_first) / 2)
    inner = line.along[(line.along > start) & (line.along < stop)]
    along = np.concatenate([[start], inner, [stop]]).astype(np.float32)
    return replace(line, along=along, across=line.middle(along).astype(np.float32))


def _span(group: Sequence[Word]) -> tuple[float, float]:
    """Where some words begin and end along their line, page pixels."""
    places = [extents(word) for word in group]
    return min(start for start, *_ in places), max(stop for _, stop, *_ in places)
