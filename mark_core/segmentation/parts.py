"""Connected components of ink: removal of what is not writing, and assignment to lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from mark_core.segmentation.lines.detection import Line

_RULE_LENGTH = 2.2  # pitches, least length of a rule
_RULE_THICKNESS = 0.22  # pitches; thicker bars are blots or initials
_IN_STEMS = 0.45  # largest share of a rule that crosses letters
_BORDER_REACH = 0.3  # pitches from a dark border; ink nearer to it belongs to it
_SPECK = 0.16  # pitches; smaller components are writing only near letters
_SPECK_REACH = 0.25  # pitches, distance that counts as near
_REACH = 0.85  # pitches, largest distance of ink from the middle of its line
_CORE = 0.5  # x-heights on either side of the middle: core of the small letters
_SHARED = 0.22  # least share of core ink in a second line, from which a component is split between lines


@dataclass(frozen=True, eq=False)
class LineInk:
    """The K ink pixels of one line.

    x, y: (K,) int32 position. rise: (K,) float32, y minus the middle of the line, down positive.
    part: (K,) int32 number of the connected component, unique on the page.
    dark: (K,) float32 in 0..1, contrast relative to the median of the page, at most 1.
    """

    x: np.ndarray
    y: np.ndarray
    rise: np.ndarray
    part: np.ndarray
    dark: np.ndarray

    @cached_property
    def part_of_line(self) -> np.ndarray:
        """(K,) int number of the connected component, from 0 on this line."""
        return np.unique(self.part, return_inverse=True)[1]

    @property
    def parts(self) -> int:
        """Number of connected components on this line."""
        return int(self.part_of_line.max(initial=-1)) + 1


def remove_rules(mask: np.ndarray, pitch: float) -> np.ndarray:
    """Remove rules, frames, dark page edges and dirt.

    mask: (H, W) bool. pitch: pixels. Returns a new mask.
    """
    ink = mask.astype(np.uint8)
    length = max(9, round(_RULE_LENGTH * pitch))
    thick = max(3, round(_RULE_THICKNESS * pitch))
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    across_blots, across_border = _thick_parts(across, (thick, 1), pitch)
    upright = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    upright_blots, upright_border = _thick_parts(upright, (1, thick), pitch)
    across[across_blots | ~_thin(across, ink, (thick, 1))] = 0
    upright[upright_blots | ~_thin(upright, ink, (1, thick))] = 0
    border = (across_border | upright_border).astype(np.uint8)
    ink[(across > 0) | (upright > 0)] = 0
    beside = np.bitwise_or(
        cv2.dilate(across, np.ones((thick | 1, 3), np.uint8)),
        cv2.dilate(upright, np.ones((3, thick | 1), np.uint8)),
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    x, y, w, h, area = stats.T[:5]
    height, width = mask.shape
    at_edge = (x <= 1) | (y <= 1) | (x + w >= width - 1) | (y + h >= height - 1)
    fringe = np.bincount(labels[beside > 0], minlength=count) > 0.8 * area
    if border.any():
        near = 2 * round(_BORDER_REACH * pitch) + 1
        fringe |= (
            np.bincount(labels[cv2.dilate(border, np.ones((near, near), np.uint8)) > 0], minlength=count)
            > 0.6 * area
        )
    is_text = (
        (area >= max(4, (0.05 * pitch) ** 2))
        & (h < 5 * pitch)
        & ~fringe
        & ~(at_edge & ((w > 4 * pitch) | (h > 2.2 * pitch)))
        & ~((w > pitch) & (w > 8 * h) & ((h < 0.1 * pitch) | (area < 0.07 * pitch * w)))
        & ~((w > 6 * pitch) & (w > 20 * h))
        & ~((h > 2.5 * pitch) & (h > 8 * w))
        & ~((area > 0.75 * w * h) & (np.minimum(w, h) > 0.7 * pitch))
    )
    # dirt: small specks without a letter nearby, unlike dots and accents
    small = np.maximum(w, h) < _SPECK * pitch
    is_text[0] = False
    letters = (is_text & ~small)[labels].astype(np.uint8)
    reach = 2 * round(_SPECK_REACH * pitch) + 1
    near_letter = (
        np.bincount(labels[cv2.dilate(letters, np.ones((reach, reach), np.uint8)) > 0], minlength=count) > 0
    )
    is_text &= ~small | near_letter
    is_text[0] = False
    return is_text[labels]


def _thin(bars: np.ndarray, ink: np.ndarray, kernel: tuple[int, int]) -> np.ndarray:
    """(H, W) bool: bars with paper beside most of their length, unlike the touching feet of letters in a book hand."""
    stems = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(kernel, np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(bars, connectivity=8)
    in_stems = np.bincount(labels[stems > 0], minlength=count)
    return (in_stems < _IN_STEMS * stats[:, cv2.CC_STAT_AREA])[labels]


def _thick_parts(bars: np.ndarray, kernel: tuple[int, int], pitch: float) -> tuple[np.ndarray, np.ndarray]:
    """Bars too thick for a rule: (H, W) bool masks of blots and initials, and of dark borders at the edge."""
    thick = cv2.morphologyEx(bars, cv2.MORPH_OPEN, np.ones(kernel, np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(thick, connectivity=8)
    x, y, w, h = stats.T[:4]
    near = 0.3 * pitch
    at_edge = (x < near) | (y < near) | (x + w > bars.shape[1] - near) | (y + h > bars.shape[0] - near)
    at_edge[0] = False
    blot = ~at_edge
    blot[0] = False
    return blot[labels], at_edge[labels]


def assign_to_lines(
    mask: np.ndarray,
    contrast: np.ndarray,
    lines: list[Line],
    pitch: float,
    x_height: float,
    outlines: Sequence[np.ndarray] | None = None,
) -> list[LineInk]:
    """Assign every connected component to a line, and drop those far from all lines.

    mask: (H, W) bool ink. contrast: (H, W) float32, see `binarise.Ink`. pitch, x_height: pixels. A component with
    letters of two lines (a descender that touches the line below) is split half-way between them.
    outlines: (K, 2) int32 x y around each line, if known; ink outside is not counted as that of the line.
    """
    if not lines or not mask.any():
        return []
    ys, xs = np.nonzero(mask)
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    part, dark = labels[ys, xs], contrast[ys, xs]
    dark = np.minimum(dark / np.median(dark), 1.0)
    nearest, rise = _nearest_line(mask.shape, lines, pitch, outlines)
    line, distance = nearest[ys, xs], rise[ys, xs]
    inside = line >= 0
    # votes of a component for each line: ink in the core of the small letters counts four times
    count = len(lines)
    core = inside & (np.abs(distance) < _CORE * x_height)
    key = part.astype(np.int64) * count + line
    shape = (int(part.max(initial=0)) + 1, count)
    core_ink = np.bincount(key[core], minlength=shape[0] * count).reshape(shape)
    votes = np.bincount(key[inside], minlength=shape[0] * count).reshape(shape) + 3 * core_ink
    owner = np.where(votes.max(axis=1) > 0, votes.argmax(axis=1), -1)
    total = np.maximum(core_ink.sum(axis=1), 1)
    shared = ((core_ink > _SHARED * total[:, None]) & (core_ink > 0.5 * x_height**1.5)).sum(axis=1) > 1
    mine = np.where(shared[part], line, owner[part])
    ink = []
    for number, current in enumerate(lines):
        chosen = mine == number
        x, y = xs[chosen].astype(np.int32), ys[chosen].astype(np.int32)
        rise = (y - current.at(x)).astype(np.float32)
        ink.append(LineInk(x, y, rise, part[chosen].astype(np.int32), dark[chosen]))
    return ink


def _nearest_line(
    shape: tuple[int, int],
    lines: list[Line],
    pitch: float,
    outlines: Sequence[np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) number of the nearest line (-1: none within _REACH) and signed distance to it, down positive, pixels.

    outlines: see `assign_to_lines`; a line reaches as far as its outline does.
    """
    height, width = shape
    nearest = np.full(shape, -1, np.int32)
    distance = np.full(shape, np.float32(_REACH * pitch if outlines is None else np.inf))
    rise = np.zeros(shape, np.float32)
    margin = round(0.8 * pitch)
    for number, line in enumerate(lines):
        x0, x1 = max(0, line.start - margin), min(width, line.stop + margin)
        y = line.at(np.arange(x0, x1))
        top = max(0, int(y.min() - _REACH * pitch))
        bottom = min(height, int(y.max() + _REACH * pitch) + 1)
        if outlines is not None:
            (x0, top), (x1, bottom) = outlines[number].min(axis=0), outlines[number].max(axis=0) + 1
            x0, x1, top, bottom = max(0, x0), min(width, x1), max(0, top), min(height, bottom)
        if top >= bottom or x0 >= x1:
            continue
        delta = np.arange(top, bottom, dtype=np.float32)[:, None] - line.at(np.arange(x0, x1))[None, :]
        window = (slice(top, bottom), slice(x0, x1))
        closer = np.abs(delta) < distance[window]
        if outlines is not None:
            inside = np.zeros(closer.shape, np.uint8)
            cv2.fillPoly(inside, [outlines[number] - np.array([x0, top], np.int32)], 1)
            closer &= inside > 0
        distance[window][closer] = np.abs(delta)[closer]
        rise[window][closer] = delta[closer]
        nearest[window][closer] = number
    return nearest, rise
