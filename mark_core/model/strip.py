"""A word crop becomes a strip: dark ink as high values, fixed height, aspect kept.

The same function serves training, indexing and queries; nothing here looks at other words, so a
strip never depends on what it is processed with.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mark_core.errors import MarkError

STRIP_HEIGHT = 48  # pixels
MAX_STRIP_WIDTH = 320  # pixels; an aspect of 6.7, longer words (1 in 200) are squeezed
MIN_STRIP_WIDTH = 16
COLUMN = 4  # pixels of the strip per column of a tower
PAD = -1.0  # marks what lies beyond the end of a strip in an array of several
WIDTH_STEP = 32  # strips are padded to a multiple, so that few different shapes are computed


def to_grey(crop: np.ndarray) -> np.ndarray:
    """(H, W) or (H, W, 3) uint8 -> (H, W) uint8. Raises MarkError on any other array."""
    crop = np.asarray(crop)
    if crop.dtype != np.uint8 or crop.ndim not in (2, 3) or 0 in crop.shape:
        raise MarkError(
            "A word image must be a non-empty uint8 array, not {dtype} of shape {shape}.",
            dtype=str(crop.dtype),
            shape=str(crop.shape),
        )
    if crop.ndim == 2:
        return crop
    if crop.shape[2] == 1:
        return crop[:, :, 0]
    if crop.shape[2] == 3:
        return cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    raise MarkError("A word image must be grey or RGB, not {channels} channels.", channels=crop.shape[2])


def to_strip(crop: np.ndarray, max_width: int = MAX_STRIP_WIDTH) -> np.ndarray:
    """Crop of one word or line -> (48, W) uint8 strip, 0 = paper, 255 = ink, 16 <= W <= ``max_width``.

    Resize first (area averaging removes the grain of a large scan), then stretch between the paper
    (90th percentile) and the darkest ink, so that faded ink and grey paper look alike. A crop without
    contrast stays near zero instead of being blown up to noise.
    """
    grey = to_grey(crop)
    height, width = grey.shape
    target = int(np.clip(round(width * STRIP_HEIGHT / height), MIN_STRIP_WIDTH, max_width))
    shrink = height >= STRIP_HEIGHT
    resized = cv2.resize(
        grey, (target, STRIP_HEIGHT), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_CUBIC
    )
    return stretch_contrast(resized)


def stretch_contrast(grey: np.ndarray) -> np.ndarray:
    """(H, W) uint8 pixels of a strip -> the same with 0 = paper and 255 = ink, see ``to_strip``."""
    low, paper, high = np.percentile(grey, (1, 85, 99))
    values = grey.astype(np.float32)
    if np.median(values) - low < 0.5 * (high - np.median(values)):  # light ink on dark ground
        values, paper, low = 255 - values, 255 - np.percentile(grey, 15), 255 - high
    span = max(paper - low, 24.0)
    return np.clip((paper - values) * (255.0 / span), 0, 255).astype(np.uint8)


def padded_width(width: int) -> int:
    """Width of the array a strip of ``width`` is computed in; depends on this strip alone."""
    return (width + 8 + WIDTH_STEP - 1) // WIDTH_STEP * WIDTH_STEP


def pad_strips(strips: Sequence[np.ndarray], width: int | None = None) -> np.ndarray:
    """uint8 strips -> (B, 1, 48, W) float32 with ink 0..1 and ``PAD`` beyond the end of each strip."""
    width = width or max(padded_width(strip.shape[1]) for strip in strips)
    out = np.full((len(strips), 1, STRIP_HEIGHT, width), PAD, np.float32)
    for row, strip in zip(out, strips, strict=True):
        row[0, :, : strip.shape[1]] = strip * np.float32(1 / 255)
    return out
