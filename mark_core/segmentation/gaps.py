"""Stretches of letters along a line and the gaps between them, measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mark_core.segmentation.parts import LineInk

_SLANTS = np.arange(-0.4, 1.25, 0.15)  # x shift per unit of height; 1 is handwriting at 45 degrees
_ABOVE, _BELOW = 0.8, 0.65  # x-heights above and below the middle that count as small letters
_FARTHEST = 2.5  # x-heights; distances beyond are as good as this
_ROWS = (-0.25, 0.0, 0.25)  # x-heights from the middle, where the white inside letters is measured


@dataclass(frozen=True, eq=False)
class Runs:
    """Stretches of unbroken letters of one line, left to right, in upright (slant removed) columns.

    start, stop: (R,) int, columns; ``stop`` is behind the last.
    ink: (R,) pixels among the small letters. top, bottom: (R,) highest and lowest ink of the stretch,
        pixels from the middle of the line, down positive.
    Of each gap between neighbours, (R - 1,):
    near: distance between the letters in the fifth of the rows where they are nearest, pixels.
    joined: True where one connected part has ink on both sides.
    """

    start: np.ndarray
    stop: np.ndarray
    ink: np.ndarray
    top: np.ndarray
    bottom: np.ndarray
    near: np.ndarray
    joined: np.ndarray

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
    """Finds the stretches of letters among the small letters of a line and measures the gaps between them."""
    is_core = (ink.rise > -_ABOVE * x_height) & (ink.rise < _BELOW * x_height)
    column = upright(ink, slant)
    if not is_core.any():
        none, flag = np.zeros(0), np.zeros(0, bool)
        empty = np.zeros(0, np.int64)
        return Runs(empty, empty, empty, none, none, none, flag)
    left, right = int(column[is_core].min()), int(column[is_core].max()) + 1
    counts = np.bincount(column[is_core] - left, minlength=right - left)
    edges = np.diff(np.concatenate([[0], (counts > 0).astype(int), [0]]))
    start, stop = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    total = np.concatenate([[0], np.cumsum(counts)])
    run = np.searchsorted(start, column - left, side="right") - 1
    inside = (run >= 0) & (column - left < stop[np.clip(run, 0, None)])
    top, bottom = np.full(len(start), np.inf), np.full(len(start), -np.inf)
    np.minimum.at(top, run[inside], ink.rise[inside])
    np.maximum.at(bottom, run[inside], ink.rise[inside])
    return Runs(
        start=start + left,
        stop=stop + left,
        ink=total[stop] - total[start],
        top=top,
        bottom=bottom,
        near=_near(column[is_core] - left, ink.rise[is_core], start, stop, x_height),
        joined=_joined(ink.part[is_core], run[is_core], len(start)),
    )


def counter_width(lines: list[LineInk], slant: float, x_height: float) -> float:
    """The usual white between strokes among the small letters, pixels: how wide a hand runs."""
    widths = []
    for ink in lines:
        column = upright(ink, slant)
        for row in _ROWS:
            filled = np.unique(column[np.abs(ink.rise - row * x_height) < 0.5])
            white = np.diff(filled) - 1
            widths.append(white[white > 0])
    every = np.concatenate(widths) if widths else np.zeros(0)
    return float(np.median(every)) if len(every) else 0.4 * x_height


def _near(
    column: np.ndarray, rise: np.ndarray, start: np.ndarray, stop: np.ndarray, x_height: float
) -> np.ndarray:
    if len(start) < 2:
        return np.zeros(0)
    row = np.rint(rise).astype(int)
    row -= row.min()
    width = int(column.max()) + 1
    filled = np.zeros((row.max() + 1, width), bool)
    filled[row, column] = True
    far = 10 * width
    index = np.arange(width)
    before = np.maximum.accumulate(np.where(filled, index, -far), axis=1)
    after = np.minimum.accumulate(np.where(filled, index, far)[:, ::-1], axis=1)[:, ::-1]
    middle = (stop[:-1] + start[1:]) // 2
    apart = np.minimum(after[:, middle] - before[:, middle], _FARTHEST * x_height)
    return np.sort(apart, axis=0)[len(apart) // 5]


def _joined(part: np.ndarray, run: np.ndarray, count: int) -> np.ndarray:
    joined = np.zeros(max(count - 1, 0), bool)
    order = np.argsort(part, kind="stable")
    part, run = part[order], run[order]
    bounds = np.flatnonzero(np.diff(part)) + 1
    for members in np.split(run, bounds):
        joined[members.min() : members.max()] = True
    return joined
