from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core import MarkError
from mark_core.pages.cropping.crop import MIN_SIDE, as_kept, crop_page, whole_box
from mark_core.pages.load import load_page
from mark_core.pages.page import Page, PagePart
from mark_core.pages.turn import turn_page, turned

SIZE = (300, 240)


def numbered() -> Page:
    """A page of which no two pixels are alike."""
    places = np.arange(SIZE[0] * SIZE[1]).reshape(SIZE[1], SIZE[0])
    return load_page(np.stack([places % 256, places // 256 % 256, places // 65536], axis=2).astype(np.uint8))


@st.composite
def boxes(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """Parts that also reach over the edges, of pages of any turn."""
    left, top = draw(st.integers(-20, 60)), draw(st.integers(-20, 60))
    return left, top, draw(st.integers(130, 300)), draw(st.integers(130, 300))


@given(st.lists(st.one_of(boxes(), st.sampled_from([90, 180, 270])), max_size=4))
def test_cropped_and_turned_in_any_order_a_page_is_cut_again_from_its_picture(steps: list) -> None:
    whole = page = numbered()
    for step in steps:
        try:
            page = turn_page(page, step) if isinstance(step, int) else crop_page(page, step)
        except MarkError:
            continue  # too little is left
    again = as_kept(whole, page.turn, page.part)
    assert np.array_equal(again.pixels, page.pixels)
    assert (page.whole_size, page.original_size) == (SIZE, SIZE)
    x, y, w, h = whole_box((3, 5, 20, 10), page)
    there = turned(whole.pixels[y : y + h, x : x + w], page.turn)
    assert np.array_equal(there, page.pixels[5:15, 3:23])


def test_a_part_outside_or_too_small_is_refused() -> None:
    page = numbered()
    for box in ((0, 0, MIN_SIDE - 1, 200), (290, 0, 100, 100), (-200, 0, 210, 240), (0, 500, 100, 100)):
        with pytest.raises(MarkError, match="too small to be a page"):
            crop_page(page, box)


def test_a_part_of_another_picture_is_refused() -> None:
    page = numbered()
    for part in (PagePart((0, 0, 100, 100), (301, 240)), PagePart((250, 0, 100, 100), SIZE)):
        with pytest.raises(ValueError, match="part"):
            as_kept(page, 0, part)
