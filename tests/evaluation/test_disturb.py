"""Disturbed pages: the boxes stay on the ink."""

from __future__ import annotations

import numpy as np
import pytest

from mark_core.evaluation.disturb import DISTURBANCES, disturb

BOXES = np.array([(60, 80, 120, 30), (400, 90, 80, 30), (220, 400, 150, 40), (430, 560, 90, 30)])


def page() -> np.ndarray:
    pixels = np.full((700, 560, 3), 220, np.uint8)
    for x, y, w, h in BOXES:
        pixels[y : y + h, x : x + w] = 20
    return pixels


@pytest.mark.parametrize("kind", sorted(DISTURBANCES))
@pytest.mark.parametrize("seed", range(3))
def test_boxes_follow_the_ink(kind: str, seed: int) -> None:
    pixels, boxes = disturb(kind, page(), BOXES, seed)
    assert pixels.shape == page().shape
    assert pixels.dtype == np.uint8
    inside = np.zeros(pixels.shape[:2], bool)
    for x, y, w, h in boxes:
        inside[int(y) : int(np.ceil(y + h)), int(x) : int(np.ceil(x + w))] = True
        middle = pixels[int(y + h / 2), int(x + w / 2)]
        assert middle.max() < 40
    ink = (pixels.max(axis=2) < 30) & ~inside
    assert ink.sum() < 50


@pytest.mark.parametrize("kind", sorted(DISTURBANCES))
def test_a_disturbance_changes_the_page_and_depends_on_the_seed(kind: str) -> None:
    once, twice, other = (disturb(kind, page(), BOXES, seed)[0] for seed in (1, 1, 5))
    assert (once != page()).mean() > (0.005 if kind == "curl" else 0.02)  # curl moves edges of ink only
    np.testing.assert_array_equal(once, twice)
    assert kind == "skew" or (once != other).any()


def test_skew_moves_boxes_and_shadow_does_not() -> None:
    assert np.abs(disturb("skew", page(), BOXES, 0)[1] - BOXES).max() > 5
    np.testing.assert_array_equal(disturb("shadow", page(), BOXES, 0)[1], BOXES)


def test_a_page_without_boxes() -> None:
    assert disturb("perspective", page(), np.zeros((0, 4)), 0)[1].shape == (0, 4)
