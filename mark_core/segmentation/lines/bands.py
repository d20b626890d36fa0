"""Vertical bands of a page with another size of writing: a gloss, marginal notes, a column of small type.

Lines are detected at one pitch, that of the page. A band with another pitch is segmented separately, with the rest of
the page replaced by paper.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from mark_core.segmentation.scale import Scale, measure_scale

_WHITE = 0.003  # of the page height: largest amount of ink in a column of a gutter
_GUTTER = 0.3  # pitches, least width of a gutter
_WIDE = 2.0  # pitches, least width of a band
_ALIKE = 1.25  # ratio of pitches within which two bands have one size
_SAME_LETTERS = 1.12  # ratio of letter heights within which only the line spacing differs
_CLEAR = 0.35  # least autocorrelation of a band at its pitch
_LINES = 3  # least number of lines of a band
_RULE = 0.12  # of the page width; longer horizontal strokes are rules, which may cross gutters
_GRAIN = 16  # pixels of the page per pixel of the estimated paper


def bands_by_size(mask: np.ndarray, pitch: float) -> list[list[tuple[int, int]]]:
    """Group the bands of a page by size of writing.

    mask: (H, W) bool ink in the reading frame. pitch: of the page, pixels of the mask. Returns for every size the
    column ranges (start, stop) of its bands. There is one range over the whole width unless there are clearly several
    sizes. The first size is that with most ink; bands without a clear pitch belong to it.
    """
    whole = [[(0, mask.shape[1])]]
    mask = _without_rules(mask)
    bands = _bands(mask, pitch)
    if len(bands) < 2:
        return whole
    scales = [_scale(mask[:, start:stop], pitch) for start, stop in bands]
    largest = max(range(len(bands)), key=lambda n: int(mask[:, slice(*bands[n])].sum()))
    main = scales[largest]
    if main is None:
        return whole
    groups: list[tuple[Scale, list[int]]] = [(main, [])]
    for number, own in enumerate(scales):
        known = [group for group in groups if own is None or _are_alike(own, group[0])]
        if known:
            known[0][1].append(number)
        else:
            groups.append((own or main, [number]))
    if len(groups) == 1:
        return whole
    edges = [0, *((a[1] + b[0]) // 2 for a, b in pairwise(bands)), mask.shape[1]]
    return [[(edges[n], edges[n + 1]) for n in members] for _, members in groups]


def only(grey: np.ndarray, bands: list[tuple[int, int]]) -> np.ndarray:
    """The (H, W) uint8 page with everything outside ``bands``, column ranges, replaced by paper."""
    height, width = grey.shape
    size = (max(1, width // _GRAIN), max(1, height // _GRAIN))
    paper = cv2.dilate(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.ones((5, 5), np.uint8))
    out = cv2.resize(cv2.blur(paper, (5, 5)), (width, height), interpolation=cv2.INTER_LINEAR)
    for start, stop in bands:
        out[:, start:stop] = grey[:, start:stop]
    return out


def _without_rules(mask: np.ndarray) -> np.ndarray:
    """Remove horizontal rules only. `parts.remove_rules` is more exact, but ten times as slow."""
    length = max(3, round(_RULE * mask.shape[1]))
    rules = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return mask & ~cv2.dilate(rules, np.ones((3, 3), np.uint8)).astype(bool)


def _bands(mask: np.ndarray, pitch: float) -> list[tuple[int, int]]:
    """Column ranges (start, stop) with ink between white gutters, from left to right, without narrow ones."""
    written = np.concatenate([[False], mask.sum(axis=0) > _WHITE * mask.shape[0], [False]])
    starts, stops = np.flatnonzero(~written[:-1] & written[1:]), np.flatnonzero(written[:-1] & ~written[1:])
    bands: list[tuple[int, int]] = []
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        if bands and start - bands[-1][1] < _GUTTER * pitch:
            bands[-1] = (bands[-1][0], stop)
        else:
            bands.append((start, stop))
    return [(start, stop) for start, stop in bands if stop - start > _WIDE * pitch]


def _are_alike(one: Scale, other: Scale) -> bool:
    lines, letters = one.pitch / other.pitch, one.part / other.part
    smaller = lines < 1 / _ALIKE and letters < 1 / _SAME_LETTERS
    return not smaller and not (lines > _ALIKE and letters > _SAME_LETTERS)


def _scale(mask: np.ndarray, usual: float) -> Scale | None:
    """The scale of a band, None if its pitch is not clear. usual: pitch of the page."""
    rows = np.flatnonzero(mask.any(axis=1))
    if len(rows) == 0:
        return None
    mask = mask[rows[0] : rows[-1] + 1]
    scale = measure_scale(mask)
    if scale is None or scale.rhythm < _CLEAR or len(mask) < _LINES * scale.pitch or scale.pitch > 2 * usual:
        return None
    return scale
