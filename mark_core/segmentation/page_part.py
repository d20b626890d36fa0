"""Boxes of a page that is cropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mark_core.segmentation.word import Box, Word


def holds(part: Box, box: Box) -> bool:
    """Whether the middle of a box lies in a part of the page; of two parts side by side it lies in one."""
    across, down = 2 * box[0] + box[2] - 2 * part[0], 2 * box[1] + box[3] - 2 * part[1]
    return 0 <= across < 2 * part[2] and 0 <= down < 2 * part[3]


def words_in_part(words: Sequence[Word], part: Box) -> tuple[Word, ...]:
    """The words of a page whose middle lies in its part x, y, w, h, in pixels of the part and in the same order; lines
    and order are counted from 0. Boxes are cut at its edges."""
    inside = [word for word in words if holds(part, word.box)]
    lines = {line: number for number, line in enumerate(dict.fromkeys(word.line for word in inside))}
    return tuple(
        replace(
            word,
            box=_cut(word.box, part),
            context_box=None if word.context_box is None else _cut(word.context_box, part),
            line=lines[word.line],
            order=order,
        )
        for order, word in enumerate(inside)
    )


def _cut(box: Box, part: Box) -> Box:
    left, top = max(0, box[0] - part[0]), max(0, box[1] - part[1])
    right, bottom = min(part[2], box[0] + box[2] - part[0]), min(part[3], box[1] + box[3] - part[1])
    return left, top, right - left, bottom - top
