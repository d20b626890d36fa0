"""Slant of the writing, and the width of its counters."""

from __future__ import annotations

import numpy as np

from mark_core.segmentation.parts import LineInk

_SLANTS = np.arange(-0.4, 1.25, 0.15)  # x shift per unit of height; 1 is handwriting at 45 degrees
_ROWS = (-0.25, 0.0, 0.25)  # x-heights from the middle, rows in which counters are measured


def estimate_slant(lines: list[LineInk], x_height: float) -> float:
    """The slant, x shift per unit of height: the shear that maximises the sum of squares of the column profile.

    x_height: pixels.
    """
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
    """(K,) int64 columns of the ink after removal of the slant."""
    return np.rint(ink.x + slant * ink.rise).astype(np.int64)


def counter_width(lines: list[LineInk], slant: float, x_height: float) -> float:
    """Median gap between strokes of the small letters, pixels: the width of the writing."""
    widths = []
    for ink in lines:
        column = upright(ink, slant)
        for row in _ROWS:
            filled = np.unique(column[np.abs(ink.rise - row * x_height) < 0.5])
            white = np.diff(filled) - 1
            widths.append(white[white > 0])
    every = np.concatenate(widths) if widths else np.zeros(0)
    return float(np.median(every)) if len(every) else 0.4 * x_height
