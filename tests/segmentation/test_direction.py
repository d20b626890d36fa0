"""Which way a page is written."""

from __future__ import annotations

import numpy as np
from rendered import draw

from mark_core.segmentation.direction import begin_votes, runs_leftward
from mark_core.segmentation.segment import Measured, measure


def measured(pixels: np.ndarray) -> Measured:
    found, _ = measure(np.ascontiguousarray(pixels))
    assert found is not None
    return found


def leftward(page: Measured) -> bool:
    return runs_leftward(page.lines, page.runs, 60.0, page.x_height)


def test_ragged_ends_tell_where_lines_begin() -> None:
    pixels = draw(lines=45, width=600).pixels  # level on the left, ragged on the right
    right, left = begin_votes(*_votes(measured(pixels)))
    assert right > 3 * left
    assert not leftward(measured(pixels))
    assert leftward(measured(pixels[:, ::-1]))


def test_lines_level_on_both_sides_say_nothing() -> None:
    pixels = draw(lines=12, width=600).pixels[:, 70:430].copy()  # cut through the words on the right
    assert not leftward(measured(pixels))
    assert not leftward(measured(pixels[:, ::-1]))


def _votes(page: Measured):
    return page.lines, page.runs, 60.0, page.x_height
