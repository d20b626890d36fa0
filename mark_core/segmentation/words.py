"""Word boxes from the ink of a line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mark_core.segmentation.gaps.runs import Runs
from mark_core.segmentation.parts import LineInk
from mark_core.segmentation.slant import upright

CUT = 0.45  # probability from which a gap separates words
_DOT = 0.55  # x-heights; smaller in width and height is punctuation or dirt
_STROKE = 0.7  # x-heights; narrower runs are unlikely to be words
_LETTER = 1.8  # x-heights; a run as narrow may be a capital in front of its word
_SET_OFF = 0.4  # of the median word gap of the line and of the gap before: largest gap behind such a capital
_CAPITAL = 3.4  # x-heights; a run as narrow and tall may be a capital
_TALL = 1.9  # x-heights above the middle of the line, least height of a capital
_CLOSE = 2.0  # x-heights, largest median distance from a capital to the letters behind
_WITHIN = 0.8  # of the median word gap of the line: largest gap between a capital and its word
_NEARER = 0.7  # ratio of the gaps beside a narrow run, below which it joins the nearer side
_HANGING = 0.6  # x-heights below the middle of the line that commas exceed and small letters do not
_OPENING = 1.5  # ratio of the gap before to the gap behind; above it is an opening bracket or quotation mark
_STRAY = 1.0  # x-heights from the letters of a word; ink farther off is dirt or bleed-through
_UNDER = 0.5  # of the median word gap of the line: a wider gap separates words even below a flourish
_FLAT = 0.4  # x-heights; lower, and wider than high, is a dash or the rest of a rule
_PALE = 0.5  # of the median contrast of words on the page; paler words are bleed-through
_EDGE = 0.3  # x-heights from the edge of the page or image; ink nearer to it is cut off or part of the edge
_FOLD = 2.5  # x-heights, least gap between the page and pieces of the facing page
_SOLID = 0.8  # share of its box that a blot fills; letters fill less


@dataclass(frozen=True)
class LineWord:
    """A word of a line, in pixels of the working image.

    left, top, right, bottom: edges; right and bottom are exclusive. confidence: 0..1. contrast: 0..1, median of its
    ink. ink: number of pixels.
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
    """Split a line at its word gaps. Returns words from left to right.

    gap_probabilities: (R - 1,) probability of each gap between runs to separate words. parts_from: probability from
    which it does. contrast: (H, W) float32 of the page.
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
    """Drop words much paler than the median of the page: bleed-through, stains, foxing."""
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
    """Drop words at the edge of the page or image that are separated from the rest of their line by a wide gap.

    These are parts of the facing page, and edges of the leaves.
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
    """Join letters below a flourish to the letter it belongs to, unless the gap is wide. cut: (R - 1,) bool."""
    if not cut.any():
        return cut
    return cut & ((runs.overhang[:, 0] <= 0) | (runs.gaps > _UNDER * np.median(runs.gaps[cut])))


def _without_marks_alone(cut: np.ndarray, runs: Runs, x_height: float) -> np.ndarray:
    """Join narrow runs that would be words of their own to the nearer neighbour.

    Such runs are commas, exclamation marks, brackets, or letters set off from their word, mostly capitals.
    cut: (R - 1,) bool, which gaps separate words. Returns a new array.
    """
    if not cut.any():
        return cut
    usual = float(np.median(runs.gaps[cut]))
    wide = np.concatenate([[usual], runs.gaps, [usual]])
    alone = np.concatenate([[True], cut]) & np.concatenate([cut, [True]])
    narrow = alone & (runs.stop - runs.start < _STROKE * x_height)
    before, behind = wide[:-1], wide[1:]
    # commas, semicolons and virgules descend below the line and close a word, unless they are much nearer to the next
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
    """(K,) distance in columns of the connected component of each pixel from the letters of its word; negative within.

    behind_start, before_stop: (K,) columns of the pixel after the start of the first letter and before the end of the
    last.
    """
    nearest = np.full(ink.parts, -np.inf)
    np.maximum.at(nearest, ink.part_of_line, np.minimum(behind_start, before_stop))
    return -nearest[ink.part_of_line]


def _keep_parts_whole(ink: LineInk, word: np.ndarray, x_height: float, count: int) -> np.ndarray:
    """Assign each connected component to one word, unless it has letters of several words that touch."""
    weight = np.where(np.abs(ink.rise) < 0.7 * x_height, 1.0, 0.2)
    part = ink.part_of_line
    votes = np.bincount(part * count + word, weight, minlength=ink.parts * count).reshape(-1, count)
    whole = votes.max(axis=1) > 0.8 * votes.sum(axis=1)
    return np.where(whole[part], votes.argmax(axis=1)[part], word)
