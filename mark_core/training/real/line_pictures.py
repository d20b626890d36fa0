"""Pictures of lines out of pages: straight along the baseline, as those of a line corpus are.

A picture reaches one unit above the baseline and half a unit below. The unit is what the line's polygon needs above
and below; of a line without one, two thirds of the distance to the nearest line.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mark_core.training.real.layout_lines import LayoutLine

HEIGHT = 64  # pixels of a picture
_BELOW = 0.5  # units
_SAMPLES = 64  # places along a line where its polygon is measured
_LEAST = 6.0  # pixels of a unit


def baseline_of(line: LayoutLine) -> np.ndarray | None:
    """(P, 2) points from left to right: the baseline that is given, or two thirds down the polygon. None for a line
    without either, or one that does not run across the page."""
    points = line.baseline if line.baseline is not None and len(line.baseline) > 1 else _through(line.polygon)
    if points is None:
        return None
    points = points[np.argsort(points[:, 0], kind="stable")]
    points = points[np.concatenate([[True], np.diff(points[:, 0]) > 0])]
    across = np.ptp(points[:, 0])
    return points if len(points) > 1 and across > np.ptp(points[:, 1]) else None


def _through(polygon: np.ndarray | None) -> np.ndarray | None:
    """A straight line two thirds down a polygon."""
    edges = None if polygon is None else _edges(polygon)
    if edges is None:
        return None
    x, top, bottom = edges
    slope, offset = np.polyfit(x, top + (bottom - top) * 2 / 3, 1)
    ends = np.array([polygon[:, 0].min(), polygon[:, 0].max()])
    return np.stack([ends, offset + slope * ends], axis=1)


def _edges(polygon: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Places along a polygon, and where its upper and its lower edge are there; None if it has no width."""
    left, right = polygon[:, 0].min(), polygon[:, 0].max()
    if right - left < 1 or len(polygon) < 3:
        return None
    x = np.linspace(left, right, _SAMPLES + 2)[1:-1]
    closed = np.concatenate([polygon, polygon[:1]])
    (x0, y0), (x1, y1) = closed[:-1].T, closed[1:].T
    crosses = (np.minimum(x0, x1) <= x[:, None]) & (np.maximum(x0, x1) >= x[:, None]) & (x0 != x1)
    width = np.where(x0 != x1, x1 - x0, 1.0)
    y = y0 + (x[:, None] - x0) / width * (y1 - y0)
    return x, np.where(crosses, y, np.inf).min(axis=1), np.where(crosses, y, -np.inf).max(axis=1)


def unit_of(line: LayoutLine, baseline: np.ndarray, others: Sequence[np.ndarray]) -> float | None:
    """Pixels from the baseline up to the highest that belongs to a line. others: baselines of the page's other lines.
    None if nothing tells it."""
    edges = None if line.polygon is None else _edges(line.polygon)
    if edges is not None:
        x, top, bottom = edges
        y = np.interp(x, *baseline.T)
        return max(float(np.median(y - top)), float(np.median(bottom - y)) / _BELOW, _LEAST)
    distance = [d for other in others if (d := _distance(baseline, other)) is not None]
    return max(min(distance) * 2 / 3, _LEAST) if distance else None


def _distance(one: np.ndarray, other: np.ndarray) -> float | None:
    """Pixels between two baselines where they lie above one another; None if they do not, or are the same."""
    left, right = max(one[0, 0], other[0, 0]), min(one[-1, 0], other[-1, 0])
    if right - left < 0.3 * (one[-1, 0] - one[0, 0]):
        return None
    x = np.linspace(left, right, 8)
    apart = float(np.median(np.abs(np.interp(x, *one.T) - np.interp(x, *other.T))))
    return apart if apart > _LEAST else None


def cut_line(grey: np.ndarray, baseline: np.ndarray, unit: float) -> np.ndarray:
    """(H, W) uint8 page -> the (64, w) uint8 picture of a line; columns are moved up or down, so letters keep their
    shapes. Beyond the page its rim goes on."""
    scale = HEIGHT / (unit * (1 + _BELOW))
    x0, x1 = baseline[0, 0] - 0.25 * unit, baseline[-1, 0] + 0.25 * unit
    width = max(1, round((x1 - x0) * scale))
    top = int(baseline[:, 1].min() - unit) - 2
    bottom = int(np.ceil(baseline[:, 1].max() + unit * _BELOW)) + 2
    part, origin = _part(grey, int(x0) - 2, top, int(np.ceil(x1)) + 3, bottom + 1)
    if scale < 1:  # average the grain away before columns are sampled
        part = cv2.GaussianBlur(part, (0, 0), 0.4 / scale)
    x = x0 + (np.arange(width) + 0.5) / scale
    y = np.interp(x, *baseline.T)[None] - unit + (np.arange(HEIGHT)[:, None] + 0.5) / scale
    across = np.broadcast_to(x - origin[0] - 0.5, y.shape).astype(np.float32)
    down = (y - origin[1] - 0.5).astype(np.float32)
    return cv2.remap(part, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _part(
    grey: np.ndarray, left: int, top: int, right: int, bottom: int
) -> tuple[np.ndarray, tuple[int, int]]:
    """The pixels of a part of the page and where its corner is; at least one pixel, inside the page."""
    height, width = grey.shape
    x0, x1 = min(max(left, 0), width - 1), min(max(right, 1), width)
    y0, y1 = min(max(top, 0), height - 1), min(max(bottom, 1), height)
    return np.ascontiguousarray(grey[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]), (x0, y0)
