"""Measurement of a page: its scale, lines, ink and gaps, before the gaps are classified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mark_core.message import Message
from mark_core.segmentation.binarise import find_ink, is_white_on_black
from mark_core.segmentation.direction.layout import has_ideographs, may_run_across, runs_leftward
from mark_core.segmentation.direction.letters import looks_leftward
from mark_core.segmentation.flatten import Surface, bend_of, fit_surface, is_straighter
from mark_core.segmentation.gaps.runs import Runs, find_runs
from mark_core.segmentation.geometry import to_frame
from mark_core.segmentation.lines.bands import bands_by_size, only
from mark_core.segmentation.lines.centring import centre_lines
from mark_core.segmentation.lines.detection import Line, find_lines
from mark_core.segmentation.parts import LineInk, assign_to_lines, remove_rules
from mark_core.segmentation.scale import looks_vertical, measure_scale
from mark_core.segmentation.slant import counter_width, estimate_slant

WORKING_PITCH = 60.0  # pixels between lines of the working image; small letters are then 12 to 30 pixels high
_SCALE_SIDE = 1300  # longer side of the image on which the scale of the page is measured
WINDOW = 1.2  # pitches, side of the neighbourhood of the local threshold


@dataclass(frozen=True, eq=False)
class Measured:
    """The measured lines of a page.

    factor: pixels of the working image per pixel of the page. pitch, x_height, counter: pixels of the working image,
    see `centring.centre_lines` and `slant.counter_width`. slant: see `slant.estimate_slant`.
    contrast, outside: (H, W) float32 and bool of the working image, see `binarise.Ink`. lines, inks, runs: one of
    each per line. small: (h, w) bool ink of the reduced page in the reading frame, on which the scale was measured.
    shrink: its pixels per pixel of the page. surface: mapping of the flattened image to the page, None without
    flattening.
    """

    factor: float
    pitch: float
    x_height: float
    counter: float
    slant: float
    contrast: np.ndarray
    outside: np.ndarray
    lines: list[Line]
    inks: list[LineInk]
    runs: list[Runs]
    small: np.ndarray
    shrink: float
    surface: Surface | None = None


def measure(grey: np.ndarray, direction: str = "ltr") -> tuple[Measured | None, str]:
    """Measure an (H, W) uint8 page. Returns None if there is no text, and the direction, detected for ``auto``."""
    grey = dark_on_light(grey)
    shrink = min(1.0, _SCALE_SIDE / max(grey.shape))
    small = resize(grey, shrink)
    ink = find_ink(small, 2 * (min(small.shape) // 60) + 1).mask
    if direction != "auto":
        return _measure_in_frame(grey, ink, direction, shrink), direction
    in_columns = looks_vertical(ink)
    direction = "ttb" if in_columns else "ltr"
    measured = _measure_in_frame(grey, ink, direction, shrink)
    if measured is None:
        return None, direction
    if in_columns:
        may_be_ideographs = has_ideographs(measured.runs, measured.x_height)
    else:
        may_be_ideographs = may_run_across(measured.runs, measured.pitch)
    if may_be_ideographs:
        columns = _measure_in_frame(grey, ink, "ttb-rl", shrink)
        if columns is not None and has_ideographs(columns.runs, columns.x_height):
            return columns, "ttb-rl"
    if not in_columns and is_leftward(measured):
        return _measure_in_frame(grey, ink, "rtl", shrink), "rtl"
    return measured, direction


def is_leftward(page: Measured) -> bool:
    """Whether a page, measured as left to right, is written to the left."""
    if has_ideographs(page.runs, page.x_height):
        return False
    leftward = looks_leftward(page.inks, page.x_height)
    return runs_leftward(page.lines, page.runs, page.pitch, page.x_height) if leftward is None else leftward


def _measure_in_frame(grey: np.ndarray, small: np.ndarray, direction: str, shrink: float) -> Measured | None:
    """Measure a page in one direction. small: (h, w) bool ink of the reduced page. Returns None if there is no text."""
    small = to_frame(small, direction)
    scale = measure_scale(small)
    if scale is None:
        return None
    grey = to_frame(grey, direction)
    factor = min(1.0, shrink * WORKING_PITCH / scale.pitch)
    pitch = min(scale.pitch / shrink, WORKING_PITCH)  # of the working image
    ink = find_ink(resize(grey, factor), int(WINDOW * pitch) | 1)
    mask = remove_rules(ink.mask, pitch)
    lines, x_height = centre_lines(mask, find_lines(mask, pitch), pitch)
    inks = assign_to_lines(mask, ink.contrast, lines, pitch, x_height)
    slant = estimate_slant(inks, x_height)
    runs = [find_runs(line_ink, slant, x_height) for line_ink in inks]
    counter = counter_width(inks, slant, x_height)
    return Measured(
        factor, pitch, x_height, counter, slant, ink.contrast, ink.outside, lines, inks, runs, small, shrink
    )


def measured_by_size(grey: np.ndarray, measured: Measured, direction: str) -> list[Measured]:
    """The page measured separately for each size of writing, see `bands.bands_by_size`; one element for one size."""
    if measured.surface is not None or direction not in ("ltr", "rtl"):
        return [measured]
    pitch = measured.pitch / measured.factor * measured.shrink
    sizes = bands_by_size(measured.small, pitch)
    if len(sizes) == 1:
        return [measured]
    framed = np.ascontiguousarray(to_frame(dark_on_light(grey), direction))
    parts = [
        measure(only(framed, [(round(a / measured.shrink), round(b / measured.shrink)) for a, b in bands]))[0]
        for bands in sizes
    ]
    return [part for part in parts if part is not None] or [measured]


def flattened(
    grey: np.ndarray, measured: Measured, direction: str, notify: Callable[[Message], None]
) -> Measured:
    """The page measured on its flattened image, or ``measured`` if the lines do not get clearly straighter.

    notify: called with one sentence about the result.
    """
    surface = fit_surface(measured.lines, measured.pitch, measured.factor)
    if surface is None:
        notify(Message("The lines of this page are flat already, or too few to tell; nothing was changed."))
        return measured
    flat = surface.flattened(np.ascontiguousarray(to_frame(grey, direction)))
    again, _ = measure(flat)  # already in the reading frame
    if again is None or not is_straighter(before := _traced(measured), after := _traced(again)):
        notify(
            Message("Flattening did not make the lines of this page clearly straighter; nothing was changed.")
        )
        return measured
    bends = {"before": round(before[0], 1), "after": round(after[0], 1)}
    notify(
        Message(
            "The lines of this page are straighter: they bent by {before} degrees, now by {after}.", bends
        )
    )
    return replace(again, surface=surface)


def _traced(page: Measured) -> tuple[float, float]:
    """Bend of the lines in degrees, and their total length in pixels of the page."""
    return bend_of(page.lines, page.pitch), sum(len(line.y) for line in page.lines) / page.factor


def dark_on_light(grey: np.ndarray) -> np.ndarray:
    """The (H, W) uint8 page, inverted if it is white on black."""
    return 255 - grey if is_white_on_black(grey) else grey


def resize(grey: np.ndarray, factor: float) -> np.ndarray:
    """The (H, W) uint8 page with ``factor`` pixels for each of its own."""
    if factor == 1.0:
        return np.ascontiguousarray(grey)
    return cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
