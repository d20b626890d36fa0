"""From grey pixels to ink: shading divided out, polarity decided, dark surroundings removed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_BACKGROUND_SIDE = 320  # shorter side of the reduced image on which the paper is estimated
_MIN_CONTRAST = 0.12  # of the paper's brightness; a page on which nothing is darker has no ink
_NOISE_LEVELS = 6.0  # ink is darker than the paper by so many times its grain


@dataclass(frozen=True, eq=False)
class Ink:
    """Where the ink is.

    mask: (H, W) bool.
    contrast: (H, W) float32, 0 paper .. 1 black, after division by the background.
    """

    mask: np.ndarray
    contrast: np.ndarray


def is_white_on_black(grey: np.ndarray) -> bool:
    """True when the writing is lighter than what it stands on.

    Ink covers less than half of any neighbourhood, so that it stands out from the local median.
    """
    small = _shrink(grey, 600)
    size = max(3, round(min(small.shape) / 20)) | 1
    difference = small.astype(np.int16) - cv2.medianBlur(small, size)
    light, dark = float((difference > 50).mean()), float((difference < -50).mean())
    return light > 0.01 and light > 3 * dark


def find_ink(grey: np.ndarray, window: int) -> Ink:
    """Binarises dark writing on light paper.

    grey: (H, W) uint8. window: side of the neighbourhood of the local threshold, pixels; some letters wide.
    """
    paper, outside = background(grey)
    contrast = 1.0 - grey.astype(np.float32) / np.maximum(paper, 1.0)
    contrast[outside] = 0.0
    margin = _NOISE_LEVELS * _grain(contrast)
    np.clip(contrast, 0.0, 1.0, out=contrast)
    mean = cv2.boxFilter(contrast, -1, (window, window), borderType=cv2.BORDER_REPLICATE)
    square = cv2.sqrBoxFilter(contrast, -1, (window, window), borderType=cv2.BORDER_REPLICATE)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0.0))
    # Wolf & Jolion's threshold on contrast: between the local mean and black, nearer to the mean where the
    # neighbourhood has ink (large deviation). On clean paper it may lie lower, and hairlines are kept.
    reach = float(np.percentile(deviation[::4, ::4], 99)) or 1.0
    strictness = min(0.3, 0.1 + margin)
    threshold = mean + strictness * (1.0 - np.minimum(deviation / reach, 1.0)) * (0.95 - mean)
    mask = contrast > np.maximum(threshold, min(0.3, 0.06 + margin))
    if not mask.any():
        return Ink(mask, contrast)
    typical = float(np.median(contrast[mask]))
    if typical < _MIN_CONTRAST:
        return Ink(np.zeros_like(mask), contrast)
    return Ink(_without_faint(mask, contrast, min(0.5, 0.25 + margin) * typical), contrast)


def _grain(contrast: np.ndarray) -> float:
    """Standard deviation of bare paper, from the median deviation so that the ink does not count."""
    sample = contrast[::3, ::3]
    sample = sample[np.abs(sample) < 0.25]
    if len(sample) == 0:
        return 0.0
    return 1.48 * float(np.median(np.abs(sample - np.median(sample))))


def background(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Brightness of the paper under the writing, and what is not paper.

    Returns (H, W) float32 of the same range as ``grey``, and an (H, W) bool mask of dark surroundings: table,
    scanner lid, shadow in the fold.
    """
    height, width = grey.shape
    small = _shrink(grey, _BACKGROUND_SIDE)
    size = max(3, round(min(small.shape) / 22)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel)
    paper = cv2.GaussianBlur(cv2.medianBlur(closed, min(size | 1, 255)), (0, 0), size / 4)
    level = float(np.percentile(closed, 85))
    dark = (closed < 0.5 * level).astype(np.uint8)
    outside = np.zeros_like(dark)
    count, labels = cv2.connectedComponents(dark)
    if count > 1:
        edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
        touching = np.setdiff1d(np.unique(edge), [0])
        outside = np.isin(labels, touching).astype(np.uint8)
        outside = cv2.dilate(outside, np.ones((3, 3), np.uint8))
        # Paper beside a dark margin must not be darkened by the blur: the margin takes the paper's level.
        filled = np.where(outside > 0, level, closed).astype(np.uint8)
        paper = cv2.GaussianBlur(cv2.medianBlur(filled, size | 1), (0, 0), size / 4)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    outside = cv2.resize(outside, (width, height), interpolation=cv2.INTER_NEAREST) > 0
    return paper, outside


def _without_faint(mask: np.ndarray, contrast: np.ndarray, level: float) -> np.ndarray:
    """Keeps the connected parts whose darkest tenth is darker than ``level``."""
    strong = (contrast > level) & mask
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    dark = np.bincount(labels[strong], minlength=count)
    keep = dark > 0.15 * stats[:, cv2.CC_STAT_AREA]
    keep[0] = False
    return keep[labels]


def _shrink(grey: np.ndarray, side: int) -> np.ndarray:
    factor = min(1.0, side / min(grey.shape))
    if factor == 1.0:
        return grey
    return cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
