"""Boxes of a page that is turned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mark_core.pages.turn import turned_box
from mark_core.segmentation.word import Word

_SIDEWAYS = {"ltr": "ttb", "rtl": "ttb", "ttb": "ltr"}


def turned_words(words: Sequence[Word], size: tuple[int, int], degrees: int) -> tuple[Word, ...]:
    """The words of a page of ``size`` (width, height) after it was turned clockwise by a multiple of 90 degrees, in
    the same order. By quarters, lines become columns and columns lines."""
    across = degrees % 180 != 0
    return tuple(
        replace(
            word,
            box=turned_box(word.box, size, degrees),
            context_box=None if word.context_box is None else turned_box(word.context_box, size, degrees),
            direction=_SIDEWAYS[word.direction] if across else word.direction,
        )
        for word in words
    )
