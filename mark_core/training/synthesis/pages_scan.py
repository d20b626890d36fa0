"""What paper, time and a scanner make of a whole page of ink."""

from __future__ import annotations

import cv2
import numpy as np


def scan_page(
    alpha: np.ndarray, x_height: float, baselines: np.ndarray, climb: float, generator: np.random.Generator
) -> np.ndarray:
    """Ink coverage (H, W) uint8, 255 = full ink -> grey scan (H, W) uint8.

    x_height: pixels. baselines: heights of the lines at the left margin, climb: how much they fall per pixel;
    rules follow them.
    """
    g = generator
    ink = _faded(alpha.astype(np.float32) / 255.0, x_height, g)
    paper_level = g.uniform(130, 248)
    ink_level = paper_level * g.uniform(0.08, 0.6)
    paper = _paper(alpha.shape, paper_level, x_height, g)
    if g.random() < 0.2:
        ghost = cv2.GaussianBlur(ink[:, ::-1], (0, 0), x_height * g.uniform(0.05, 0.12))
        shift = (int(g.uniform(-1, 1) * 2 * x_height), int(g.uniform(-1, 1) * 4 * x_height))
        paper -= np.roll(ghost, shift, (0, 1)) * (paper_level - ink_level) * g.uniform(0.05, 0.35)
    if g.random() < 0.12:
        ink = _rules(ink, x_height, baselines, climb, g)
    if g.random() < 0.3:
        ink = _specks(ink, x_height, g)
    image = paper + ink * (ink_level - paper)
    if g.random() < 0.12:  # the table beside the page
        edge = int(g.uniform(0.3, 1.0) * x_height)
        side = image[:, :edge] if g.random() < 0.5 else image[:, -edge:]
        side[:] = g.uniform(5, 60)
    if g.random() < 0.6:
        image = cv2.GaussianBlur(image, (0, 0), x_height * g.uniform(0.02, 0.09))
    image += g.standard_normal(image.shape, np.float32) * np.float32(g.uniform(0.5, 7.0))
    if g.random() < 0.08:  # scanned as black and white
        image = np.where(image > ink_level + (paper_level - ink_level) * g.uniform(0.45, 0.7), 255.0, 0.0)
    image = np.clip(image, 0, 255).astype(np.uint8)
    if g.random() < 0.4:
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(g.integers(25, 85))])
        image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return image


def _field(shape: tuple[int, int], cell: float, g: np.random.Generator) -> np.ndarray:
    """Smooth noise of about unit variance whose features are ``cell`` pixels large."""
    rows, columns = shape
    small = (max(2, round(rows / cell)), max(2, round(columns / cell)))
    return cv2.resize(g.standard_normal(small, np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC)


def _faded(ink: np.ndarray, x_height: float, g: np.random.Generator) -> np.ndarray:
    """Pressure and a drying pen, and the grain of worn type or rough paper."""
    if g.random() < 0.6:
        field = _field(ink.shape, x_height * g.uniform(1, 8), g)
        ink = ink * np.clip(1 - g.uniform(0.05, 0.35) * np.abs(field), 0.2, 1)
    if g.random() < 0.25:
        grain = _field(ink.shape, max(1.5, x_height * g.uniform(0.08, 0.25)), g)
        ink = ink * np.clip((grain + g.uniform(1.2, 2.2)) * 1.5, 0.1, 1)
    return ink


def _paper(shape: tuple[int, int], level: float, x_height: float, g: np.random.Generator) -> np.ndarray:
    paper = np.full(shape, level, np.float32)
    paper += _field(shape, max(shape) / 3, g) * g.uniform(0, 8)
    paper += _field(shape, x_height * g.uniform(0.2, 2), g) * g.uniform(0, 5)
    if g.random() < 0.35:  # a fold, a binding, a lamp
        slope = np.linspace(-1, 1, shape[1], dtype=np.float32)[None] * g.uniform(-1, 1)
        slope = slope + np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None] * g.uniform(-1, 1)
        paper += slope * level * 0.14
    if g.random() < 0.2:  # a stain with an edge
        field = _field(shape, x_height * g.uniform(6, 25), g)
        stain = cv2.GaussianBlur((field > g.uniform(0.6, 1.6)).astype(np.float32), (0, 0), 0.15 * x_height)
        paper -= stain * level * g.uniform(0.04, 0.22)
    return paper


def _rules(
    ink: np.ndarray, x_height: float, baselines: np.ndarray, climb: float, g: np.random.Generator
) -> np.ndarray:
    """Ruled paper, or one upright line at a margin."""
    rows, columns = ink.shape
    drawn = np.zeros(ink.shape, np.uint8)
    thick = max(1, round(g.uniform(0.04, 0.1) * x_height))
    if g.random() < 0.5:
        offset = g.uniform(0, 0.3) * x_height
        for y in baselines + offset:
            cv2.line(drawn, (0, int(y)), (columns, int(y + climb * columns)), 255, thick)
    else:
        x = int(columns * (g.uniform(0, 0.05) if g.random() < 0.5 else g.uniform(0.95, 1)))
        cv2.line(drawn, (x, 0), (x, rows), 255, thick)
    return np.maximum(ink, drawn.astype(np.float32) / 255 * g.uniform(0.25, 0.9))


def _specks(ink: np.ndarray, x_height: float, g: np.random.Generator) -> np.ndarray:
    drawn = np.zeros(ink.shape, np.uint8)
    for _ in range(int(g.integers(5, 60))):
        centre = (int(g.integers(ink.shape[1])), int(g.integers(ink.shape[0])))
        cv2.circle(drawn, centre, max(1, round(g.uniform(0.03, 0.14) * x_height)), 255, -1)
    return np.maximum(ink, drawn.astype(np.float32) / 255 * g.uniform(0.3, 1.0))
