"""Bent pages: straightened where that helps, left alone otherwise, and boxes stay on the ink of the page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core.evaluation.boxes import score_boxes
from mark_core.evaluation.disturb import disturb
from mark_core.message import Message
from mark_core.segmentation.flatten import Surface, bend_of, fit_surface
from mark_core.segmentation.lines.detection import Line
from mark_core.segmentation.segment import segment
from tests.segmentation.rendered import draw

WINDOW = (50.0, 950.0, 80.0, 1320.0)


def wavy_lines(height: float, slope: float = 0.0) -> list[Line]:
    x = np.arange(900)
    wave = height * np.sin(2 * np.pi * x / 900) + slope * x
    return [Line(50, (80 + 50 * n + wave).astype(np.float32)) for n in range(20)]


def test_a_bent_page_is_straightened_and_its_boxes_are_those_of_the_page() -> None:
    page = draw(lines=24)
    pixels, boxes = disturb("curl", page.pixels, page.boxes, seed=1)
    notes: list[Message] = []
    plain = [word.box for word in segment(pixels, "ltr")]
    words = [word.box for word in segment(pixels, "ltr", flatten=True, notify=notes.append)]
    assert "straighter: they bent" in str(notes[0])
    assert len(notes) == 1
    score = score_boxes(np.array(words, float), boxes)
    assert score.extent.f1 >= 0.95
    assert score.extent.f1 >= score_boxes(np.array(plain, float), boxes).extent.f1


@pytest.mark.parametrize("kind", ["flat", "skew"])
def test_a_flat_page_is_left_alone(kind: str) -> None:
    page = draw(lines=24)
    pixels = page.pixels if kind == "flat" else disturb(kind, page.pixels, page.boxes, seed=1)[0]
    notes: list[Message] = []
    assert segment(pixels, "ltr", flatten=True, notify=notes.append) == segment(pixels, "ltr")
    assert [str(note) for note in notes] == [
        "The lines of this page are flat already, or too few to tell; nothing was changed."
    ]


def test_an_empty_page_and_a_picture_are_left_alone() -> None:
    assert segment(np.full((600, 500), 230, np.uint8), flatten=True) == []
    noise = np.random.default_rng(0).integers(0, 255, (500, 400)).astype(np.uint8)
    assert segment(noise, "ltr", flatten=True) == segment(noise, "ltr")


def test_bend_is_not_skew_and_does_not_depend_on_where_lines_break() -> None:
    assert bend_of(wavy_lines(0, slope=0.05), 50) < 0.01
    whole = wavy_lines(12)
    halves = [Line(p.start, p.y[:450]) for p in whole] + [Line(p.start + 450, p.y[450:]) for p in whole]
    assert bend_of(whole, 50) > 2
    assert bend_of(halves, 50) == pytest.approx(bend_of(whole, 50), rel=0.15)
    assert bend_of([], 50) == 0


def test_few_lines_and_flat_lines_have_no_surface() -> None:
    assert fit_surface(wavy_lines(12)[:3], 50, 1.0) is None
    assert fit_surface(wavy_lines(0), 50, 1.0) is None


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_the_surface_follows_the_lines_in_spite_of_a_bad_one(scale: float) -> None:
    bad = Line(50, np.linspace(300, 420, 900).astype(np.float32))
    surface = fit_surface([*wavy_lines(12), bad], 50, scale)
    assert surface is not None
    x = np.array([275.0, 500.0, 725.0]) / scale
    shift = surface.shift(x, np.full(3, 500.0 / scale)) * scale
    np.testing.assert_allclose(shift - shift[1], [12, 0, -12], atol=1)


@given(
    weights=st.lists(st.floats(-8, 8), min_size=21, max_size=21),
    x=st.integers(60, 900),
    y=st.integers(150, 1200),
)
def test_ink_of_the_flat_picture_lies_where_its_box_says(weights: list[float], x: int, y: int) -> None:
    surface = Surface(np.array(weights).reshape(7, 3) / np.arange(1, 8)[:, None] ** 2, WINDOW)
    page = np.tile(np.arange(1400, dtype=np.float32)[:, None] * (250 / 1400), (1, 1000)).astype(np.uint8)
    (box,) = surface.boxes_on_page(np.array([[x, y, 30, 20]]))
    assert box[0] == x
    assert box[2] == 30
    flat = surface.flattened(page)[y : y + 21, x : x + 31].astype(float) * (1400 / 250)
    step = 1400 / 250
    assert flat.min() >= box[1] - 2 * step
    assert flat.max() <= box[1] + box[3] + 2 * step
