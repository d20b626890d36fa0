"""Centring of lines on their small letters, and the x-height."""

from __future__ import annotations

import cv2
import numpy as np

from mark_core.segmentation.lines.detection import Line

_NEIGHBOURHOOD = 1.2  # pitches on either side over which the middle of a line is estimated
_FARTHEST = 0.35  # pitches, largest shift of the middle
_OUTSIDE = 0.5  # weight of the ink just above and below the small letters, relative to that among them
_CELL = 0.25  # pitches between the points at which the middle is estimated


def centre_lines(mask: np.ndarray, lines: list[Line], pitch: float) -> tuple[list[Line], float]:
    """Centre lines on their small letters and measure the x-height.

    mask: (H, W) bool ink. pitch: pixels. All lines are first shifted by the same distance, then each locally, because
    ridges are biased towards clusters of ascenders or descenders. Returns the lines and the x-height in pixels: the
    full width at half maximum of the profile of ink across all lines.
    """
    reach = max(2, round(0.6 * pitch))
    height = mask.shape[0]
    profile = np.zeros(2 * reach + 1)
    for line in lines:
        x = np.arange(line.start, line.stop)
        y = np.rint(line.y).astype(int)
        for offset in range(-reach, reach + 1):
            row = y + offset
            inside = (row >= 0) & (row < height)
            profile[offset + reach] += np.count_nonzero(mask[row[inside], x[inside]])
    profile = cv2.GaussianBlur(profile[None], (0, 0), max(1.0, pitch / 30))[0]
    peak = int(profile[reach // 2 : -reach // 2].argmax()) + reach // 2
    level = (profile[peak] + profile.min()) / 2
    low = peak - int(np.argmax(profile[peak::-1] < level))
    high = peak + int(np.argmax(profile[peak:] < level))
    shift = (low + high) / 2 - reach
    x_height = float(max(high - low, 3))
    shifted = [Line(line.start, line.y + np.float32(shift)) for line in lines]
    return [_settle(mask, line, pitch, x_height) for line in shifted], x_height


def _settle(mask: np.ndarray, line: Line, pitch: float, x_height: float) -> Line:
    """Shift a line locally to maximise the ink in a band of one x-height minus the ink just above and below it."""
    reach, half = max(1, round(_FARTHEST * pitch)), max(1, round(x_height / 2))
    cell = max(1, round(_CELL * pitch))
    columns = len(line.y) // cell
    if columns < 2:
        return line
    # ink relative to the line: one row per pixel, one column per cell
    offsets = np.arange(-reach - 2 * half, reach + 2 * half + 1)
    x = np.arange(line.start, line.start + columns * cell)
    rows = np.rint(line.y[: columns * cell]).astype(int)[None, :] + offsets[:, None]
    inside = (rows >= 0) & (rows < mask.shape[0])
    band = mask[np.clip(rows, 0, mask.shape[0] - 1), x[None, :]] & inside
    ink = band.reshape(len(offsets), columns, cell).sum(axis=2).astype(np.float32)
    ink = cv2.GaussianBlur(ink, (0, 0), sigmaX=_NEIGHBOURHOOD / _CELL / 2, sigmaY=0.5)
    total = np.concatenate([np.zeros((1, columns), np.float32), np.cumsum(ink, axis=0)])
    middle = np.arange(2 * half, 2 * half + 2 * reach + 1)
    core = total[middle + half + 1] - total[middle - half]
    around = total[middle + 2 * half + 1] - total[middle - 2 * half] - core
    score = core - _OUTSIDE * around
    shift = (score.argmax(axis=0) - reach).astype(np.float32)
    shift[score.max(axis=0) <= 0] = 0
    shift = cv2.GaussianBlur(
        shift[None], (0, 0), _NEIGHBOURHOOD / _CELL / 2, borderType=cv2.BORDER_REPLICATE
    )[0]
    moved = np.interp(np.arange(len(line.y)), (np.arange(columns) + 0.5) * cell, shift)
    return Line(line.start, line.y + moved.astype(np.float32))
