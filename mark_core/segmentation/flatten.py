"""Flattening of a photographed page, with its curvature estimated from the text lines.

Pixels move along y only: the point (x, y) of the flat image is at (x, y + shift(x, y)) of the page. The shift is one
smooth polynomial surface for the whole page, so that single badly traced lines have little influence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.polynomial import chebyshev

from mark_core.segmentation.lines.detection import Line

_ALONG, _DOWN = 7, 2  # degrees of the polynomial along and across the lines
_RIDGE = 1e-3  # L2 penalty, relative to the weight of a line of mean length
_WINDOW = 2.0  # pitches over which the slope of a line is measured
_MIN_LINES = 4
_MIN_LENGTH = 6.0  # pitches, least length of a line
_ROUNDS = 4  # of iteratively reweighted least squares
_FOLDS_OVER = 0.6  # largest change of the shift per row; near 1 rows would overlap
_MIN_BEND = 1.5  # degrees; pages with less bend are flat
_CLEARLY = 0.7  # of the bend, largest remainder
_KEPT = 0.95  # of the length of the lines, least that is traced again
_STRIP = 512  # rows that are remapped at once


@dataclass(frozen=True, eq=False)
class Surface:
    """The mapping from the flat image to the page, both of the same size in the reading frame, pixels.

    weights: (_ALONG, _DOWN + 1) of products of Chebyshev polynomials, without those constant along the line; pixels.
    window: left, right, top, bottom of the area covered by lines; outside the shift is that of the nearest edge.
    """

    weights: np.ndarray
    window: tuple[float, float, float, float]

    def shift(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """y on the page minus y in the flat image, pixels. x, y: in the flat image, of shapes that broadcast."""
        along, down = _bases(x, y, self.window)
        return np.einsum("...i,ij,...j->...", along, self.weights, down)

    def flattened(self, image: np.ndarray) -> np.ndarray:
        """The flat (H, W) uint8 image of a page of the same size."""
        height, width = image.shape
        x = np.arange(width, dtype=np.float32)
        along, _ = _bases(x, x, self.window)
        flat = np.empty_like(image)
        for top in range(0, height, _STRIP):
            y = np.arange(top, min(height, top + _STRIP), dtype=np.float32)
            _, down = _bases(y, y, self.window)
            where = y[:, None] + (down @ self.weights.T @ along.T).astype(np.float32)
            columns = np.broadcast_to(x, where.shape)
            flat[top : top + _STRIP] = cv2.remap(
                image,
                np.ascontiguousarray(columns),
                where,
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
        return flat

    def boxes_on_page(self, boxes: np.ndarray) -> np.ndarray:
        """(N, 4) boxes x y w h of the flat image -> (N, 4) bounding boxes on the page."""
        x, y, w, h = np.asarray(boxes, float).reshape(-1, 4).T
        across = x[:, None] + w[:, None] * np.linspace(0, 1, 9)
        top = (y[:, None] + self.shift(across, np.broadcast_to(y[:, None], across.shape))).min(axis=1)
        below = np.broadcast_to((y + h)[:, None], across.shape)
        bottom = (below + self.shift(across, below)).max(axis=1)
        return np.stack([x, top, w, bottom - top], axis=1)


def bend_of(lines: Sequence[Line], pitch: float) -> float:
    """Root mean square deviation of the slope of the lines from its median, over all columns, degrees; 0 without lines.

    Unlike the distance from a straight line it does not decrease if a line is broken into pieces.
    """
    step = max(2, round(_WINDOW * pitch))
    slopes = [(line.y[step:] - line.y[:-step]) / step for line in lines if len(line.y) > step]
    if not slopes:
        return 0.0
    angles = np.degrees(np.arctan(np.concatenate(slopes)))
    return float(np.sqrt(np.mean((angles - np.median(angles)) ** 2)))


def is_straighter(before: tuple[float, float], after: tuple[float, float]) -> bool:
    """Whether lines are clearly straighter, without loss of length. before, after: (bend, length)."""
    return after[0] <= _CLEARLY * before[0] and after[1] >= _KEPT * before[1]


def fit_surface(lines: Sequence[Line], pitch: float, scale: float) -> Surface | None:
    """Fit the surface that makes the lines straight and horizontal.

    lines, pitch: as traced, in pixels of the working image. scale: pixels of the working image per pixel of the page.
    Returns None if the lines are flat already, too few, or if rows would overlap.
    """
    if bend_of(lines, pitch) < _MIN_BEND:
        return None
    step = max(1, round(0.5 * pitch))
    long = [line for line in lines if len(line.y) >= _MIN_LENGTH * pitch]
    if len(long) < _MIN_LINES:
        return None
    xs = [np.arange(line.start, line.stop, step) / scale for line in long]
    ys = [line.y[::step] / scale for line in long]
    levels = [np.full(len(y), float(y.mean())) for y in ys]
    x, y = np.concatenate(xs), np.concatenate(ys)
    number = np.repeat(np.arange(len(long)), [len(part) for part in ys])
    counts = np.bincount(number)
    window = (float(x.min()), float(x.max()), float(y.min()), float(y.max()))
    level = np.concatenate(levels)
    confidence = np.ones(len(x))
    weights = np.zeros((_ALONG, _DOWN + 1))
    for _ in range(_ROUNDS):
        along, down = _bases(x, level, window)
        terms = (along[:, :, None] * down[:, None, :]).reshape(len(x), -1)
        total = np.bincount(number, confidence)
        # each line has a free offset, which is removed by subtracting the means of the line
        means = np.stack([np.bincount(number, confidence * term) / total for term in terms.T], axis=1)
        free = terms - means[number]
        height = y - (np.bincount(number, confidence * y) / total)[number]
        penalty = _RIDGE * float(counts.mean()) * np.eye(free.shape[1])
        weights = np.linalg.solve(
            free.T @ (confidence[:, None] * free) + penalty, free.T @ (confidence * height)
        )
        off = np.abs(height - free @ weights)
        scatter = max(float(np.median(off)), 1e-3 * pitch / scale)
        confidence = 1 / (1 + (off / (3 * scatter)) ** 2)
        level = (np.bincount(number, confidence * (y - terms @ weights)) / np.bincount(number, confidence))[
            number
        ]
    surface = Surface(weights.reshape(_ALONG, _DOWN + 1), window)
    grid_x, grid_y = np.meshgrid(np.linspace(*window[:2], 40), np.linspace(*window[2:], 40))
    steepest = np.abs(np.diff(surface.shift(grid_x, grid_y), axis=0)).max() / max(
        1e-9, (window[3] - window[2]) / 39
    )
    return surface if steepest < _FOLDS_OVER else None


def _bases(
    x: np.ndarray, y: np.ndarray, window: tuple[float, float, float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """(..., _ALONG) and (..., _DOWN + 1) Chebyshev polynomials at x and at y."""
    left, right, top, bottom = window
    u = np.clip(2 * (np.asarray(x, float) - left) / max(right - left, 1.0) - 1, -1, 1)
    v = np.clip(2 * (np.asarray(y, float) - top) / max(bottom - top, 1.0) - 1, -1, 1)
    return chebyshev.chebvander(u, _ALONG)[..., 1:], chebyshev.chebvander(v, _DOWN)
