"""Strips of lines: straight, and every place in them is a place on the page."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered import draw

from mark_core.evaluation.disturb import disturb
from mark_core.segmentation.line_strips import cut_strip, line_strips, strip_frame
from mark_core.segmentation.segment import find_words, segment_page
from mark_core.segmentation.text_line import TextLine, lines_of_words
from mark_core.segmentation.word import Word

PAGE = (900, 700)  # width, height

curves = st.builds(
    lambda direction, start, steps, level, bends, reach: TextLine(
        direction,
        np.float32(start) + np.concatenate([[0], np.cumsum(steps)]).astype(np.float32),
        (level + np.array(bends[: len(steps) + 1], np.float32)),
        reach,
    ),
    st.sampled_from(["ltr", "rtl", "ttb"]),
    st.floats(0, 200),
    st.lists(st.floats(5, 80), min_size=1, max_size=6),
    st.floats(100, 500),
    st.lists(st.floats(-30, 30), min_size=7, max_size=7),
    st.floats(6, 90),
)


@given(curves, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8))
def test_from_the_strip_to_the_page_and_back_nothing_moves(line, places):
    frame = strip_frame(line, 48, PAGE)
    u, v = np.array(places).T * [[frame.width], [48]]
    back = frame.to_strip(*frame.to_page(u, v))
    assert np.allclose(back, [u, v], atol=1e-3)


@given(curves, st.floats(0, 1), st.floats(0, 1))
def test_the_box_of_columns_holds_all_their_points_that_are_on_the_page(line, a, b):
    frame = strip_frame(line, 48, PAGE)
    start, stop = sorted([a * frame.width, b * frame.width])
    left, top, w, h = frame.box(start, stop)
    u, v = (grid.ravel() for grid in np.meshgrid(np.linspace(start, stop, 40), [0, 24, 48]))
    x, y = frame.to_page(u, v)
    x, y = np.clip(x, 0, PAGE[0]), np.clip(y, 0, PAGE[1])
    assert (x >= left - 0.01).all()
    assert (x <= left + w + 0.01).all()
    assert (y >= top - 0.01).all()
    assert (y <= top + h + 0.01).all()


@given(curves)
def test_a_strip_has_the_height_it_is_asked_for_and_the_length_of_its_line(line):
    frame = strip_frame(line, 48, PAGE)
    strip = cut_strip(np.full(PAGE[::-1], 200, np.uint8), frame)
    assert strip.shape == (48, frame.width)
    assert (strip == 200).all()  # also where it leaves the page
    assert frame.width / frame.scale == pytest.approx(line.stop - line.start, abs=1 / frame.scale)


@pytest.mark.parametrize("direction", ["ltr", "rtl", "ttb"])
@pytest.mark.parametrize("reach", [12, 24, 70])
def test_a_bent_line_is_straight_in_its_strip(direction, reach):
    along = np.linspace(50, 850, 60).astype(np.float32)
    line = TextLine(direction, along, (350 + 60 * np.sin(along / 120)).astype(np.float32), float(reach))
    page = np.full((900, 900), 255, np.uint8)
    points = np.stack([line.along, line.across] if direction != "ttb" else [line.across, line.along], axis=1)
    cv2.polylines(page, [np.rint(points - 0.5).astype(np.int32)], False, 0, 3)
    strip = 255.0 - cut_strip(page, strip_frame(line, 48, (900, 900)))
    middle = (strip * (np.arange(48) + 0.5)[:, None]).sum(axis=0) / strip.sum(axis=0)
    assert np.abs(middle - 24).max() < 1.5 * max(1.0, 24 / reach)  # a pixel and a half of what is drawn


def test_columns_are_turned_as_word_crops_are():
    page = np.full((400, 300), 255, np.uint8)
    page[100:140, 160:190] = 0  # ink on the right of a column whose middle is at 150
    line = TextLine("ttb", np.float32([40, 360]), np.float32([150, 150]), 48.0)
    strip = cut_strip(page, strip_frame(line, 48, (300, 400)))
    rows, columns = np.nonzero(strip < 128)
    assert rows.max() < 24  # the right of the page is above
    assert columns.min() == pytest.approx((100 - 40) / 2, abs=1)


@pytest.mark.parametrize("kind", [None, "skew", "curl"])
def test_words_of_a_page_lie_in_the_middle_of_the_strips_of_its_lines(kind):
    page = draw(lines=12)
    pixels, boxes = (
        (page.pixels, page.boxes) if kind is None else disturb(kind, page.pixels, page.boxes, seed=1)
    )
    found = segment_page(pixels, "ltr")
    frames = [frame for _, frame in line_strips(pixels, found.lines, 48)]
    inside = 0
    for x, y, w, h in boxes:
        places = [frame.to_strip([x, x + w], [y + h / 2] * 2) for frame in frames]
        inside += any(
            u[0] >= 0 and u[1] <= frame.width and np.abs(v - 24).max() < 12
            for (u, v), frame in zip(places, frames, strict=True)
        )
    assert inside == len(boxes)
    assert len(frames) == len(set(page.lines.tolist()))


def test_words_and_alternatives_are_those_that_find_words_gives():
    page = draw(lines=8).pixels
    found = segment_page(page)
    assert (found.words, found.alternatives) == find_words(page)
    blank = segment_page(np.full((300, 200), 230, np.uint8))
    assert (blank.words, blank.alternatives, blank.lines) == ([], [], [])


def test_words_that_nobody_traced_get_lines_of_their_own():
    words = [Word((50 + 90 * i, 100 + 10 * i, 80, 30), line=3) for i in range(5)]
    other = Word((60, 300, 80, 30), line=4)
    first, second = lines_of_words([*words, other])
    assert all(first.holds(word) for word in words)
    assert not first.holds(other)
    assert np.ptp(first.across) == pytest.approx(40, abs=12)  # it climbs as its words do
    assert second.holds(other)
    assert lines_of_words(words, [first]) == []
    (alone,) = lines_of_words([*words, other], [first])
    assert alone.holds(other)
    assert alone.reach == first.reach
