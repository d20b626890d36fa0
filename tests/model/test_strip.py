import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core import MarkError
from mark_core.model.strip import (
    MAX_STRIP_WIDTH,
    MIN_STRIP_WIDTH,
    STRIP_HEIGHT,
    pad_strips,
    padded_width,
    to_strip,
)


def written(height=60, width=200, ink=30, paper=220):
    crop = np.full((height, width), paper, np.uint8)
    cv2.putText(crop, "letter", (10, height - 18), cv2.FONT_HERSHEY_SIMPLEX, 1.2, ink, 3)
    return crop


@given(st.integers(1, 300), st.integers(1, 900))
def test_any_size_becomes_a_strip(height, width):
    strip = to_strip(np.full((height, width), 200, np.uint8))
    assert strip.dtype == np.uint8
    assert strip.shape[0] == STRIP_HEIGHT
    assert MIN_STRIP_WIDTH <= strip.shape[1] <= MAX_STRIP_WIDTH
    assert padded_width(strip.shape[1]) > strip.shape[1]


def test_ink_is_high_and_paper_is_zero():
    strip = to_strip(written())
    assert strip.max() > 200
    assert np.median(strip) < 10


def test_light_on_dark_is_turned():
    a, b = to_strip(written()), to_strip(255 - written())
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.95


def test_faded_ink_looks_like_dark_ink():
    a, b = to_strip(written(ink=30)), to_strip(written(ink=150))
    assert np.abs(a.astype(int) - b.astype(int)).mean() < 8


def test_blank_paper_is_not_blown_up():
    paper = np.random.default_rng(0).normal(220, 1.5, (60, 200)).clip(0, 255).astype(np.uint8)
    assert to_strip(paper).mean() < 40


def test_colour_equals_its_grey():
    crop = written()
    np.testing.assert_array_equal(to_strip(np.stack([crop] * 3, axis=2)), to_strip(crop))


@pytest.mark.parametrize(
    "bad",
    [np.zeros((0, 5), np.uint8), np.zeros((5, 5)), np.zeros((5, 5, 4), np.uint8), np.zeros(5, np.uint8)],
)
def test_what_is_no_image(bad):
    with pytest.raises(MarkError, match="word image"):
        to_strip(bad)


def test_padding_marks_where_a_strip_ends():
    padded = pad_strips([np.full((48, 30), 255, np.uint8), np.zeros((48, 70), np.uint8)])
    assert padded.shape == (2, 1, 48, 96)
    assert (padded[0, 0, :, :30] == 1).all()
    assert (padded[0, 0, :, 30:] == -1).all()
    assert (padded[1, 0, :, :70] == 0).all()
