"""The reading frame: the page mirrored or transposed so that lines run left to right and from top to bottom.

All directions are segmented in this frame. Boxes are (N, 4) x y w h.
"""

from __future__ import annotations

import numpy as np

FRAMES = ("ltr", "rtl", "ttb", "ttb-rl")  # ttb: columns from left to right; ttb-rl: from right to left


def to_frame(image: np.ndarray, frame: str) -> np.ndarray:
    """The (H, W) image in its reading frame; a view where possible."""
    if frame == "rtl":
        return image[:, ::-1]
    if frame == "ttb":
        return image.T
    if frame == "ttb-rl":
        return image[:, ::-1].T
    return image


def points_to_frame(points: np.ndarray, frame: str, width: int) -> np.ndarray:
    """(K, 2) x y of the page, which is ``width`` pixels wide -> of the reading frame."""
    x, y = np.asarray(points, float).reshape(-1, 2).T
    if frame in ("rtl", "ttb-rl"):
        x = width - x
    return np.stack([y, x] if frame.startswith("ttb") else [x, y], axis=1)


def boxes_from_frame(boxes: np.ndarray, frame: str, width: int) -> np.ndarray:
    """Boxes of the reading frame -> boxes of the page, which is ``width`` pixels wide."""
    x, y, w, h = np.asarray(boxes).reshape(-1, 4).T
    if frame == "rtl":
        return np.stack([width - x - w, y, w, h], axis=1)
    if frame == "ttb":
        return np.stack([y, x, h, w], axis=1)
    if frame == "ttb-rl":
        return np.stack([width - y - h, x, h, w], axis=1)
    return np.stack([x, y, w, h], axis=1)


def clip_boxes(boxes: np.ndarray, width: int, height: int) -> np.ndarray:
    """Round boxes outwards and clip them to the page. Returns (N, 4) int, at least one pixel wide and high."""
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    left = np.clip(np.floor(boxes[:, 0]), 0, width - 1)
    top = np.clip(np.floor(boxes[:, 1]), 0, height - 1)
    right = np.clip(np.ceil(boxes[:, 0] + boxes[:, 2]), left + 1, width)
    bottom = np.clip(np.ceil(boxes[:, 1] + boxes[:, 3]), top + 1, height)
    return np.stack([left, top, right - left, bottom - top], axis=1).astype(int)
