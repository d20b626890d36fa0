"""Text lines as curves: ridges of blurred ink, joined across gaps."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_CELLS = 16.0  # ridges are sought on a map on which lines are this many cells apart
_BLUR_ALONG = 0.65  # of the pitch
_BLUR_ACROSS = 0.15  # of the pitch
_MIN_RIDGE = 0.22  # of the usual height of a ridge
_MAX_JOIN = 3.0  # pitches between the ends of two stretches of one line
_MAX_STEP = 0.3  # pitches that a line may jump across such a gap, beyond its slope


@dataclass(frozen=True, eq=False)
class Line:
    """A text line as the curve through the middle of its small letters.

    start: first column, pixels. y: (L,) float32, height of the curve at columns start, start + 1, ...
    """

    start: int
    y: np.ndarray

    @property
    def stop(self) -> int:
        """First column behind the line."""
        return self.start + len(self.y)

    def at(self, x: np.ndarray) -> np.ndarray:
        """Heights at columns x; beyond its ends the line goes on level."""
        return self.y[np.clip(np.asarray(x) - self.start, 0, len(self.y) - 1)]


def find_lines(mask: np.ndarray, pitch: float) -> list[Line]:
    """Finds the text lines of an (H, W) bool ink mask whose lines are ``pitch`` pixels apart, in no order."""
    height, width = mask.shape
    cell = max(1.0, pitch / _CELLS)
    rows, columns = max(3, round(height / cell)), max(3, round(width / cell))
    density = cv2.resize(mask.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    unit = pitch * rows / height
    blurred = cv2.GaussianBlur(
        density, (0, 0), sigmaX=_BLUR_ALONG * unit, sigmaY=_BLUR_ACROSS * unit, borderType=cv2.BORDER_CONSTANT
    )
    stretches = _ridges(blurred, unit)
    stretches = _join(stretches, unit)
    stretches = _drop_weak(stretches, blurred, unit)
    lines = []
    for xs, ys in stretches:
        x0, x1 = int(xs[0] * width / columns), min(width, int(np.ceil((xs[-1] + 1) * width / columns)))
        centres = (xs + 0.5) * width / columns
        y = np.interp(np.arange(x0, x1) + 0.5, centres, (ys + 0.5) * height / rows)
        lines.append(Line(x0, y.astype(np.float32)))
    return lines


Stretch = tuple[np.ndarray, np.ndarray]  # columns (ascending) and heights of a ridge, in cells


def _ridges(blurred: np.ndarray, unit: float) -> list[Stretch]:
    """Stretches of local maxima along y, at least one pitch long."""
    reach = max(1, round(0.3 * unit))
    highest = cv2.dilate(blurred, np.ones((2 * reach + 1, 1), np.uint8))
    peak = (blurred >= highest) & (blurred > 0)
    if not peak.any():
        return []
    usual = float(np.percentile(blurred[peak], 75))
    peak &= blurred > _MIN_RIDGE * usual
    joined = cv2.dilate(
        peak.astype(np.uint8), np.ones((3, 1), np.uint8)
    )  # a climb of one or two cells a column
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    ys, xs = np.nonzero(peak)
    label = labels[ys, xs]
    stretches = []
    order = np.lexsort((xs, label))
    for group in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        columns, inverse = np.unique(xs[group], return_inverse=True)
        heights = np.bincount(inverse, ys[group]) / np.bincount(inverse)
        stretches.append((columns, _smooth(heights, unit)))
    return stretches


def _smooth(heights: np.ndarray, unit: float) -> np.ndarray:
    size = int(unit) | 1
    if len(heights) < 3:
        return heights
    return cv2.blur(
        heights[:, None].astype(np.float32),
        (1, min(size, (len(heights) - 1) | 1)),
        borderType=cv2.BORDER_REPLICATE,
    )[:, 0].astype(float)


def _slope(stretch: Stretch, unit: float, at_end: bool, usual: float) -> float:
    """Slope near an end, drawn towards the usual slope of the page when the stretch is short."""
    xs, ys = stretch
    part = slice(-int(4 * unit), None) if at_end else slice(0, int(4 * unit))
    x, y = xs[part], ys[part]
    x = x - x.mean()
    weight = float((x * x).sum())
    prior = unit**3 * 2  # a stretch of about three pitches counts as much as the page
    return (float((x * (y - y.mean())).sum()) + prior * usual) / (weight + prior)


def _usual_slope(stretches: list[Stretch]) -> float:
    slopes, weights = [], []
    for xs, ys in stretches:
        if len(xs) > 8:
            slopes.append(np.polyfit(xs, ys, 1)[0])
            weights.append(len(xs))
    if not slopes:
        return 0.0
    order = np.argsort(slopes)
    reached = np.cumsum(np.array(weights)[order])
    return float(np.array(slopes)[order][np.searchsorted(reached, reached[-1] / 2)])


def _join(stretches: list[Stretch], unit: float) -> list[Stretch]:
    """Joins stretches end to end, the best fitting pair first."""
    usual = _usual_slope(stretches)
    candidates = []
    for i, (xi, yi) in enumerate(stretches):
        slope = _slope(stretches[i], unit, True, usual)
        for j, (xj, yj) in enumerate(stretches):
            gap = xj[0] - xi[-1]
            if i == j or not -0.5 * unit <= gap <= _MAX_JOIN * unit:
                continue
            back = _slope(stretches[j], unit, False, usual)
            step = yj[0] - yi[-1] - 0.5 * (slope + back) * gap
            if abs(step) < _MAX_STEP * unit:
                candidates.append((abs(step) + 0.12 * abs(gap), i, j))
    follows: dict[int, int] = {}
    precedes: dict[int, int] = {}
    for _, i, j in sorted(candidates):
        if i not in follows and j not in precedes:
            follows[i], precedes[j] = j, i
    joined = []
    for first in range(len(stretches)):
        if first in precedes:
            continue
        chain = [first]
        while chain[-1] in follows:
            chain.append(follows[chain[-1]])
        xs = np.concatenate([stretches[k][0] for k in chain])
        ys = np.concatenate([stretches[k][1] for k in chain])
        xs, index = np.unique(xs, return_index=True)
        joined.append((xs, ys[index]))
    return joined


def _drop_weak(stretches: list[Stretch], blurred: np.ndarray, unit: float) -> list[Stretch]:
    """Drops ridges between lines (of ascenders meeting descenders) and specks."""
    strength = [float(np.mean(blurred[np.rint(ys).astype(int), xs])) for xs, ys in stretches]
    kept: list[int] = []
    for i in np.argsort([-s * min(len(st[0]), 8 * unit) for s, st in zip(strength, stretches, strict=True)]):
        xs, ys = stretches[i]
        close = 0
        for j in kept:
            other_x, other_y = stretches[j]
            low, high = max(xs[0], other_x[0]), min(xs[-1], other_x[-1])
            if high < low:
                continue
            x = np.arange(low, high + 1)
            apart = np.abs(np.interp(x, xs, ys) - np.interp(x, other_x, other_y))
            close += int((apart < 0.55 * unit).sum())
        if close < 0.5 * (xs[-1] - xs[0] + 1):
            kept.append(int(i))
    return [stretches[i] for i in kept]
