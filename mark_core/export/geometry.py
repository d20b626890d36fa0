"""Conversion of boxes between page pixels (of ``Page.pixels``) and pixels of the original image."""

from __future__ import annotations

import numpy as np

from mark_core.pages.page import Page
from mark_core.segmentation.word import Box


def original_box(box: Box, page: Page) -> Box:
    """x, y, w, h in page pixels -> in pixels of the upright original.

    The vertical scale differs from ``Page.scale``, the horizontal one, by the rounding of the working size; with a
    single scale, boxes at the lower edge could leave the image.
    """
    x, y, w, h = box
    across, down = page.original_size[0] / page.width, page.original_size[1] / page.height
    left, top = round(x * across), round(y * down)
    return left, top, round((x + w) * across) - left, round((y + h) * down) - top


def fit_corners(corners: np.ndarray, width: int, height: int) -> np.ndarray:
    """(N, 4) left, top, right, bottom, pixels -> (N, 4) int x y w h inside the image, at least one pixel each way.

    Rounded to the nearest pixel, not outwards, so that export and import of a box are inverse.
    """
    corners = np.rint(np.asarray(corners, float).reshape(-1, 4))
    left, top = np.clip(corners[:, 0], 0, width - 1), np.clip(corners[:, 1], 0, height - 1)
    right, bottom = np.clip(corners[:, 2], left + 1, width), np.clip(corners[:, 3], top + 1, height)
    return np.stack([left, top, right - left, bottom - top], axis=1).astype(int)


def bounding_box(boxes: list[Box]) -> Box:
    """The bounding box x, y, w, h of all boxes."""
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    return left, top, right - left, bottom - top
