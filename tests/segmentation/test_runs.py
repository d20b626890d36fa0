"""Stretches of letters and gaps on a line drawn pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest

from mark_core.segmentation.gaps.runs import Runs, find_runs
from mark_core.segmentation.parts import LineInk

X_HEIGHT = 20


def line_of(*rectangles: tuple[int, int, int, int]) -> LineInk:
    """Ink of rectangles (left, right, top, bottom), the middle of the line at 0; each is a part of its own."""
    x, y, part = [], [], []
    for number, (left, right, top, bottom) in enumerate(rectangles):
        rows, columns = np.mgrid[top:bottom, left:right]
        x.append(columns.ravel())
        y.append(rows.ravel())
        part.append(np.full(rows.size, number))
    xs, ys = (np.concatenate(values).astype(np.int32) for values in (x, y))
    return LineInk(xs, ys, ys.astype(np.float32), np.concatenate(part), np.ones(len(xs), np.float32))


def runs_of(*rectangles: tuple[int, int, int, int]) -> Runs:
    return find_runs(line_of(*rectangles), 0.0, X_HEIGHT)


LEFT, RIGHT = (100, 130, -10, 10), (142, 170, -10, 10)


def test_a_gap_between_two_letters() -> None:
    runs = runs_of(LEFT, RIGHT)
    assert runs.start.tolist() == [100, 142]
    assert runs.stop.tolist() == [130, 170]
    assert runs.gaps.tolist() == runs.white.tolist() == [12]
    assert 130 <= runs.cut[0] <= 142
    assert not runs.joined[0]
    assert runs.apart[0] == pytest.approx([13, 13, 13], abs=1)


def test_a_point_stands_in_the_gap_and_is_no_letter() -> None:
    runs = runs_of(LEFT, (134, 138, 6, 10), RIGHT)
    assert len(runs.start) == 2
    assert runs.mark.tolist() == [4]
    assert runs.low.tolist() == [True]
    assert runs.high.tolist() == [False]
    assert runs.gaps.tolist() == [12]
    high = runs_of(LEFT, (134, 138, -14, -10), RIGHT)
    assert high.high.tolist() == [True]
    assert high.low.tolist() == [False]


def test_a_point_at_the_end_of_the_line_is_left_out() -> None:
    runs = runs_of(LEFT, RIGHT, (175, 179, 6, 10))
    assert len(runs.start) == 2
    assert runs.mark.tolist() == [0]


def test_letters_that_touch_by_a_hair_have_a_gap_that_is_joined() -> None:
    ink = line_of(LEFT, (130, 142, 9, 10), RIGHT)
    joined = LineInk(ink.x, ink.y, ink.rise, np.zeros_like(ink.part), ink.dark)
    runs = find_runs(joined, 0.0, X_HEIGHT)
    assert runs.gaps.tolist() == [12]
    assert runs.white.tolist() == [0]
    assert runs.faintest.tolist() == [1]
    assert runs.joined.tolist() == [True]
    assert runs.apart[0, 1] == pytest.approx(13, abs=1)


def test_letters_joined_by_a_broad_stroke_are_one_stretch() -> None:
    assert len(runs_of(LEFT, (130, 142, 2, 8), RIGHT).start) == 1


def test_pale_ink_fills_no_column() -> None:
    ink = line_of(LEFT, (130, 142, 2, 6), RIGHT)
    pale = np.where((ink.x >= 130) & (ink.x < 142), 0.2, 1.0).astype(np.float32)
    assert len(find_runs(LineInk(ink.x, ink.y, ink.rise, ink.part, pale), 0.0, X_HEIGHT).start) == 2


def test_grain_is_neither_letter_nor_mark() -> None:
    runs = runs_of(LEFT, (135, 137, 0, 3), RIGHT)
    assert len(runs.start) == 2
    assert runs.mark.tolist() == [0]


def test_a_line_without_letters() -> None:
    assert len(runs_of((100, 104, 6, 10)).start) == 0
    assert len(runs_of((100, 120, 60, 70)).start) == 0
    assert runs_of(LEFT).gaps.tolist() == []


def of_parts(*rectangles: tuple[int, int, int, int, int]) -> Runs:
    """As `runs_of`, with the number of the connected part behind each rectangle."""
    ink = line_of(*(rectangle[:4] for rectangle in rectangles))
    number = np.array([rectangle[4] for rectangle in rectangles])
    return find_runs(LineInk(ink.x, ink.y, ink.rise, number[ink.part], ink.dark), 0.0, X_HEIGHT)


def test_the_arm_of_a_capital_overhangs_the_letters_behind_it() -> None:
    runs = of_parts((*LEFT, 0), (110, 150, -30, -26, 0), (*RIGHT, 1))
    assert runs.gaps.tolist() == [12]
    above, below, right_above, right_below = runs.overhang[0].tolist()
    assert above == 150 - 1 - 142
    assert max(below, right_above, right_below) < 0
    assert runs.clear.tolist() == [0]


def test_a_tail_reaches_back_under_the_letters_before_it() -> None:
    runs = of_parts((*LEFT, 0), (*RIGHT, 1), (122, 150, 24, 28, 1))
    assert runs.overhang[0, 3] == 130 - 1 - 122
    assert runs.overhang[0, :3].max() < 0
    assert runs.clear.tolist() == [0]


def test_letters_that_keep_apart_are_clear_of_each_other() -> None:
    runs = of_parts((*LEFT, 0), (*RIGHT, 1))
    assert runs.overhang.max() < 0
    assert runs.clear.tolist() == [12]
    accent = of_parts((*LEFT, 0), (*RIGHT, 1), (126, 146, -30, -26, 2))  # belongs to neither
    assert accent.overhang.max() < 0
