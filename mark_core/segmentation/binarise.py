"""Binarisation: background division, polarity, removal of dark surroundings, local threshold."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_BACKGROUND_SIDE = 320  # shorter side of the reduced image on which the paper is estimated
_MIN_CONTRAST = 0.12  # of the paper's brightness, least median contrast of ink
_DARK = 0.5  # of the paper's brightness; darker regions may be a table, a scanner lid or the fold
_SHADOW_SHARE = 0.02  # of the image, least area of paper in shadow
_INKED = 0.06  # of the page's brightness: contrast of writing on the reduced image, also in shadow
_WRITTEN = 0.05  # least share of ink on paper with writing, on the reduced image
_NOISE_LEVELS = 6.0  # times the noise of the paper: least contrast of ink


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink of a page.

    mask: (H, W) bool.
    contrast: (H, W) float32, 0 paper .. 1 black, after division by the background.
    outside: (H, W) bool, dark surroundings of the page.
    """

    mask: np.ndarray
    contrast: np.ndarray
    outside: np.ndarray


def is_white_on_black(grey: np.ndarray) -> bool:
    """Whether the writing is lighter than its background.

    grey: (H, W) uint8. Decided by the sign of the difference to the local median: ink covers less than half of any
    neighbourhood.
    """
    small = _shrink(grey, 600)
    size = max(3, round(min(small.shape) / 20)) | 1
    difference = small.astype(np.int16) - cv2.medianBlur(small, size)
    light, dark = float((difference > 50).mean()), float((difference < -50).mean())
    return light > 0.01 and light > 3 * dark


def find_ink(grey: np.ndarray, window: int) -> Ink:
    """Binarise dark writing on light paper.

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
        return Ink(mask, contrast, outside)
    typical = float(np.median(contrast[mask]))
    if typical < _MIN_CONTRAST:
        return Ink(np.zeros_like(mask), contrast, outside)
    return Ink(_without_faint(mask, contrast, min(0.5, 0.25 + margin) * typical), contrast, outside)


def _grain(contrast: np.ndarray) -> float:
    """Standard deviation of the contrast of blank paper, estimated from the median absolute deviation."""
    sample = contrast[::3, ::3]
    sample = sample[np.abs(sample) < 0.25]
    if len(sample) == 0:
        return 0.0
    return 1.48 * float(np.median(np.abs(sample - np.median(sample))))


def background(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Estimate the brightness of the paper, and the dark surroundings of the page.

    grey: (H, W) uint8. Returns (H, W) float32 in the range of ``grey``, and an (H, W) bool mask of the surroundings:
    table, scanner lid, shadow in the fold.
    """
    height, width = grey.shape
    small = _shrink(grey, _BACKGROUND_SIDE)
    size = max(3, round(min(small.shape) / 22)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel)
    outside = _surroundings(small, closed)
    if outside.any() and not outside.all():
        # the margin takes the level of the nearest paper, so that the blur does not darken the paper beside it
        outside = cv2.dilate(outside.astype(np.uint8), np.ones((3, 3), np.uint8))
        closed = _filled(closed, outside > 0)
    paper = cv2.GaussianBlur(cv2.medianBlur(closed, min(size, 255)), (0, 0), size / 4)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    outside = cv2.resize(outside.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    return paper, outside


def _surroundings(small: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """Regions that are much darker than the paper, touch the edge of the image and have no writing.

    small: (H, W) uint8 page. closed: the same without its writing. Returns (H, W) bool. Dark regions with writing are
    paper in shadow; they are searched again for darker regions within.
    """
    outside = np.zeros(small.shape, bool)
    regions = [np.ones(small.shape, bool)]
    while regions:
        region = regions.pop()
        level = float(np.percentile(closed[region], 85))
        _, labels = cv2.connectedComponents((region & (closed < _DARK * level)).astype(np.uint8))
        edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
        for number in np.setdiff1d(np.unique(edge), [0]).tolist():
            part = labels == number
            if _has_writing(small, closed, part):
                regions.append(part)
            else:
                outside |= part
    return outside


def _has_writing(small: np.ndarray, closed: np.ndarray, part: np.ndarray) -> bool:
    """Whether a dark region is large enough for a page and has as much ink as paper with writing."""
    # without its rim, where the edge of the page may be darker than the table
    size = max(3, round(min(small.shape) / 22)) | 1
    inner = cv2.erode(np.pad(part, 1).astype(np.uint8), np.ones((size, size), np.uint8))[1:-1, 1:-1] > 0
    if inner.sum() < _SHADOW_SHARE * part.size:
        return False
    # relative to the paper of the whole page: relative to a black lid its own noise would be large
    inked = (closed[inner].astype(np.float32) - small[inner]) > _INKED * np.percentile(closed, 85)
    return float(inked.mean()) > _WRITTEN


def _filled(values: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """The values, with those in the gap replaced by the nearest value outside it."""
    _, labels = cv2.distanceTransformWithLabels(
        gap.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    known = np.zeros(labels.max() + 1, values.dtype)
    known[labels[~gap]] = values[~gap]
    return known[labels]


def _without_faint(mask: np.ndarray, contrast: np.ndarray, level: float) -> np.ndarray:
    """Keep the connected components of which more than 15 % is darker than ``level``."""
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
