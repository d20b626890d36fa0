"""The curves of lines that the browser gets."""

from __future__ import annotations

import numpy as np

from mark_core.segmentation.text_line import TextLine
from mark_core.segmentation.word import Word
from mark_core.ui.collection.line_curves import line_curves


def line(y: float, direction: str = "ltr") -> TextLine:
    along = np.linspace(0, 1000, 200, dtype=np.float32)
    return TextLine(direction, along, (y + along / 20).astype(np.float32), 15.0)


def word(x: int, y: int, number: int, direction: str = "ltr") -> Word:
    return Word((x, y, 60, 30), line=number, direction=direction)


def test_each_line_of_words_gets_the_curve_that_goes_through_it() -> None:
    words = [word(100, 90, 0), word(800, 125, 0), word(100, 190, 1)]
    curves = line_curves(words, [line(200), line(100)])
    assert set(curves) == {0, 1}
    reach, *points = curves[0]
    assert reach == 15
    assert len(points) <= 24
    assert points[0] == [0, 100]
    assert points[-1] == [1000, 150]
    assert curves[1][1] == [0, 200]


def test_a_line_that_none_of_the_traced_ones_goes_through_has_none() -> None:
    words = [word(100, 500, 3)]
    assert line_curves(words, [line(100)]) == {}
    assert line_curves(words, []) == {}
    assert line_curves([], [line(100)]) == {}


def test_a_column_is_no_line() -> None:
    assert line_curves([word(100, 90, 0, "ttb")], [line(100)]) == {}
