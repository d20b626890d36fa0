"""The scale of a page: distance between lines and height of letters, measured on its ink."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_STRIPS = 12  # vertical strips of the page, narrow enough for skewed lines
_MIN_RHYTHM = 0.3  # least autocorrelation of vertical writing
_CLEARER = 1.8  # ratio of the autocorrelations from which a page is vertical
_FIRST_PEAK = 0.55  # of the highest peak: the first peak above it is the pitch, later ones are multiples


@dataclass(frozen=True)
class Scale:
    """Lengths in pixels of the mask.

    pitch: distance from a text line to the next.
    part: height of connected components, 25 % quantile weighted by ink (small letters, single or joined).
    rhythm: autocorrelation of the ink at one pitch, 0..1; 0 for a single line or irregular lines.
    """

    pitch: float
    part: float
    rhythm: float


def measure_scale(mask: np.ndarray) -> Scale | None:
    """Measure the scale of an (H, W) bool ink mask; None without text."""
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
    # without regular lines, the pitch is about twice the median height of components
    return Scale(pitch=pitch if pitch is not None else 2.0 * tall, part=part, rhythm=rhythm)


def looks_vertical(mask: np.ndarray) -> bool:
    """Whether lines are vertical: the autocorrelation across the page is much higher than down the page."""
    scale, turned = measure_scale(mask), measure_scale(mask.T)
    if scale is None or turned is None:
        return False
    return turned.rhythm > _MIN_RHYTHM and turned.rhythm > _CLEARER * scale.rhythm


def _rhythm(mask: np.ndarray, part: float) -> tuple[float | None, float]:
    """Distance between lines by autocorrelation of the row profile of vertical strips, and its value, 0..1."""
    height, width = mask.shape
    lags = height // 3
    half = max(1, width // (2 * _STRIPS))
    correlation = np.zeros(lags)
    for start in range(0, width - half, half):
        profile = mask[:, start : start + 2 * half].sum(axis=1, dtype=np.float32)
        profile = np.minimum(profile, half)  # limits the weight of black margins and rules
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
