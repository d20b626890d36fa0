"""From the ink of a line to the boxes of its words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mark_core.segmentation.gaps import Runs
from mark_core.segmentation.parts import LineInk
from mark_core.segmentation.slant import upright

CUT = 0.45  # probability from which a gap parts words
_DOT = 0.55  # x-heights; what is smaller on both sides is punctuation or dirt, no word
_STROKE = 0.7  # x-heights; a narrower stretch is hardly a word of its own
_LETTER = 1.8  # x-heights; a stretch so narrow may be a capital whose word begins behind it
_SET_OFF = 0.4  # of the usual word gap of the line, and of the gap before; then it is
_CAPITAL = 3.4  # x-heights; a stretch so narrow may be a capital, if it is tall
_TALL = 1.9  # x-heights above the middle of the line, to which few small letters rise
_CLOSE = 2.0  # x-heights between it and the letters behind, in half of the rows
_WITHIN = 0.8  # of the usual word gap of the line; so near the word behind it, a capital belongs to that
_NEARER = 0.7  # of the wider gap beside such a stretch
_HANGING = 0.6  # x-heights below the middle of the line, to which commas reach and small letters do not
_OPENING = 1.5  # times the gap behind; beyond is an opening bracket or quotation mark
_STRAY = 1.0  # x-heights from the letters of a word; what is farther off is dirt, or shows through
_UNDER = (
    0.5  # of the usual word gap of the line; a wider gap parts words even where a flourish reaches across
)
_FLAT = 0.4  # x-heights; what is lower, and wider than high, is a dash or the rest of a rule
_PALE = 0.5  # of the usual contrast of words on the page; paler ones show through from the other side
_EDGE = 0.3  # x-heights; what is so near the edge of the page or picture is cut off by it, or part of it
_FOLD = 2.5  # x-heights of white between the page and scraps of the next one
_SOLID = 0.8  # share of its box that a blot fills; letters leave more white


@dataclass(frozen=True)
class LineWord:
    """A word of a line before it becomes public.

    left, top, right, bottom: pixels of the working image; right and bottom are behind the last pixel.
    confidence: 0..1. contrast: 0..1, median darkness of its ink. ink: pixels.
    """

    left: int
    top: int
    right: int
    bottom: int
    confidence: float
    contrast: float
    ink: int


def words_of_line(
    ink: LineInk,
    runs: Runs,
    gap_probabilities: np.ndarray,
    contrast: np.ndarray,
    slant: float,
    x_height: float,
    parts_from: float = CUT,
) -> list[LineWord]:
    """Cuts a line at its word gaps; words come from left to right.

    gap_probabilities: (R - 1,) probability of each gap between runs to part words; ``parts_from``: that from which
    it does.
    contrast: (H, W) float32 of the page.
    """
    if len(runs.start) == 0:
        return []
    cut = _without_marks_alone(_under_flourishes(gap_probabilities > parts_from, runs), runs, x_height)
    first = np.concatenate([[0], np.flatnonzero(cut) + 1, [len(runs.start)]])  # first run of every word
    column = upright(ink, slant)
    word = _keep_parts_whole(ink, np.searchsorted(runs.cut[cut], column), x_height, len(first) - 1)
    apart = _stand_apart(ink, column - runs.start[first[:-1]][word], runs.stop[first[1:] - 1][word] - column)
    word = np.where(apart > _STRAY * x_height, -1, word)
    order = np.argsort(word, kind="stable")
    bounds = np.searchsorted(word[order], np.arange(len(first)))
    result = []
    for index in range(len(first) - 1):
        mine = order[bounds[index] : bounds[index + 1]]
        if len(mine) == 0:
            continue
        x, y = ink.x[mine], ink.y[mine]
        left, top, right, bottom = int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1
        sides = gap_probabilities[
            [i for i in (first[index] - 1, first[index + 1] - 1) if 0 <= i < len(gap_probabilities)]
        ]
        inner = gap_probabilities[first[index] : first[index + 1] - 1]
        sure = float(min(sides.min(initial=1.0), 1.0 - inner.max(initial=0.0)))
        found = LineWord(left, top, right, bottom, sure, float(np.median(contrast[y, x])), len(mine))
        if _is_word(found, x_height):
            result.append(found)
    return result


def without_pale(lines: list[list[LineWord]]) -> list[list[LineWord]]:
    """Drops words much paler than the page's: the writing of the other side, stains, foxing."""
    every = [word for line in lines for word in line]
    if not every:
        return lines
    order = sorted(every, key=lambda word: word.contrast)
    reached = np.cumsum([word.ink for word in order])
    usual = order[int(np.searchsorted(reached, reached[-1] / 2))].contrast
    return [[word for word in line if word.contrast > _PALE * usual] for line in lines]


def without_cut_off(
    lines: list[list[LineWord]], outside: np.ndarray, x_height: float
) -> list[list[LineWord]]:
    """Drops what stands at the edge of the page or picture and is parted by white from the rest of its line.

    That is what is seen of the neighbouring page, and the cut or marbled edges of the leaves.
    outside: (H, W) bool of the working image, True off the page.
    """
    near, white = max(1, round(_EDGE * x_height)), _FOLD * x_height
    off = np.pad(outside, near, constant_values=True)  # off[y, x] is outside[y - near, x - near]

    def is_kept(line: list[LineWord], index: int) -> bool:
        word = line[index]
        rows = slice(word.top + near, word.bottom + near)
        if off[rows, word.left : word.left + near].any() and (
            index + 1 == len(line) or line[index + 1].left - word.right > white
        ):
            return False
        at_right = off[rows, word.right + near : word.right + 2 * near].any()
        return not at_right or (index > 0 and word.left - line[index - 1].right <= white)

    return [[word for i, word in enumerate(line) if is_kept(line, i)] for line in lines]


def _is_word(word: LineWord, x_height: float) -> bool:
    width, height = word.right - word.left, word.bottom - word.top
    if max(width, height) <= _DOT * x_height:
        return False
    if height <= _FLAT * x_height and width > height:
        return False
    return word.ink < _SOLID * width * height or min(width, height) < 0.3 * x_height


def _under_flourishes(cut: np.ndarray, runs: Runs) -> np.ndarray:
    """Joins what stands under the arm of a capital to it, unless the gap is wide for this line. cut: (R - 1,) bool."""
    if not cut.any():
        return cut
    return cut & ((runs.overhang[:, 0] <= 0) | (runs.gaps > _UNDER * np.median(runs.gaps[cut])))


def _without_marks_alone(cut: np.ndarray, runs: Runs, x_height: float) -> np.ndarray:
    """Joins a narrow stretch that would be a word to the neighbour it clearly stands nearer to.

    That is a comma, an exclamation mark, a bracket, or a letter set off from its word (a capital most of all).
    cut: (R - 1,) bool.
    """
    if not cut.any():
        return cut
    usual = float(np.median(runs.gaps[cut]))
    wide = np.concatenate([[usual], runs.gaps, [usual]])
    alone = np.concatenate([[True], cut]) & np.concatenate([cut, [True]])
    narrow = alone & (runs.stop - runs.start < _STROKE * x_height)
    before, behind = wide[:-1], wide[1:]
    # Commas, semicolons and virgules hang below the line and close a word, unless they clearly stand before one.
    closes = (runs.bottom > _HANGING * x_height) & (before < _OPENING * behind)
    to_left = np.flatnonzero(narrow[1:] & (closes | (before < _NEARER * behind))[1:])
    letter = (
        alone
        & (runs.stop - runs.start < _LETTER * x_height)
        & (behind < _SET_OFF * np.minimum(before, usual))
    )
    capital = (
        alone
        & (runs.stop - runs.start < _CAPITAL * x_height)
        & (runs.top < -_TALL * x_height)
        & np.concatenate([runs.apart[:, 1] < _CLOSE * x_height, [False]])
        & (behind < _WITHIN * usual)
    )
    to_right = np.flatnonzero((letter | capital | narrow & (behind < _NEARER * before))[:-1])
    cut = cut.copy()
    cut[np.concatenate([to_left, to_right])] = False
    return cut


def _stand_apart(ink: LineInk, behind_start: np.ndarray, before_stop: np.ndarray) -> np.ndarray:
    """(K,) columns between the letters of a word and the connected part that each pixel is of, negative within.

    behind_start, before_stop: (K,) columns of the pixel behind the first letter and before
    the end of the last.
    """
    nearest = np.full(ink.parts, -np.inf)
    np.maximum.at(nearest, ink.part_of_line, np.minimum(behind_start, before_stop))
    return -nearest[ink.part_of_line]


def _keep_parts_whole(ink: LineInk, word: np.ndarray, x_height: float, count: int) -> np.ndarray:
    """Moves each connected part into one word, unless it has letters in several (words that touch)."""
    weight = np.where(np.abs(ink.rise) < 0.7 * x_height, 1.0, 0.2)
    part = ink.part_of_line
    votes = np.bincount(part * count + word, weight, minlength=ink.parts * count).reshape(-1, count)
    whole = votes.max(axis=1) > 0.8 * votes.sum(axis=1)
    return np.where(whole[part], votes.argmax(axis=1)[part], word)
