"""Boxes corrected by hand: every function takes the words of a page in reading order and returns them anew.

Nothing is lost by a correction: the words that are not touched stay as they are, only their numbers follow. A new or
moved word joins the line that it stands on, or begins one of its own, and reaches as far across it as its neighbour.
``size`` is (width, height) of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mark_core.errors import MarkError
from mark_core.segmentation.word import Box, Word

MIN_SIDE = 4  # page pixels; a smaller box is a slip of the hand
_ON_LINE = 0.5  # of the smaller height, that a word must share with a line to stand on it

Words = tuple[Word, ...]


def add_word(words: Sequence[Word], box: Sequence[float], size: tuple[int, int]) -> Words:
    """A word is drawn where none was. Raises MarkError for a box that is too small or outside the page."""
    direction = words[0].direction if words else "ltr"
    return _placed(list(words), Word(_box(box, size), 1.0, 0, 0, direction))


def change_word(words: Sequence[Word], number: int, box: Sequence[float], size: tuple[int, int]) -> Words:
    """A word's box is moved or resized; it stays on its line while it stands there. Raises MarkError as `add_word`."""
    old = _word(words, number)
    new = replace(old, box=_box(box, size), confidence=1.0)
    rest = [word for word in words if word is not old]
    if _shared(new, [word for word in rest if word.line == old.line] or [old]) >= _ON_LINE:
        return _numbered([*rest, _reaching(new, [old])])
    return _placed(rest, new)


def remove_words(words: Sequence[Word], numbers: Sequence[int]) -> Words:
    """Boxes that hold no word are taken away. Raises MarkError for a number that is none."""
    gone = {_word(words, number).order for number in numbers}
    return _numbered([word for word in words if word.order not in gone])


def merge_words(words: Sequence[Word], numbers: Sequence[int]) -> Words:
    """Pieces of one word become one box around them all. Raises MarkError for less than two."""
    parts = [_word(words, number) for number in sorted(set(numbers))]
    if len(parts) < 2:
        raise MarkError("Choose at least two boxes to join.")
    edges = np.array([(w.box[0], w.box[1], w.box[0] + w.box[2], w.box[1] + w.box[3]) for w in parts])
    (x0, y0), (x1, y1) = edges[:, :2].min(axis=0).tolist(), edges[:, 2:].max(axis=0).tolist()
    joined = replace(parts[0], box=(x0, y0, x1 - x0, y1 - y0), confidence=1.0)
    return _numbered([*(word for word in words if word not in parts), _reaching(joined, parts)])


def split_word(words: Sequence[Word], number: int, share: float = 0.5) -> Words:
    """Two words that share a box part at ``share`` (0..1) of its length, counted from the left or the top.

    Raises MarkError if a part would be too small.
    """
    word = _word(words, number)
    along = 1 if word.direction == "ttb" else 0
    first = round(word.box[2 + along] * min(max(share, 0.0), 1.0))
    second = word.box[2 + along] - first
    if min(first, second) < MIN_SIDE:
        raise MarkError("This box is cut too near to its end.")
    one, two = list(word.box), list(word.box)
    one[2 + along], two[2 + along] = first, second
    two[along] += first
    parts = [_reaching(replace(word, box=tuple(box), confidence=1.0), [word]) for box in (one, two)]
    return _numbered([*(w for w in words if w is not word), *parts])


def _word(words: Sequence[Word], number: int) -> Word:
    if not 0 <= number < len(words):
        raise MarkError("That word is no longer on the page.")
    return words[number]


def _box(box: Sequence[float], size: tuple[int, int]) -> Box:
    """Whole pixels inside the page."""
    if len(box) != 4 or not np.isfinite(box).all():
        raise MarkError("A box needs four numbers: left, top, width and height.")
    x, y, w, h = box
    left, right = (int(np.clip(round(edge), 0, size[0])) for edge in (x, x + w))
    top, bottom = (int(np.clip(round(edge), 0, size[1])) for edge in (y, y + h))
    if right - left < MIN_SIDE or bottom - top < MIN_SIDE:
        raise MarkError("A box must be at least {side} pixels wide and high, on the page.", side=MIN_SIDE)
    return left, top, right - left, bottom - top


def _across(word: Word) -> tuple[int, int]:
    """Start and end across the line: top and bottom, or left and right in a column."""
    axis = 0 if word.direction == "ttb" else 1
    return word.box[axis], word.box[axis] + word.box[2 + axis]


def _shared(word: Word, line: Sequence[Word]) -> float:
    """How much of the smaller height the word shares with the median band of a line."""
    start, end = np.median([_across(member) for member in line], axis=0)
    own = _across(word)
    return (min(end, own[1]) - max(start, own[0])) / max(1.0, min(end - start, own[1] - own[0]))


def _placed(words: list[Word], new: Word) -> Words:
    """``words`` with ``new`` on the line it shares most with, or, where there is none, on a line of its own."""
    lines = sorted({word.line for word in words})
    shared = {line: _shared(new, [word for word in words if word.line == line]) for line in lines}
    best = max(shared, key=lambda line: (shared[line], -_distance(new, words, line)), default=None)
    if best is not None and shared[best] >= _ON_LINE:
        # in two columns side by side, lines of both are level: the one with the nearest word is meant
        level = [line for line in lines if shared[line] >= _ON_LINE]
        line = min(level, key=lambda line: _distance(new, words, line))
        beside = min((word for word in words if word.line == line), key=lambda word: _white(new, word))
        return _numbered([*words, _reaching(replace(new, line=line), [beside])])
    after = [line for line in lines if _middle(words, line) < sum(_across(new)) / 2]
    line = max(after) + 1 if after else 0
    later = [replace(word, line=word.line + 1) if word.line >= line else word for word in words]
    return _numbered([*later, replace(new, line=line, context_box=None)])


def _distance(new: Word, words: Sequence[Word], line: int) -> float:
    """White between the word and the nearest one of a line, along the line."""
    return min(_white(new, word) for word in words if word.line == line)


def _white(one: Word, other: Word) -> float:
    """Between two words along the line; negative where they overlap."""
    axis = 1 if one.direction == "ttb" else 0
    start, end = one.box[axis], one.box[axis] + one.box[2 + axis]
    return max(other.box[axis] - end, start - other.box[axis] - other.box[2 + axis])


def _reaching(word: Word, others: Sequence[Word]) -> Word:
    """``word`` with a reach of its own length that goes as far across the line as those of ``others`` do."""
    axis = 0 if word.direction == "ttb" else 1
    context_boxes = [other.context_box for other in others if other.context_box is not None]
    if not context_boxes:
        return replace(word, context_box=None)
    start = min(word.box[axis], *(context_box[axis] for context_box in context_boxes))
    end = max(
        word.box[axis] + word.box[axis + 2],
        *(context_box[axis] + context_box[axis + 2] for context_box in context_boxes),
    )
    context_box = list(word.box)
    context_box[axis], context_box[axis + 2] = start, end - start
    return replace(word, context_box=tuple(context_box))


def _middle(words: Sequence[Word], line: int) -> float:
    return float(np.median([sum(_across(word)) / 2 for word in words if word.line == line]))


def _numbered(words: Sequence[Word]) -> Words:
    """Words in reading order with lines and places counted anew; empty lines close up."""
    lines = {line: i for i, line in enumerate(sorted({word.line for word in words}))}

    def place(word: Word) -> tuple[int, float]:
        axis = 1 if word.direction == "ttb" else 0
        middle = word.box[axis] + word.box[2 + axis] / 2
        return lines[word.line], -middle if word.direction == "rtl" else middle

    ordered = sorted(words, key=place)
    return tuple(replace(word, line=lines[word.line], order=i) for i, word in enumerate(ordered))
