"""What tells the letters of writing to the left."""

from __future__ import annotations

import numpy as np

from mark_core.segmentation.direction.letters import (
    MEASURES,
    leftward_odds,
    load_letters,
    looks_leftward,
    shape_measures,
)
from mark_core.segmentation.measured import measure
from mark_core.segmentation.parts import LineInk
from tests.segmentation.rendered import draw

X_HEIGHT = 20.0


def bars(step: int, lean: float) -> LineInk:
    """Forty upright bars with a tail below the line that leans ``lean`` columns to the right for each row."""
    x, y = [], []
    for bar in range(40):
        for row in range(-10, 30):
            shift = lean * max(0, row - 10)
            x += [bar * step + round(shift) + k for k in range(3)]
            y += [row] * 3
    xs, ys = np.array(x, np.int32) + 100, np.array(y, np.int32)
    return LineInk(xs, ys, ys.astype(np.float32), np.zeros(len(xs), np.int32), np.ones(len(xs), np.float32))


def test_measures_are_shares_that_a_mirror_changes() -> None:
    left, right = (shape_measures([bars(30, lean)], X_HEIGHT) for lean in (-1.0, 1.0))
    assert left is not None
    assert right is not None
    assert left.shape == (MEASURES,)
    assert ((left >= 0) & (left <= 1)).all()
    assert np.abs(left - right).max() > 0.3


def test_measures_do_not_depend_on_where_a_line_stands() -> None:
    ink = bars(30, 1.0)
    moved = LineInk(ink.x + 500, ink.y + 300, ink.rise, ink.part, ink.dark)
    np.testing.assert_allclose(shape_measures([ink], X_HEIGHT), shape_measures([moved], X_HEIGHT))


def test_little_ink_says_nothing() -> None:
    assert shape_measures([], X_HEIGHT) is None
    assert leftward_odds([], X_HEIGHT) == 0
    assert not looks_leftward([], X_HEIGHT)


def test_latin_type_does_not_look_leftward() -> None:
    page, _ = measure(draw(lines=12).pixels)
    assert page is not None
    assert leftward_odds(page.inks, page.x_height) < 0
    assert not looks_leftward(page.inks, page.x_height)


def test_shipped_weights_fit_the_measures() -> None:
    weights, bias = load_letters()
    assert weights.shape == (MEASURES,)
    assert np.isfinite(weights).all()
    assert np.isfinite(bias)
