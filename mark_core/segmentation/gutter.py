"""The gutter between two pages that were photographed as one picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mark_core.segmentation.word import Box

WIDE = (
    1.2  # width by height from which a picture may be two pages; one page is higher than wide, or nearly so
)
_MIDDLE = 0.15  # of the width, on either side of the middle: where a gutter is
_EMPTY = (
    0.03  # of the height: words that may lie across it, such as a stain or the edge of a page taken for one
)
_GAP = 1.5  # heights of a word: least width of a gutter; gaps of a line are narrower
_SIDE = 0.2  # of the ink of the words: the least on either page
_TALL = 0.35  # of the height: the least that the words of either page reach over


def find_gutter(boxes: Sequence[Box], size: tuple[int, int]) -> int | None:
    """x of the gutter of a spread, page pixels; None where the page is not clearly one.

    boxes: of the words, x y w h. size: (width, height) of the page. A spread is much wider than high, and near its
    middle runs a gap through all lines, with text on both sides.
    """
    width, height = size
    if width < WIDE * height or len(boxes) < 4:
        return None
    x, y, w, h = np.array(boxes).T
    changes = np.zeros(
        width + 1
    )  # the height of the words that begin at a column, less that of those that end
    np.add.at(changes, x.clip(0, width), h)
    np.add.at(changes, (x + w).clip(0, width), -h)
    covered = changes.cumsum()[:width]
    low, high = round((0.5 - _MIDDLE) * width), round((0.5 + _MIDDLE) * width)
    gap = _widest_gap(covered[low:high] <= _EMPTY * height)
    if gap is None or gap[1] - gap[0] < _GAP * float(np.median(h)):
        return None
    at = low + (gap[0] + gap[1]) // 2
    left = 2 * x + w < 2 * at
    areas = w * h
    if not _SIDE <= areas[left].sum() / areas.sum() <= 1 - _SIDE:
        return None
    reach = min((y[side] + h[side]).max() - y[side].min() for side in (left, ~left))
    return at if reach >= _TALL * height else None


def _widest_gap(empty: np.ndarray) -> tuple[int, int] | None:
    """First and last + 1 of the longest run of True in (N,) bool; None if there is none."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], empty, [False]]).astype(int)))
    runs = edges.reshape(-1, 2)
    if not len(runs):
        return None
    first, last = runs[np.diff(runs, axis=1).argmax()].tolist()
    return first, last
