"""Corrections of the boxes of one page: what was asked for, the way back, and where a word is afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from mark_core.errors import MarkError
from mark_core.segmentation.edit import (
    Words,
    add_word,
    change_word,
    merge_words,
    remove_words,
    split_word,
)
from mark_core.segmentation.word import Box

KINDS = ("add", "change", "remove", "join", "split", "undo", "redo")
STEPS = 50  # corrections of a page that can be undone
SEEN = 16  # older versions of a page that a correction may still have been made on
MAX_WORDS = 5000  # on one page
STALE = "The boxes had changed in the meantime; please look again and repeat it."


@dataclass(frozen=True)
class Correction:
    """One correction. words: the numbers it concerns; box: of a word drawn or changed, in page pixels;
    share: where a word is cut, 0..1 of its length."""

    kind: str
    words: tuple[int, ...] = ()
    box: tuple[float, ...] = ()
    share: float = 0.5

    def apply(self, words: Words, size: tuple[int, int]) -> Words:
        """The words of the page afterwards. Raises MarkError as ``segmentation.edit`` does."""
        if self.kind == "add":
            if len(words) >= MAX_WORDS:
                raise MarkError(f"A page holds at most {MAX_WORDS} boxes.")
            return add_word(words, self.box, size)
        if self.kind == "change":
            return change_word(words, self.words[0], self.box, size)
        if self.kind == "remove":
            return remove_words(words, self.words)
        if self.kind == "join":
            return merge_words(words, self.words)
        return split_word(words, self.words[0], self.share)


@dataclass(frozen=True)
class History:
    """The versions of a page's words that lead to the present one. It is never changed, only followed by another.

    past, future: what undo and redo bring back, the nearest last. seen: the last versions in the order in which
    they were shown, undone ones among them.
    """

    past: tuple[Words, ...] = ()
    future: tuple[Words, ...] = ()
    seen: tuple[Words, ...] = ()

    def step(self, correction: Correction, now: Words, size: tuple[int, int]) -> tuple[Words, History]:
        """The words after a correction of ``now``, and the history that leads to them."""
        seen = (*self.seen, now)[-SEEN:]
        if correction.kind == "undo":
            if not self.past:
                raise MarkError("There is nothing to undo.")
            return self.past[-1], History(self.past[:-1], (*self.future, now), seen)
        if correction.kind == "redo":
            if not self.future:
                raise MarkError("There is nothing to redo.")
            return self.future[-1], History((*self.past, now), self.future[:-1], seen)
        after = correction.apply(now, size)
        return after, History((*self.past, now)[-STEPS:], (), seen)

    def version(self, age: int, now: Words) -> Words:
        """The words as they were ``age`` versions ago. Raises MarkError if that is not known any more."""
        if age == 0:
            return now
        if not 0 < age <= len(self.seen):
            raise MarkError(STALE)
        return self.seen[-age]

    def rebase(self, correction: Correction, age: int, now: Words) -> Correction:
        """A correction made on an older version, with the numbers that its words have now.

        Raises MarkError if one of them has changed since, or if it is not said which step shall be undone.
        """
        then = self.version(age, now)
        if age == 0:
            return correction
        if correction.kind in ("undo", "redo"):
            raise MarkError(STALE)
        places = {word.box: number for number, word in enumerate(now)}
        if any(number >= len(then) or then[number].box not in places for number in correction.words):
            raise MarkError(STALE)
        return replace(correction, words=tuple(places[then[number].box] for number in correction.words))


def followed_box(page: str, then: Words, now: Words) -> Callable[[str, Box], Box]:
    """Where a box of a sheet is after a correction of the boxes of ``page``: a function of both. A box that is gone
    stays as it was, for the correction may be undone."""
    numbers = {word.box: number for number, word in enumerate(then)}

    def moved(sheet: str, box: Box) -> Box:
        place = follow(numbers[box], then, now) if sheet == page and box in numbers else None
        return box if place is None else now[place].box

    return moved


def follow(number: int, then: Words, now: Words) -> int | None:
    """The number that a word of an older version has now, or None if its box is gone.

    A word that was moved is followed; of a word that was split or joined, what covers most of it.
    """
    box = then[number].box
    for place, word in enumerate(now):
        if word.box == box:
            return place
    new = fresh(then, now)
    if len(new) == 1 and len(fresh(now, then)) == 1:
        return new[0]
    best = max(new, key=lambda place: _shared(now[place].box, box), default=None)
    return best if best is not None and _shared(now[best].box, box) else None


def fresh(then: Words, now: Words) -> list[int]:
    """The numbers of the words whose boxes an older version did not have."""
    known = {word.box for word in then}
    return [place for place, word in enumerate(now) if word.box not in known]


def told(correction: Correction, then: Words, now: Words) -> str:
    """One sentence about what a correction has done."""
    if correction.kind == "undo":
        return "The last correction is undone."
    if correction.kind == "redo":
        return "The correction is made again."
    if correction.kind == "add":
        return "New box drawn. Undo is possible."
    if correction.kind == "join":
        return f"{len(set(correction.words))} boxes joined into one. Undo is possible."
    if correction.kind == "split":
        return "Box split into two. Undo is possible."
    if correction.kind == "remove":
        gone = len(then) - len(now)
        return "Box deleted. Undo is possible." if gone == 1 else f"{gone} boxes deleted. Undo is possible."
    place = follow(correction.words[0], then, now)
    moved = place is not None and now[place].box[2:] == then[correction.words[0]].box[2:]
    return "Box moved. Undo is possible." if moved else "Box resized. Undo is possible."


def _shared(one: Box, other: Box) -> int:
    """Page pixels that two boxes have in common."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0, width) * max(0, height)
