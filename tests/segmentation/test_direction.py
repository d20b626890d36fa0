"""Which way a page is written."""

from __future__ import annotations

import numpy as np
import pytest

import mark_core as mark
from mark_core.segmentation.direction.layout import begin_votes, runs_leftward
from mark_core.segmentation.measured import Measured, measure
from tests.segmentation.rendered import draw


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


def ideographs(gap: float, pitch: float, seed: int = 0) -> np.ndarray:
    """A page of squares with strokes in them, in columns; gap and pitch: from letter to letter and from column to
    column, in sides of a square."""
    g, side = np.random.default_rng(seed), 40
    page = np.full((1400, 1000), 235, np.uint8)
    for x in np.arange(1000 - 100 - side, 80, -side * pitch).astype(int):
        for y in np.arange(100, 1300 - side, side * gap).astype(int):
            left, top = x + g.integers(0, 4), y + g.integers(0, 4)
            right, bottom = x + side - g.integers(0, 4), y + side - g.integers(0, 4)
            for _ in range(2):
                row, column = g.integers(top + 5, bottom - 5), g.integers(left + 5, right - 5)
                page[row : row + 3, left:right] = 40
                page[top:bottom, column : column + 3] = 40
    return page


@pytest.mark.parametrize(("gap", "pitch"), [(1.1, 1.8), (1.25, 1.45)])
def test_columns_of_ideographs_are_read_from_the_right(gap: float, pitch: float) -> None:
    page = ideographs(gap, pitch)
    words = mark.segment(page)
    assert {word.direction for word in words} == {"ttb"}
    first, last = words[0].box, words[-1].box
    assert first[0] > 800 > 200 > last[0]
    assert {word.direction for word in mark.segment(np.ascontiguousarray(page.T))} == {"ltr"}


def test_columns_of_other_letters_are_read_from_the_left() -> None:
    words = mark.segment(np.ascontiguousarray(draw(lines=14, width=900).pixels.T))
    assert words[0].box[0] < words[-1].box[0]


def test_level_line_ends_do_not_turn_letters_that_clearly_run_to_the_right() -> None:
    page = draw(lines=45, width=600)
    pixels = page.pixels.copy()
    for line in range(page.lines.max() + 1):  # the same lines, moved until they end level
        boxes = page.boxes[page.lines == line]
        top, bottom = boxes[:, 1].min() - 4, (boxes[:, 1] + boxes[:, 3]).max() + 4
        pixels[top:bottom] = np.roll(pixels[top:bottom], 660 - (boxes[:, 0] + boxes[:, 2]).max(), axis=1)
    assert leftward(measured(pixels))
    assert {word.direction for word in mark.segment(pixels)} == {"ltr"}
