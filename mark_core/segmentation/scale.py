"""The scale of a page, taken from the page itself: distance between lines, height of letters."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_STRIPS = 12  # the page is cut into so many upright strips, narrow enough for climbing lines
_MIN_RHYTHM = 0.3
_CLEARER = 1.8
_FIRST_PEAK = 0.55  # of the highest; the first peak as high as this is the pitch, later ones its multiples


@dataclass(frozen=True)
class Scale:
    """Lengths in pixels of the mask they were measured on.

    pitch: distance from a text line to the next.
    part: height of connected parts; a quarter of the ink lies in parts lower than this (small letters, or
        joined small letters).
    rhythm: correlation of the ink with itself one pitch lower, 0..1; 0 where lines have no rhythm.
    """

    pitch: float
    part: float
    rhythm: float


def measure_scale(mask: np.ndarray) -> Scale | None:
    """Measures the scale of an (H, W) bool ink mask; None when there is nothing like text on it."""
    height, width = mask.shape
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    parts = stats[1:]
    parts = parts[
        (parts[:, cv2.CC_STAT_AREA] > 5)
        & (parts[:, cv2.CC_STAT_HEIGHT] < max(height / 6, 30))
        & (parts[:, cv2.CC_STAT_WIDTH] < width / 2)
        & (parts[:, cv2.CC_STAT_WIDTH] < 12 * parts[:, cv2.CC_STAT_HEIGHT])
    ]
    if len(parts) == 0:
        return None
    heights, areas = parts[:, cv2.CC_STAT_HEIGHT], parts[:, cv2.CC_STAT_AREA]
    part = _weighted_quantile(heights, areas, 0.25)
    tall = _weighted_quantile(heights, areas, 0.5)
    if part < 3:
        return None
    pitch, rhythm = _rhythm(mask, part)
    # A single line, or lines without rhythm: letters of which `tall` is the usual height stand about twice as
    # far apart.
    return Scale(pitch=pitch if pitch is not None else 2.0 * tall, part=part, rhythm=rhythm)


def looks_vertical(mask: np.ndarray) -> bool:
    """True when the ink stands in columns: its rhythm across the page is much clearer than down the page."""
    scale, turned = measure_scale(mask), measure_scale(mask.T)
    if scale is None or turned is None:
        return False
    return turned.rhythm > _MIN_RHYTHM and turned.rhythm > _CLEARER * scale.rhythm


def _rhythm(mask: np.ndarray, part: float) -> tuple[float | None, float]:
    """Distance between lines by autocorrelation of ink along upright strips, and that correlation, 0..1."""
    height, width = mask.shape
    lags = height // 3
    half = max(1, width // (2 * _STRIPS))
    correlation = np.zeros(lags)
    for start in range(0, width - half, half):
        profile = mask[:, start : start + 2 * half].sum(axis=1, dtype=np.float32)
        profile = np.minimum(
            profile, half
        )  # a black margin or a rule weighs no more than a full line of text
        smooth = _blur(profile, max(1.0, part / 8))
        detail = smooth - _blur(profile, 2.5 * part)
        spectrum = np.fft.rfft(detail, 2 * height)
        correlation += np.fft.irfft(np.abs(spectrum) ** 2)[:lags]
    correlation *= height / np.arange(height, height - lags, -1)
    if lags < 4 or correlation[0] <= 0:
        return None, 0.0
    correlation /= correlation[0]
    inner = correlation[1:-1]
    is_peak = (inner > correlation[:-2]) & (inner >= correlation[2:]) & (inner > 0.15)
    peaks = np.flatnonzero(is_peak) + 1
    peaks = peaks[peaks >= max(4, 0.9 * part)]
    if len(peaks) == 0:
        return None, 0.0
    high = peaks[correlation[peaks] >= _FIRST_PEAK * correlation[peaks].max()]
    return float(high[0]), float(correlation[high[0]])


def _blur(profile: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(profile[None], (0, 0), sigma)[0]


def _weighted_quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, share * reached[-1])])
