"""Simulated disturbances of photographs, applied to pages with known boxes."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

_SKEW = 3.0  # degrees
_TILT = 0.06  # of the shorter side, largest shift of a corner in perspective
_SHADOW = 0.45  # brightness in the shadow
_STAIN = 0.65  # brightness under a stain; less at its rim
_FOLD, _FOLD_WIDTH = 0.022, 0.14  # rise of lines at the fold (of the height), over this width (of the width)
_WAVE = 0.006  # of the height; amplitude of a wave of the paper
_TABLE = 40  # grey of the table beside a page seen in perspective

Disturbance = Callable[[np.ndarray, np.ndarray, np.random.Generator], tuple[np.ndarray, np.ndarray]]


def disturb(kind: str, pixels: np.ndarray, boxes: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Disturb a page. Returns a copy of the same size, and the boxes on it.

    kind: a key of DISTURBANCES. pixels: (H, W) or (H, W, 3) uint8. boxes: (N, 4) x y w h; the bounding boxes of their
    transformed corners are returned.
    """
    return DISTURBANCES[kind](pixels, np.asarray(boxes, float).reshape(-1, 4), np.random.default_rng(seed))


def _shadow(pixels: np.ndarray, boxes: np.ndarray, g: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A shadow with a soft oblique edge across the page."""
    height, width = pixels.shape[:2]
    angle = g.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    depth = (x - width / 2) * np.cos(angle) + (y - height / 2) * np.sin(angle)
    edge = min(height, width) * 0.04
    light = _SHADOW + (1 - _SHADOW) / (1 + np.exp(-np.clip(depth / edge, -30, 30)))
    return _lit(pixels, light), boxes


def _stain(pixels: np.ndarray, boxes: np.ndarray, g: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Three water stains with a darker rim."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = np.ones((height, width), np.float32)
    for _ in range(3):
        radius = min(height, width) * g.uniform(0.08, 0.22)
        cx, cy = g.uniform(0.1, 0.9) * width, g.uniform(0.1, 0.9) * height
        turn = np.arctan2(y - cy, x - cx)
        wave = 1 + 0.12 * np.sin(3 * turn + g.uniform(0, 6)) + 0.06 * np.sin(7 * turn + g.uniform(0, 6))
        inside = 1 - np.hypot(x - cx, y - cy) / (radius * wave)  # 1 in the middle, 0 on the rim
        light[inside > 0] *= _STAIN
        light[(inside > 0) & (inside < 0.04)] *= 0.85
    return _lit(pixels, cv2.GaussianBlur(light, (0, 0), min(height, width) / 400)), boxes


def _skew(pixels: np.ndarray, boxes: np.ndarray, g: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rotation by three degrees to either side."""
    height, width = pixels.shape[:2]
    degrees = _SKEW if g.random() < 0.5 else -_SKEW
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1), [0, 0, 1]])
    return _warped(pixels, boxes, turn, np.median(pixels, axis=(0, 1)))


def _perspective(
    pixels: np.ndarray, boxes: np.ndarray, g: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Perspective with the table around the page: every corner moves inwards by a random distance."""
    height, width = pixels.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    inwards = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)], np.float32)
    moved = corners + inwards * g.uniform(0, _TILT, (4, 2)).astype(np.float32) * min(height, width)
    return _warped(pixels, boxes, cv2.getPerspectiveTransform(corners, moved), _TABLE)


def _curl(pixels: np.ndarray, boxes: np.ndarray, g: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A leaf of an open book: lines rise towards the fold on one side, more at the top, and the paper has a wave."""
    height, width = pixels.shape[:2]
    on_left, phase, length = g.random() < 0.5, g.uniform(0, 2 * np.pi), g.uniform(0.6, 1.0)

    def shift(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """y on the leaf minus y in the image at (x, y), pixels."""
        across = x / width if on_left else 1 - x / width
        fold = _FOLD * np.exp(-across / _FOLD_WIDTH) * (1 - 0.6 * y / height)
        return height * (fold + _WAVE * np.sin(2 * np.pi * x / width / length + phase))

    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    warped = cv2.remap(
        pixels, x, (y + shift(x, y)).astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if len(boxes) == 0:
        return warped, boxes
    left, top, w, h = boxes.T
    xs = left[:, None] + w[:, None] * np.linspace(0, 1, 9)
    edges = []
    for leaf in (top[:, None], (top + h)[:, None]):
        image = np.broadcast_to(leaf, xs.shape)
        for _ in range(20):  # fixed-point iteration; the shift varies slowly over rows
            image = leaf - shift(xs, image)
        edges.append(image)
    high, low = edges[0].min(axis=1), edges[1].max(axis=1)
    return warped, np.stack([left, high, w, low - high], axis=1)


DISTURBANCES: dict[str, Disturbance] = {
    "shadow": _shadow,
    "stain": _stain,
    "skew": _skew,
    "perspective": _perspective,
    "curl": _curl,
}


def _lit(pixels: np.ndarray, light: np.ndarray) -> np.ndarray:
    light = light[..., None] if pixels.ndim == 3 else light
    return np.clip(pixels * light, 0, 255).astype(np.uint8)


def _warped(
    pixels: np.ndarray, boxes: np.ndarray, matrix: np.ndarray, outside: float | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    height, width = pixels.shape[:2]
    value = tuple(np.broadcast_to(outside, 3).astype(float).tolist())
    warped = cv2.warpPerspective(pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=value)
    if len(boxes) == 0:
        return warped, boxes
    x, y, w, h = boxes.T
    corners = np.stack([(x, y), (x + w, y), (x + w, y + h), (x, y + h)]).transpose(2, 0, 1)
    moved = cv2.perspectiveTransform(corners.reshape(-1, 1, 2), matrix).reshape(-1, 4, 2)
    low, high = moved.min(axis=1), moved.max(axis=1)
    return warped, np.hstack([low, high - low])
