"""Render one word as it might look in a scan: written among neighbours, cropped as a segmenter crops.

Geometry is drawn a little larger than a strip (letters of 44-72 pixels), then reduced to the resolution of a
scan, where ink and paper are made (``degrade``). Every random choice comes from the generator that is passed in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import cv2
import numpy as np

from mark_core.training.synthesis import degrade
from mark_core.training.synthesis.fonts import Face, blank, draw_text, em_for_height, text_length

_HEIGHTS = (
    44,
    56,
    72,
)  # pixels; few sizes, because opening a compressed font at a size costs more than drawing
_SLANT = {"hand": (0.08, 0.22), "pen": (0.04, 0.24), "print": (0.02, 0.10), "black": (0.0, 0.08)}
_SAMPLES = {"latin": "hpg", "el": "φβγ", "ru": "фру", "he": "לקם", "ar": "لجع", "mn": "ᠮᠣᠩ"}


_ORDINAL = re.compile(r"\d+(st|nd|rd|th|d)\W*")
_RAISED = (0.7, 0.02)  # shares of ordinals, and of other Latin words, whose last letters are raised
_RAISED_SIZE = 0.6  # of the letters on the line


@dataclass(frozen=True)
class Context:
    """Words around the target: left, right, and a line above and below (any may be empty)."""

    left: str = ""
    right: str = ""
    above: str = ""
    below: str = ""


def render_word(
    text: str, face: Face, script: str, context: Context, generator: np.random.Generator
) -> np.ndarray:
    """Return a grey crop (H, W) uint8 of ``text``, 24 <= H <= 100, with all of a real crop's faults.

    Raises ValueError if the face draws nothing for the text.
    """
    g = generator
    height = int(g.choice(_HEIGHTS))
    em = em_for_height(face, _SAMPLES.get(script, "hpg"), height)
    spacing = 0.0
    if script in ("latin", "el", "ru") and g.random() < 0.22:
        spacing = height * g.uniform(-0.03, 0.14)
    word, around, baseline = _draw_page_part(text, face, em, height, spacing, context, g)
    word, around = _warp(word, around, height, script, face.kind, g)
    word, around = _stroke_width(word, around, height, g)
    box = _crop_box(word, around.shape, baseline, height, g)
    x0, y0, x1, y1 = box
    alpha = np.maximum(word, around)[y0:y1, x0:x1]
    scan_height = int(np.clip(round((y1 - y0) * g.uniform(0.5, 1.3)), 24, 100))
    scan_width = max(8, round((x1 - x0) * scan_height / (y1 - y0)))
    alpha = cv2.resize(alpha, (min(scan_width, 900), scan_height), interpolation=cv2.INTER_AREA)
    return degrade.to_scan(alpha, g)


def _draw_page_part(text, face, em, height, spacing, context, g):
    """Draw the word and, on a second layer, its neighbours. Returns both layers and the baseline's y."""
    base, raised = _raised_letters(text, g)
    length = max(text_length(base, face, em, spacing), 4.0)
    side = int(height * 1.6)
    canvas_height = int(height * 3.6)
    baseline = int(canvas_height * 0.56)
    width = int(length + text_length(raised, face, round(em * _RAISED_SIZE))) + 2 * side
    layer, draw = blank(width, canvas_height)
    draw_text(draw, (side, baseline), base, face, em, spacing)
    if raised:
        length = _draw_raised(draw, (side, baseline), length, raised, face, em, height, g)
    word = np.asarray(layer)
    if not word.any():
        raise ValueError(f"{face.family} draws nothing for {text!r}")
    layer, draw = blank(width, canvas_height)
    gap = height * g.uniform(0.16, 0.6)
    if context.left:
        start = side - gap - text_length(context.left, face, em, spacing)
        draw_text(draw, (start, baseline), context.left, face, em, spacing)
    if context.right:
        draw_text(draw, (side + length + gap, baseline), context.right, face, em, spacing)
    pitch = height * g.uniform(0.75, 1.5)
    if context.above:
        draw_text(draw, (g.uniform(-1, 1) * side, baseline - pitch), context.above, face, em)
    if context.below:
        draw_text(draw, (g.uniform(-1, 1) * side, baseline + pitch), context.below, face, em)
    return word, np.asarray(layer), baseline


def _raised_letters(text, g):
    """(letters on the line, letters raised at the end), as scribes wrote ordinals and abbreviations: 28ᵗʰ, Govʳ."""
    ordinal = _ORDINAL.fullmatch(text)
    if ordinal and g.random() < _RAISED[0]:
        return text[: ordinal.start(1)], ordinal[1]
    if text.isascii() and text.isalpha() and len(text) > 2 and g.random() < _RAISED[1]:
        count = int(g.integers(1, 3))
        return text[:-count], text[-count:]
    return text, ""


def _draw_raised(draw, start, length, raised, face, em, height, g):
    """Small letters above the end of what stands on the line, behind it or between; often with a point or two below.
    start: x of the word and y of its baseline. Returns the length of the whole."""
    small = round(em * _RAISED_SIZE)
    tail = text_length(raised, face, small)
    overlap = g.uniform(0.0, 1.0)  # the further back, the higher, so that both can be read
    x = length - tail * overlap
    up = height * (g.uniform(0.3, 0.5) + 0.3 * overlap)
    draw_text(draw, (start[0] + x, start[1] - up), raised, face, small)
    if g.random() < 0.5:
        mark = str(g.choice([".", ":", "-", ".."]))
        draw_text(draw, (start[0] + max(x, length), start[1]), mark, face, small)
    return max(length, x + tail)


def _warp(word, around, height, script, kind, g):
    """Slant, stretch, rotation and a smooth elastic field, in one resampling of both layers."""
    rows, columns = word.shape
    slant = g.normal(*_SLANT.get(kind, (0.05, 0.15)))
    if script in ("ar", "he", "mn"):
        slant *= 0.5
    # written hands run up to twice as wide as their fonts; type does not
    stretch = float(np.exp(g.normal(0.12, 0.26) if kind in ("hand", "pen") else g.normal(0.0, 0.16)))
    angle = np.deg2rad(g.normal(0, 1.5))
    out_columns = max(16, int(columns * stretch))
    # the maps are smooth: computed on every 4th pixel, then enlarged
    small = (max(4, out_columns // 4), max(4, rows // 4))
    xs, ys = np.meshgrid(
        np.linspace(0, out_columns - 1, small[0], dtype=np.float32),
        np.linspace(0, rows - 1, small[1], dtype=np.float32),
    )
    centre_x, centre_y = out_columns / 2, rows * 0.56
    dx, dy = xs - centre_x, ys - centre_y
    map_x = (np.cos(angle) * dx + np.sin(angle) * dy + slant * dy) / stretch + columns / 2
    map_y = -np.sin(angle) * dx + np.cos(angle) * dy + centre_y
    strength = abs(g.normal(0, 0.022)) * height
    cells = (
        max(3, round(rows / height * g.uniform(1.0, 2.5))),
        max(3, round(columns / height * g.uniform(1.0, 2.5))),
    )
    for axis, field in ((0, map_x), (1, map_y)):
        noise = g.normal(0, strength * (0.8 if axis else 1.2), cells).astype(np.float32)
        field += cv2.resize(noise, small, interpolation=cv2.INTER_CUBIC)
    wave = g.normal(0, 0.02) * height  # a baseline that climbs and falls within the word
    map_y += wave * np.sin(xs * (2 * np.pi / (height * g.uniform(3, 9))) + g.uniform(0, 6.3))
    map_x = cv2.resize(map_x, (out_columns, rows), interpolation=cv2.INTER_LINEAR)
    map_y = cv2.resize(map_y, (out_columns, rows), interpolation=cv2.INTER_LINEAR)
    map_x, map_y = cv2.convertMaps(map_x.astype(np.float32), map_y.astype(np.float32), cv2.CV_16SC2)
    return tuple(
        cv2.remap(np.ascontiguousarray(layer), map_x, map_y, cv2.INTER_LINEAR)
        if layer.any()
        else np.zeros((rows, out_columns), np.uint8)
        for layer in (word, around)
    )


def _stroke_width(word, around, height, g):
    """Thicker or thinner pen: blur, then cut at another level; both layers alike."""
    x, y, w, h = cv2.boundingRect(word)
    part = word[y : y + h, x : x + w]
    if (part > 100).mean() < 0.09:  # a hairline face would vanish in the scan
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
        word, around = cv2.dilate(word, kernel), cv2.dilate(around, kernel)
    if g.random() < 0.2:
        return word, around
    sigma = height * g.uniform(0.008, 0.03)
    level = g.uniform(0.28, 0.62)
    sharp = g.uniform(4.0, 12.0)
    table = np.clip((np.arange(256) / 255.0 - level) * sharp + 0.5, 0, 1)
    table = (table * 255).astype(np.uint8)
    out = [
        cv2.LUT(cv2.GaussianBlur(layer, (0, 0), sigma), table) if layer.any() else layer
        for layer in (word, around)
    ]
    kept = np.count_nonzero(out[0] > 100) / max(1, np.count_nonzero(word > 100))
    return (out[0], out[1]) if kept > 0.55 else (word, around)


def _crop_box(word, shape, baseline, height, g):
    """The box a segmenter or an annotator would have drawn: tight, loose, a band of the line, or cut off."""
    x0, y0, w, h = cv2.boundingRect(cv2.threshold(word, 100, 255, cv2.THRESH_BINARY)[1])
    if not w:
        raise ValueError("nothing was drawn")
    x1, y1 = x0 + w, y0 + h
    mode = g.choice(4, p=[0.34, 0.28, 0.26, 0.12])
    pad = np.zeros(4)
    if mode == 0:  # tight
        pad = g.uniform(-0.01, 0.05, 4) * height
    elif mode == 1:  # loose on every side
        pad = g.uniform(0.0, 0.35, 4) * height * np.array([0.6, 1.0, 0.6, 1.0])
    elif mode == 2:  # a band of the line, whatever the letters' own height
        top = baseline - height * g.uniform(0.6, 1.15)
        bottom = baseline + height * g.uniform(0.2, 0.6)
        pad = np.array(
            [g.uniform(-0.02, 0.3) * height, y0 - top, g.uniform(-0.02, 0.3) * height, bottom - y1]
        )
        pad[1], pad[3] = max(pad[1], -0.15 * (y1 - y0)), max(pad[3], -0.2 * (y1 - y0))
    else:  # an end or an edge cut off
        pad = g.uniform(0.0, 0.2, 4) * height
        side = int(g.integers(0, 4))
        pad[side] = -g.uniform(0.02, 0.12) * (height if side % 2 == 0 else (y1 - y0))
    x0, y0, x1, y1 = x0 - pad[0], y0 - pad[1], x1 + pad[2], y1 + pad[3]
    x0, y0 = int(max(0, x0)), int(max(0, y0))
    x1, y1 = int(min(shape[1], x1)), int(min(shape[0], y1))
    return x0, y0, max(x1, x0 + 4), max(y1, y0 + 4)
