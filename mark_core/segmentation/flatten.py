"""The bend of a photographed page, estimated from its text lines, and its undoing.

Only heights are moved: a point of the flat picture at (x, y) lies on the page at (x, y + shift(x, y)). The shift is one
smooth surface for the page (a polynomial), so a single badly traced line cannot tear it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.polynomial import chebyshev

from mark_core.segmentation.lines import Line

_ALONG, _DOWN = 7, 2  # degrees of the surface along and across the lines
_RIDGE = 1e-3  # hold on level paper, of the weight of a line of usual length
_WINDOW = 2.0  # pitches over which the slope of a line is taken
_MIN_LINES = 4
_MIN_LENGTH = 6.0  # pitches of a line that counts
_ROUNDS = 4  # of the fit, lines that disagree counting less each time
_FOLDS_OVER = 0.6  # change of the shift from row to row at which rows would come to lie on each other
_MIN_BEND = 1.5  # degrees; lines that bend less are flat already
_CLEARLY = 0.7  # of the bend may remain
_KEPT = 0.95  # of the length of the lines must be traced again
_STRIP = 512  # rows that are moved at once


@dataclass(frozen=True, eq=False)
class Surface:
    """Where the flat picture lies on the page, both (height, width) in the reading frame, pixels.

    weights: (_ALONG, _DOWN + 1) of Chebyshev polynomials, without those that are constant along the line; pixels.
    window: left, right, top, bottom of what the lines cover; beyond it the shift goes on as at its rim.
    """

    weights: np.ndarray
    window: tuple[float, float, float, float]

    def shift(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """How far below (x, y) of the flat picture its place on the page lies, pixels; x and y broadcast."""
        along, down = _bases(x, y, self.window)
        return np.einsum("...i,ij,...j->...", along, self.weights, down)

    def flattened(self, image: np.ndarray) -> np.ndarray:
        """The (H, W) uint8 page with its lines straight, of the same size."""
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
        """(N, 4) x y w h of the page around (N, 4) boxes of the flat picture."""
        x, y, w, h = np.asarray(boxes, float).reshape(-1, 4).T
        across = x[:, None] + w[:, None] * np.linspace(0, 1, 9)
        top = (y[:, None] + self.shift(across, np.broadcast_to(y[:, None], across.shape))).min(axis=1)
        below = np.broadcast_to((y + h)[:, None], across.shape)
        bottom = (below + self.shift(across, below)).max(axis=1)
        return np.stack([x, top, w, bottom - top], axis=1)


def bend_of(lines: Sequence[Line], pitch: float) -> float:
    """How far the slope of the lines strays from the usual one of the page, root mean square over all their columns,
    degrees; 0 without lines. Unlike a distance from straight it does not get smaller where a line falls apart."""
    step = max(2, round(_WINDOW * pitch))
    slopes = [(line.y[step:] - line.y[:-step]) / step for line in lines if len(line.y) > step]
    if not slopes:
        return 0.0
    angles = np.degrees(np.arctan(np.concatenate(slopes)))
    return float(np.sqrt(np.mean((angles - np.median(angles)) ** 2)))


def is_straighter(before: tuple[float, float], after: tuple[float, float]) -> bool:
    """Whether lines are clearly straighter than before and none of their length is lost; (bend, length) of both."""
    return after[0] <= _CLEARLY * before[0] and after[1] >= _KEPT * before[1]


def fit_surface(lines: Sequence[Line], pitch: float, scale: float) -> Surface | None:
    """The surface on which these lines are straight and level.

    lines, pitch: as traced, ``scale`` of their pixels to one of the page. Returns None where the lines are flat, too
    few, or ask for a surface that folds over.
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
    trust = np.ones(len(x))
    weights = np.zeros((_ALONG, _DOWN + 1))
    for _ in range(_ROUNDS):
        along, down = _bases(x, level, window)
        terms = (along[:, :, None] * down[:, None, :]).reshape(len(x), -1)
        total = np.bincount(number, trust)
        # Each line has a level of its own, which is what is left when the means of the line are taken away.
        means = np.stack([np.bincount(number, trust * term) / total for term in terms.T], axis=1)
        free = terms - means[number]
        height = y - (np.bincount(number, trust * y) / total)[number]
        hold = _RIDGE * float(counts.mean()) * np.eye(free.shape[1])
        weights = np.linalg.solve(free.T @ (trust[:, None] * free) + hold, free.T @ (trust * height))
        off = np.abs(height - free @ weights)
        usual = max(float(np.median(off)), 1e-3 * pitch / scale)
        trust = 1 / (1 + (off / (3 * usual)) ** 2)
        level = (np.bincount(number, trust * (y - terms @ weights)) / np.bincount(number, trust))[number]
    surface = Surface(weights.reshape(_ALONG, _DOWN + 1), window)
    grid_x, grid_y = np.meshgrid(np.linspace(*window[:2], 40), np.linspace(*window[2:], 40))
    steepest = np.abs(np.diff(surface.shift(grid_x, grid_y), axis=0)).max() / max(
        1e-9, (window[3] - window[2]) / 39
    )
    return surface if steepest < _FOLDS_OVER else None


def _bases(
    x: np.ndarray, y: np.ndarray, window: tuple[float, float, float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """(..., _ALONG) and (..., _DOWN + 1) polynomials at x and at y."""
    left, right, top, bottom = window
    u = np.clip(2 * (np.asarray(x, float) - left) / max(right - left, 1.0) - 1, -1, 1)
    v = np.clip(2 * (np.asarray(y, float) - top) / max(bottom - top, 1.0) - 1, -1, 1)
    return chebyshev.chebvander(u, _ALONG)[..., 1:], chebyshev.chebvander(v, _DOWN)
