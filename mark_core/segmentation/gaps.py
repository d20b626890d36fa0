"""Stretches of letters along a line, the gaps between them, and which gaps part words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mark_core.segmentation.parts import LineInk

_SLANTS = np.arange(-0.4, 1.25, 0.1)  # x shift per unit of height; 1 is handwriting at 45 degrees
_ABOVE, _BELOW = 0.8, 0.65  # x-heights above and below the middle that count as small letters
_WIDE = 3.0  # x-heights; a gap wider than this counts as this wide


@dataclass(frozen=True, eq=False)
class Runs:
    """Stretches of unbroken letters of one line, left to right, in upright (slant removed) columns.

    start, stop: (R,) int, columns; ``stop`` is behind the last. ink: (R,) pixels among the small letters.
    """

    start: np.ndarray
    stop: np.ndarray
    ink: np.ndarray

    @property
    def gaps(self) -> np.ndarray:
        """(R - 1,) columns without ink between neighbours."""
        return self.start[1:] - self.stop[:-1]


def estimate_slant(lines: list[LineInk], x_height: float) -> float:
    """The slant of the hand: the shear at which the columns are most sharply full or empty."""
    best, slant = -1.0, 0.0
    for candidate in _SLANTS:
        sharpness = 0.0
        for ink in lines:
            near = np.abs(ink.rise) < 1.3 * x_height
            if near.any():
                columns = upright(ink, float(candidate))[near]
                counts = np.bincount(columns - columns.min()).astype(float)
                sharpness += float((counts * counts).sum())
        if sharpness > best:
            best, slant = sharpness, float(candidate)
    return slant


def upright(ink: LineInk, slant: float) -> np.ndarray:
    """(K,) int columns of the ink once the slant is removed."""
    return np.rint(ink.x + slant * ink.rise).astype(np.int64)


def find_runs(ink: LineInk, slant: float, x_height: float) -> Runs:
    """Finds the stretches of letters among the small letters of a line."""
    core = (ink.rise > -_ABOVE * x_height) & (ink.rise < _BELOW * x_height)
    columns = upright(ink, slant)[core]
    if len(columns) == 0:
        empty = np.zeros(0, np.int64)
        return Runs(empty, empty, empty)
    left = int(columns.min())
    counts = np.bincount(columns - left)
    edges = np.diff(np.concatenate([[0], (counts > 0).astype(int), [0]]))
    start, stop = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    total = np.concatenate([[0], np.cumsum(counts)])
    return Runs(start + left, stop + left, total[stop] - total[start])


def word_gaps(lines: list[Runs], x_height: float) -> list[np.ndarray]:
    """For every line, the (R - 1,) probability that each gap parts two words."""
    every = np.concatenate([runs.gaps for runs in lines]) if lines else np.zeros(0)
    threshold = otsu(np.sqrt(np.minimum(every / x_height, _WIDE)))
    result = []
    for runs in lines:
        width = np.sqrt(np.minimum(runs.gaps / x_height, _WIDE))
        result.append(1.0 / (1.0 + np.exp(-(width - threshold) / 0.12)))
    return result


def otsu(values: np.ndarray) -> float:
    """The threshold between two groups of numbers that leaves least variance within them."""
    values = np.sort(values)
    count = len(values)
    if count < 2:
        return 0.8
    sums = np.cumsum(values)
    k = np.arange(1, count)
    between = k * (count - k) * (sums[:-1] / k - (sums[-1] - sums[:-1]) / (count - k)) ** 2
    best = int(between.argmax())
    return float(values[best] + values[best + 1]) / 2
