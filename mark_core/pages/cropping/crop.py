"""Cropping of a page to a part of its picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mark_core.errors import MarkError
from mark_core.pages.page import Page, PagePart
from mark_core.pages.turn import turn_page, turned_box

Box = tuple[int, int, int, int]
MIN_SIDE = 64  # page pixels; a smaller part holds no line of writing and is drawn by mistake


def crop_page(page: Page, box: Box) -> Page:
    """The part x, y, w, h of a page, in its pixels; what lies outside the page is cut off.

    It stays a page of the same file, in whose pixels exports say where things are. A page may be cropped and turned
    several times in any order. Raises MarkError for a part narrower or lower than MIN_SIDE.
    """
    left, top = max(0, box[0]), max(0, box[1])
    right, bottom = min(page.width, box[0] + box[2]), min(page.height, box[1] + box[3])
    if right - left < MIN_SIDE or bottom - top < MIN_SIDE:
        raise MarkError("This part of the page is too small to be a page.")
    inside = left, top, right - left, bottom - top
    return replace(page, pixels=_cut(page, inside), part=PagePart(whole_box(inside, page), page.whole_size))


def whole_box(box: Box, page: Page) -> Box:
    """x, y, w, h in page pixels -> in those of a page of all of the picture, neither turned nor cropped."""
    x, y, w, h = turned_box(box, (page.width, page.height), -page.turn)
    left, top = page.part.box[:2] if page.part else (0, 0)
    return x + left, y + top, w, h


def as_kept(picture: Page, turn: int, part: PagePart | None) -> Page:
    """A page of all of a picture, cropped and turned as it was when it was kept. Raises ValueError if the picture has
    another size, or the part does not lie in it."""
    if part is None:
        return turn_page(picture, turn)
    x, y, w, h = part.box
    if (picture.width, picture.height) != part.whole or x + w > part.whole[0] or y + h > part.whole[1]:
        raise ValueError("part")
    return turn_page(replace(picture, pixels=_cut(picture, part.box), part=part), turn)


def _cut(page: Page, box: Box) -> np.ndarray:
    """A copy, so that the rest of the pixels is not held."""
    x, y, w, h = box
    return page.pixels[y : y + h, x : x + w].copy()
