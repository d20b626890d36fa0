"""Edits of the boxes of one page, their history, and where a word is afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.segmentation.edit import (
    Words,
    add_word,
    change_word,
    merge_words,
    remove_words,
    split_word,
)
from mark_core.segmentation.word import Box

ACTIONS = ("add", "change", "remove", "join", "split", "undo", "redo")
STEPS = 50  # edits of a page that can be undone
SEEN = 16  # older versions of a page that an edit may still have been made on
MAX_WORDS = 5000  # on one page
STALE = "The boxes had changed in the meantime; please look again and repeat it."


@dataclass(frozen=True)
class Edit:
    """One edit. action: one of ACTIONS. words: the word numbers it concerns. box: of a word drawn or changed, in page
    pixels. share: where a word is cut, 0..1 of its length."""

    action: str
    words: tuple[int, ...] = ()
    box: tuple[float, ...] = ()
    share: float = 0.5

    def apply(self, words: Words, size: tuple[int, int]) -> Words:
        """The words of a page of this (width, height) afterwards. Raises MarkError as `segmentation.edit` does."""
        if self.action == "add":
            if len(words) >= MAX_WORDS:
                raise MarkError("A page holds at most {limit} boxes.", limit=MAX_WORDS)
            return add_word(words, self.box, size)
        if self.action == "change":
            return change_word(words, self.words[0], self.box, size)
        if self.action == "remove":
            return remove_words(words, self.words)
        if self.action == "join":
            return merge_words(words, self.words)
        return split_word(words, self.words[0], self.share)


@dataclass(frozen=True)
class History:
    """The versions of a page's words around the present one. Immutable.

    past, future: what undo and redo bring back, the nearest last. seen: the last versions in the order in which they
    were shown, undone ones among them.
    """

    past: tuple[Words, ...] = ()
    future: tuple[Words, ...] = ()
    seen: tuple[Words, ...] = ()

    def apply(self, edit: Edit, now: Words, size: tuple[int, int]) -> tuple[Words, History]:
        """The words after an edit of ``now``, and their history. Raises MarkError if the edit is not possible."""
        seen = (*self.seen, now)[-SEEN:]
        if edit.action == "undo":
            if not self.past:
                raise MarkError("There is nothing to undo.")
            return self.past[-1], History(self.past[:-1], (*self.future, now), seen)
        if edit.action == "redo":
            if not self.future:
                raise MarkError("There is nothing to redo.")
            return self.future[-1], History((*self.past, now), self.future[:-1], seen)
        after = edit.apply(now, size)
        return after, History((*self.past, now)[-STEPS:], (), seen)

    def version(self, age: int, now: Words) -> Words:
        """The words as they were ``age`` versions ago. Raises MarkError if that is not known any more."""
        if age == 0:
            return now
        if not 0 < age <= len(self.seen):
            raise MarkError(STALE)
        return self.seen[-age]

    def rebase(self, edit: Edit, age: int, now: Words) -> Edit:
        """An edit made on a version of this age, with the numbers that its words have now.

        Raises MarkError if one of them has changed since, or if the edit is undo or redo of an older version.
        """
        then = self.version(age, now)
        if age == 0:
            return edit
        if edit.action in ("undo", "redo"):
            raise MarkError(STALE)
        places = {word.box: number for number, word in enumerate(now)}
        if any(number >= len(then) or then[number].box not in places for number in edit.words):
            raise MarkError(STALE)
        return replace(edit, words=tuple(places[then[number].box] for number in edit.words))


Place = tuple[str, Box]  # (page id, box)
Moves = Callable[[str, Box], Place]  # (page id, box) -> where the box is afterwards


def box_mapping(page: str, then: Words, now: Words) -> Moves:
    """Where a box is after an edit of the boxes of ``page``. A box that is gone stays as it was, because the edit may
    be undone."""
    numbers = {word.box: number for number, word in enumerate(then)}

    def moved(of_page: str, box: Box) -> Place:
        number = map_word(numbers[box], then, now) if of_page == page and box in numbers else None
        return of_page, box if number is None else now[number].box

    return moved


def turn_mapping(page: str, then: Words, turned: Words, now: Words) -> Moves:
    """The same after ``page`` was turned. turned: the words ``then``, one for one, on the turned page; now: its words,
    which may have been found anew: a box is then the one that covers most of it."""
    boxes = {word.box: after.box for word, after in zip(then, turned, strict=True)}

    def moved(of_page: str, box: Box) -> Place:
        return of_page, nearest_box(boxes[box], now) if of_page == page and box in boxes else box

    return moved


def nearest_box(there: Box, now: Words) -> Box:
    """The box of the word that covers most of a box, or that box itself where none covers it."""
    best = max((word.box for word in now), key=lambda other: _overlap(other, there), default=there)
    return best if _overlap(best, there) else there


def map_word(number: int, then: Words, now: Words) -> int | None:
    """The number that a word of an older version has now, or None if its box is gone.

    A word that was moved keeps its identity; of a word that was split or joined, it is the box that covers most of it.
    """
    box = then[number].box
    for place, word in enumerate(now):
        if word.box == box:
            return place
    new = new_words(then, now)
    if len(new) == 1 and len(new_words(now, then)) == 1:
        return new[0]
    best = max(new, key=lambda place: _overlap(now[place].box, box), default=None)
    return best if best is not None and _overlap(now[best].box, box) else None


def new_words(then: Words, now: Words) -> list[int]:
    """The numbers of the words whose boxes an older version did not have."""
    known = {word.box for word in then}
    return [place for place, word in enumerate(now) if word.box not in known]


def describe(edit: Edit, then: Words, now: Words) -> Message:
    """One sentence about what an edit has done."""
    if edit.action == "undo":
        return Message("The last edit is undone.")
    if edit.action == "redo":
        return Message("The edit is made again.")
    if edit.action == "add":
        return Message("New box drawn. Undo is possible.")
    if edit.action == "join":
        joined = len(set(edit.words))
        return Message("{count} boxes joined into one. Undo is possible.", {"count": joined})
    if edit.action == "split":
        return Message("Box split into two. Undo is possible.")
    if edit.action == "remove":
        if len(then) - len(now) == 1:
            return Message("Box deleted. Undo is possible.")
        return Message("{count} boxes deleted. Undo is possible.", {"count": len(then) - len(now)})
    place = map_word(edit.words[0], then, now)
    moved = place is not None and now[place].box[2:] == then[edit.words[0]].box[2:]
    return Message("Box moved. Undo is possible.") if moved else Message("Box resized. Undo is possible.")


def read_box(value: Any) -> Box:
    """A box x, y, w, h of a file or a row. Raises ValueError or TypeError if it is none."""
    x, y, w, h = (int(side) for side in value)
    return x, y, w, h


def _overlap(one: Box, other: Box) -> int:
    """Page pixels that two boxes have in common."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0, width) * max(0, height)
