"""Ink on paper, and what a scanner makes of it."""

from __future__ import annotations

import cv2
import numpy as np


def to_scan(alpha: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Ink coverage (H, W) uint8, 255 = full ink -> grey scan (H, W) uint8 with paper, stains, blur, JPEG."""
    g = generator
    rows, columns = alpha.shape
    ink_share = alpha.astype(np.float32) / 255.0
    ink_share = _pen(ink_share, g)
    paper_level = g.uniform(120, 250)
    ink_level = paper_level * g.uniform(0.03, 0.62)
    if g.random() < 0.08:  # faded
        ink_level = paper_level * g.uniform(0.62, 0.78)
    paper = _paper(rows, columns, paper_level, g)
    if g.random() < 0.12:
        paper -= _ghost(ink_share, g) * (paper_level - ink_level) * g.uniform(0.08, 0.32)
    if g.random() < 0.10:
        ink_share = _rule(ink_share, g)
    image = paper + ink_share * (ink_level - paper)
    image = _optics(image, g)
    image += g.normal(0, 1, image.shape).astype(np.float32) * g.uniform(0.5, 7.0)
    if g.random() < 0.10:  # scanned as black and white
        image = np.where(image > ink_level + (paper_level - ink_level) * g.uniform(0.4, 0.75), 255.0, 0.0)
    if g.random() < 0.04:
        image = 255 - image
    image = np.clip(image, 0, 255).astype(np.uint8)
    if g.random() < 0.25:
        quality = int(g.integers(15, 75))
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return image


def _field(rows: int, columns: int, cells_high: float, g: np.random.Generator) -> np.ndarray:
    """Smooth noise of unit variance whose features are about 1 / cells_high of the height."""
    shape = (max(2, round(cells_high)), max(2, round(cells_high * columns / rows)))
    return cv2.resize(
        g.normal(0, 1, shape).astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC
    )


def _pen(ink: np.ndarray, g: np.random.Generator) -> np.ndarray:
    """Uneven ink along the stroke: pressure, a dry pen, worn type."""
    if g.random() < 0.55:
        field = _field(*ink.shape, g.uniform(1.5, 5), g)
        ink = ink * np.clip(1 - g.uniform(0.05, 0.35) * np.abs(field), 0.15, 1)
    if g.random() < 0.15:  # grain of worn type or rough paper eats into the ink
        grain = _field(*ink.shape, ink.shape[0] * g.uniform(0.3, 0.7), g)
        ink = ink * (grain > g.uniform(-1.8, -0.8))
    return ink


def _paper(rows: int, columns: int, level: float, g: np.random.Generator) -> np.ndarray:
    paper = np.full((rows, columns), level, np.float32)
    paper += _field(rows, columns, 2, g) * g.uniform(0, 7)
    if g.random() < 0.5:
        paper += _field(rows, columns, rows / 3, g) * g.uniform(0, 7)
    if g.random() < 0.25:  # shade across the crop: a fold, a binding, a lamp
        slope = np.linspace(-1, 1, columns, dtype=np.float32)[None] * g.uniform(-1, 1)
        slope = slope + np.linspace(-1, 1, rows, dtype=np.float32)[:, None] * g.uniform(-1, 1)
        paper += slope * level * 0.16
    if g.random() < 0.08:  # a stain with an edge
        field = _field(rows, columns, g.uniform(1, 3), g)
        paper -= (field > g.uniform(0.3, 1.2)) * level * g.uniform(0.05, 0.22)
    return paper


def _ghost(ink: np.ndarray, g: np.random.Generator) -> np.ndarray:
    """Writing of the other side: mirrored, shifted and blurred."""
    ghost = np.roll(ink[:, ::-1], (int(g.integers(-8, 9)), int(g.integers(-40, 41))), (0, 1))
    return cv2.GaussianBlur(ghost, (0, 0), g.uniform(0.8, 2.0))


def _rule(ink: np.ndarray, g: np.random.Generator) -> np.ndarray:
    """A ruled, underlined or framed crop: one straight line, across or down at an edge."""
    rows, columns = ink.shape
    line = np.zeros_like(ink)
    thickness = max(1, round(rows * g.uniform(0.012, 0.05)))
    if g.random() < 0.75:
        y = rows * (g.uniform(0.72, 1.0) if g.random() < 0.8 else g.uniform(0, 0.2))
        cv2.line(
            line, (0, int(y)), (columns, int(y + g.normal(0, 0.03) * rows)), g.uniform(0.3, 1.0), thickness
        )
    else:
        x = columns - 1 - g.uniform(0, 0.06) * columns if g.random() < 0.5 else g.uniform(0, 0.06) * columns
        cv2.line(line, (int(x), 0), (int(x + g.normal(0, 1)), rows), g.uniform(0.3, 1.0), thickness)
    return np.maximum(ink, line)


def _optics(image: np.ndarray, g: np.random.Generator) -> np.ndarray:
    """Blur of the lens, or a scan of low resolution enlarged again."""
    choice = g.random()
    if choice < 0.45:
        return cv2.GaussianBlur(image, (0, 0), g.uniform(0.3, 1.5))
    if choice < 0.6:
        rows, columns = image.shape
        factor = g.uniform(0.35, 0.8)
        small = cv2.resize(
            image, (max(6, int(columns * factor)), max(10, int(rows * factor))), interpolation=cv2.INTER_AREA
        )
        return cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return image
