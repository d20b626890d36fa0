"""Conversion of boxes between page pixels (of ``Page.pixels``), pixels of the original image, and IIIF canvases."""

from __future__ import annotations

import numpy as np

from mark_core.pages.cropping.crop import whole_box
from mark_core.pages.page import Page
from mark_core.pages.turn import turned_box, turned_size
from mark_core.segmentation.word import Box


def original_part(page: Page) -> Box:
    """x, y, w, h of what the page shows of the original, in pixels of the original as its file has it."""
    return original_box((0, 0, page.width, page.height), page)


def shown_size(page: Page) -> tuple[int, int]:
    """(width, height) of the original, cropped and turned as the page is."""
    return turned_size(original_part(page)[2:], page.turn)


def shown_box(box: Box, page: Page) -> Box:
    """x, y, w, h in page pixels -> in pixels of the original, cropped and turned as the page is."""
    return _scaled(box, (page.width, page.height), shown_size(page))


def original_box(box: Box, page: Page) -> Box:
    """x, y, w, h in page pixels -> in pixels of the original as its file has it, however the page was cropped and
    turned.

    The vertical scale differs from ``Page.scale``, the horizontal one, by the rounding of the working size; with a
    single scale, boxes at the lower edge could leave the image.
    """
    return _scaled(whole_box(box, page), page.whole_size, page.original_size)


def _scaled(box: Box, size: tuple[int, int], wanted: tuple[int, int]) -> Box:
    """A box in an image of ``size`` -> in the same image of the size that is ``wanted``."""
    x, y, w, h = box
    across, down = wanted[0] / size[0], wanted[1] / size[1]
    left, top = round(x * across), round(y * down)
    return left, top, round((x + w) * across) - left, round((y + h) * down) - top


def canvas_box(box: Box, page: Page) -> Box:
    """x, y, w, h in page pixels -> in whole units of the IIIF canvas that the page shows, or shows a part of.

    A page without a canvas, or with one of unknown size, counts as its own, of the size of the original.
    """
    left, top, width, height = _canvas_part(page)
    across, down = width / page.whole_size[0], height / page.whole_size[1]
    x, y, w, h = whole_box(box, page)
    x0, y0, x1, y1 = left + x * across, top + y * down, left + (x + w) * across, top + (y + h) * down
    canvas_width, canvas_height = canvas_size(page)
    x0, y0 = min(max(0, round(x0)), canvas_width - 1), min(max(0, round(y0)), canvas_height - 1)
    x1, y1 = min(max(x0 + 1, round(x1)), canvas_width), min(max(y0 + 1, round(y1)), canvas_height)
    return x0, y0, x1 - x0, y1 - y0


def from_canvas(box: Box, page: Page) -> tuple[float, float, float, float]:
    """x, y, w, h in units of the canvas -> in page pixels; the inverse of `canvas_box` but for its rounding."""
    left, top, width, height = _canvas_part(page)
    across, down = page.whole_size[0] / width, page.whole_size[1] / height
    x, y = page.part.box[:2] if page.part else (0, 0)
    there = (box[0] - left) * across - x, (box[1] - top) * down - y, box[2] * across, box[3] * down
    return turned_box(there, page.unturned_size, page.turn)


def canvas_size(page: Page) -> tuple[int, int]:
    """(width, height) of the canvas of a page, see `canvas_box`."""
    if page.source is not None and page.source.canvas and page.source.canvas_size:
        return page.source.canvas_size
    return page.original_size


def _canvas_part(page: Page) -> tuple[float, float, float, float]:
    source = page.source
    if source is not None and source.canvas and source.canvas_size and source.canvas_part:
        return source.canvas_part
    width, height = canvas_size(page)
    return 0.0, 0.0, float(width), float(height)


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
