"""Turning and mirroring of pixels, as a rotation of the IIIF Image API describes it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TypeVar

import cv2
import numpy as np

from mark_core.pages.page import Page

Side = TypeVar("Side", int, float)


def turned(pixels: np.ndarray, rotation: float, mirrored: bool = False) -> np.ndarray:
    """Mirror an (H, W, 3) uint8 picture left to right if ``mirrored``, then turn it clockwise by ``rotation`` degrees.

    By other angles than quarters it grows to hold its corners, which are filled with the median colour of its edges.
    """
    if mirrored:
        pixels = pixels[:, ::-1]
    quarters, rest = divmod(rotation % 360.0, 90.0)
    if rest:
        return _by_angle(np.ascontiguousarray(pixels), rotation)
    return np.ascontiguousarray(np.rot90(pixels, -int(quarters)))


def turned_size(size: tuple[int, int], rotation: float) -> tuple[int, int]:
    """(width, height) after turning."""
    width, height = size
    if rotation % 90.0 == 0:
        return (height, width) if rotation % 180.0 else (width, height)
    sine, cosine = abs(math.sin(math.radians(rotation))), abs(math.cos(math.radians(rotation)))
    return round(width * cosine + height * sine), round(width * sine + height * cosine)


def turn_page(page: Page, degrees: int) -> Page:
    """The page turned clockwise by a multiple of 90 degrees. It stays a page of the same file, in whose pixels exports
    say where things are."""
    degrees %= 360
    if degrees == 0:
        return page
    return replace(page, pixels=turned(page.pixels, degrees), turn=(page.turn + degrees) % 360)


def turned_box(
    box: tuple[Side, Side, Side, Side], size: tuple[int, int], degrees: int
) -> tuple[Side, Side, Side, Side]:
    """Where a box x, y, w, h is after its picture of ``size`` (width, height) was turned clockwise by a multiple of 90
    degrees."""
    x, y, w, h = box
    width, height = size
    places = {
        0: (x, y, w, h),
        90: (height - y - h, x, h, w),
        180: (width - x - w, height - y - h, w, h),
        270: (y, width - x - w, h, w),
    }
    return places[degrees % 360]


def edge_colour(pixels: np.ndarray) -> tuple[int, int, int]:
    """The median colour of the four edges, which stands for paper or background."""
    edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = np.median(edges, axis=0).astype(int).tolist()
    return red, green, blue


def _by_angle(pixels: np.ndarray, rotation: float) -> np.ndarray:
    height, width = pixels.shape[:2]
    wide, high = turned_size((width, height), rotation)
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -rotation, 1.0)
    matrix[:, 2] += (wide - width) / 2, (high - height) / 2
    return cv2.warpAffine(
        pixels, matrix, (wide, high), flags=cv2.INTER_LINEAR, borderValue=edge_colour(pixels)
    )
