"""Detection of text lines: ridges of the blurred ink, joined across gaps."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_CELLS = 16.0  # cells per pitch of the map on which ridges are detected
_BLUR_ALONG = 0.65  # of the pitch
_BLUR_ACROSS = 0.15  # of the pitch
_MIN_RIDGE = 0.22  # of the 75 % quantile of the heights of ridges
_MAX_JOIN = 3.0  # pitches, largest gap between two pieces of a line
_MAX_STEP = 0.3  # pitches, largest step across such a gap, beyond the slope


@dataclass(frozen=True, eq=False)
class Line:
    """A text line as a curve through the middle of its small letters.

    start: first column, pixels. y: (L,) float32, y of the curve at columns start, start + 1, ...
    """

    start: int
    y: np.ndarray

    @property
    def stop(self) -> int:
        """Exclusive last column."""
        return self.start + len(self.y)

    def at(self, x: np.ndarray) -> np.ndarray:
        """y at columns x; constant beyond the ends."""
        return self.y[np.clip(np.asarray(x) - self.start, 0, len(self.y) - 1)]


def find_lines(mask: np.ndarray, pitch: float) -> list[Line]:
    """Find the text lines of an (H, W) bool ink mask, in no particular order. pitch: pixels between lines."""
    height, width = mask.shape
    cell = max(1.0, pitch / _CELLS)
    rows, columns = max(3, round(height / cell)), max(3, round(width / cell))
    density = cv2.resize(mask.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    unit = pitch * rows / height
    blurred = cv2.GaussianBlur(
        density, (0, 0), sigmaX=_BLUR_ALONG * unit, sigmaY=_BLUR_ACROSS * unit, borderType=cv2.BORDER_CONSTANT
    )
    ridges = _ridges(blurred, unit)
    ridges = _join(ridges, unit)
    ridges = _drop_weak(ridges, blurred, unit)
    lines = []
    for xs, ys in ridges:
        x0, x1 = int(xs[0] * width / columns), min(width, int(np.ceil((xs[-1] + 1) * width / columns)))
        centres = (xs + 0.5) * width / columns
        y = np.interp(np.arange(x0, x1) + 0.5, centres, (ys + 0.5) * height / rows)
        lines.append(Line(x0, y.astype(np.float32)))
    return lines


Ridge = tuple[np.ndarray, np.ndarray]  # columns (ascending) and y of a piece of a line, cells


def _ridges(blurred: np.ndarray, unit: float) -> list[Ridge]:
    """Connected local maxima along y. unit: cells per pitch."""
    reach = max(1, round(0.3 * unit))
    highest = cv2.dilate(blurred, np.ones((2 * reach + 1, 1), np.uint8))
    peak = (blurred >= highest) & (blurred > 0)
    if not peak.any():
        return []
    usual = float(np.percentile(blurred[peak], 75))
    peak &= blurred > _MIN_RIDGE * usual
    joined = cv2.dilate(
        peak.astype(np.uint8), np.ones((3, 1), np.uint8)
    )  # connects steps of one or two cells per column
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    ys, xs = np.nonzero(peak)
    label = labels[ys, xs]
    ridges = []
    order = np.lexsort((xs, label))
    for group in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        columns, inverse = np.unique(xs[group], return_inverse=True)
        heights = np.bincount(inverse, ys[group]) / np.bincount(inverse)
        ridges.append((columns, _smooth(heights, unit)))
    return ridges


def _smooth(heights: np.ndarray, unit: float) -> np.ndarray:
    size = int(unit) | 1
    if len(heights) < 3:
        return heights
    return cv2.blur(
        heights[:, None].astype(np.float32),
        (1, min(size, (len(heights) - 1) | 1)),
        borderType=cv2.BORDER_REPLICATE,
    )[:, 0].astype(float)


def _slope(ridge: Ridge, unit: float, at_end: bool, usual: float) -> float:
    """Slope near an end, regularised towards the median slope of the page. at_end: at the right end."""
    xs, ys = ridge
    part = slice(-int(4 * unit), None) if at_end else slice(0, int(4 * unit))
    x, y = xs[part], ys[part]
    x = x - x.mean()
    weight = float((x * x).sum())
    prior = unit**3 * 2  # equal to the weight of a ridge of about three pitches
    return (float((x * (y - y.mean())).sum()) + prior * usual) / (weight + prior)


def _usual_slope(ridges: list[Ridge]) -> float:
    slopes, weights = [], []
    for xs, ys in ridges:
        if len(xs) > 8:
            slopes.append(np.polyfit(xs, ys, 1)[0])
            weights.append(len(xs))
    if not slopes:
        return 0.0
    order = np.argsort(slopes)
    reached = np.cumsum(np.array(weights)[order])
    return float(np.array(slopes)[order][np.searchsorted(reached, reached[-1] / 2)])


def _join(ridges: list[Ridge], unit: float) -> list[Ridge]:
    """Join ridges end to end greedily, the best fitting pair first."""
    usual = _usual_slope(ridges)
    candidates = []
    for i, (xi, yi) in enumerate(ridges):
        slope = _slope(ridges[i], unit, True, usual)
        for j, (xj, yj) in enumerate(ridges):
            gap = xj[0] - xi[-1]
            if i == j or not -0.5 * unit <= gap <= _MAX_JOIN * unit:
                continue
            back = _slope(ridges[j], unit, False, usual)
            step = yj[0] - yi[-1] - 0.5 * (slope + back) * gap
            if abs(step) < _MAX_STEP * unit:
                candidates.append((abs(step) + 0.12 * abs(gap), i, j))
    follows: dict[int, int] = {}
    precedes: dict[int, int] = {}
    for _, i, j in sorted(candidates):
        if i not in follows and j not in precedes:
            follows[i], precedes[j] = j, i
    joined = []
    for first in range(len(ridges)):
        if first in precedes:
            continue
        chain = [first]
        while chain[-1] in follows:
            chain.append(follows[chain[-1]])
        xs = np.concatenate([ridges[k][0] for k in chain])
        ys = np.concatenate([ridges[k][1] for k in chain])
        xs, index = np.unique(xs, return_index=True)
        joined.append((xs, ys[index]))
    return joined


def _drop_weak(ridges: list[Ridge], blurred: np.ndarray, unit: float) -> list[Ridge]:
    """Drop weak ridges next to stronger ones (ascenders and descenders between lines)."""
    strength = [float(np.mean(blurred[np.rint(ys).astype(int), xs])) for xs, ys in ridges]
    kept: list[int] = []
    for i in np.argsort([-s * min(len(st[0]), 8 * unit) for s, st in zip(strength, ridges, strict=True)]):
        xs, ys = ridges[i]
        close = 0
        for j in kept:
            other_x, other_y = ridges[j]
            low, high = max(xs[0], other_x[0]), min(xs[-1], other_x[-1])
            if high < low:
                continue
            x = np.arange(low, high + 1)
            apart = np.abs(np.interp(x, xs, ys) - np.interp(x, other_x, other_y))
            close += int((apart < 0.55 * unit).sum())
        if close < 0.5 * (xs[-1] - xs[0] + 1):
            kept.append(int(i))
    return [ridges[i] for i in kept]
