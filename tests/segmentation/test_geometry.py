from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core.segmentation.geometry import FRAMES, boxes_from_frame, clip_boxes, to_frame


@given(
    st.sampled_from(FRAMES),
    st.integers(1, 40),
    st.integers(1, 40),
    st.data(),
)
def test_a_box_found_in_the_frame_holds_the_same_pixels_on_the_page(frame, width, height, data) -> None:
    page = np.arange(width * height).reshape(height, width)
    turned = to_frame(page, frame)
    x = data.draw(st.integers(0, turned.shape[1] - 1))
    y = data.draw(st.integers(0, turned.shape[0] - 1))
    w = data.draw(st.integers(1, turned.shape[1] - x))
    h = data.draw(st.integers(1, turned.shape[0] - y))
    ((px, py, pw, ph),) = boxes_from_frame(np.array([(x, y, w, h)]), frame, width)
    assert set(page[py : py + ph, px : px + pw].ravel()) == set(turned[y : y + h, x : x + w].ravel())


@given(
    st.lists(
        st.tuples(*[st.floats(-500, 500)] * 2, *[st.floats(0, 500)] * 2),
        max_size=8,
    ),
    st.integers(1, 300),
    st.integers(1, 300),
)
def test_clipped_boxes_lie_inside_and_cover(boxes, width, height) -> None:
    clipped = clip_boxes(np.array(boxes), width, height)
    assert clipped.shape == (len(boxes), 4)
    for (x, y, w, h), (cx, cy, cw, ch) in zip(boxes, clipped.tolist(), strict=True):
        assert 0 <= cx < cx + cw <= width
        assert 0 <= cy < cy + ch <= height
        if x >= 0 and y >= 0 and x + w <= width and y + h <= height:
            assert cx <= x
            assert cy <= y
            assert cx + cw >= x + w
            assert cy + ch >= y + h


def test_lines_run_right_and_down_in_every_frame() -> None:
    page = np.zeros((4, 6), int)
    first, second, next_line = 1, 2, 3
    places = {
        "ltr": [(0, 0), (0, 1), (1, 0)],
        "rtl": [(0, 5), (0, 4), (1, 5)],
        "ttb": [(0, 0), (1, 0), (0, 1)],
        "ttb-rl": [(0, 5), (1, 5), (0, 4)],
    }
    for frame, cells in places.items():
        marked = page.copy()
        for value, cell in zip((first, second, next_line), cells, strict=True):
            marked[cell] = value
        turned = to_frame(marked, frame)
        assert turned[0, 0] == first
        assert turned[0, 1] == second
        assert turned[1, 0] == next_line


def test_no_boxes() -> None:
    assert boxes_from_frame(np.zeros((0, 4)), "rtl", 10).shape == (0, 4)
    with pytest.raises(ValueError, match="reshape"):
        clip_boxes(np.zeros(3), 5, 5)
