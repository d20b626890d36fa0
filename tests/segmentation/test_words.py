"""What is a word and what is dropped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mark_core.segmentation.gaps.runs import Runs
from mark_core.segmentation.parts import LineInk
from mark_core.segmentation.words import LineWord, without_cut_off, words_of_line


def word(left: int, right: int) -> LineWord:
    return LineWord(left, 0, right, 20, 1.0, 0.8, 100)


PAPER = np.zeros((40, 1000), bool)


def test_scraps_of_the_next_page_are_dropped() -> None:
    line = [word(0, 15), word(120, 200), word(215, 300), word(960, 1000)]
    assert without_cut_off([line], PAPER, 20.0) == [line[1:3]]
    assert without_cut_off([[word(0, 15)]], PAPER, 20.0) == [[]]


def test_the_edge_of_the_leaves_beside_a_dark_table_is_dropped() -> None:
    outside = PAPER.copy()
    outside[:, 405:] = True
    outside[:, :95] = True
    line = [word(98, 110), word(170, 250), word(265, 300), word(390, 402)]
    assert without_cut_off([line], outside, 20.0) == [line[1:3]]
    assert without_cut_off([line], PAPER, 20.0) == [line]


def test_words_at_the_edge_of_a_picture_cut_close_are_kept() -> None:
    line = [word(0, 90), word(105, 200), word(215, 300)]
    assert without_cut_off([line], PAPER[:, :300], 20.0) == [line]


def page_line(start: list[int], stop: list[int], bottom: list[float], overhang: list[float]):
    """Ink and runs of stretches that reach from 10 pixels above the middle of the line to ``bottom``."""
    starts, stops, count = np.array(start), np.array(stop), len(start)
    none = np.zeros(count - 1)
    runs = Runs(
        start=starts,
        stop=stops,
        ink=np.ones(count),
        top=np.full(count, -10.0),
        bottom=np.array(bottom),
        strokes=np.ones(count),
        cut=(stops[:-1] + starts[1:]) // 2,
        white=none,
        apart=np.zeros((count - 1, 3)),
        clear=none,
        overhang=np.stack([np.array(overhang), none, none, none], axis=1),
        faintest=none,
        joined=none > 0,
        mark=none,
        low=none > 0,
        high=none > 0,
    )
    x = np.concatenate([np.arange(a, b) for a, b in zip(start, stop, strict=True)])
    x, y = (grid.ravel() for grid in np.meshgrid(x, np.arange(30, 50, 2)))
    part = np.searchsorted(starts, x, side="right")
    ink = LineInk(x.astype(np.int32), y.astype(np.int32), (y - 40).astype(np.float32), part, np.ones(len(x)))
    return ink, runs


def extents(ink: LineInk, runs: Runs, parting: list[float]) -> list[tuple[int, int]]:
    contrast = np.ones((60, int(ink.x.max()) + 2), np.float32)
    found = words_of_line(ink, runs, np.array(parting), contrast, 0.0, 20.0)
    return [(word.left, word.right) for word in found]


def test_what_stands_under_the_arm_of_a_capital_belongs_to_it() -> None:
    start, stop = [0, 56, 130, 200], [50, 110, 180, 250]
    level = [10.0] * 4
    parting = [0.9, 0.9, 0.9]
    apart = extents(*page_line(start, stop, level, [-3.0, -3.0, -3.0]), parting)
    assert apart == [(0, 50), (56, 110), (130, 180), (200, 250)]
    under = extents(*page_line(start, stop, level, [8.0, -3.0, 8.0]), parting)
    assert under == [(0, 110), (130, 180), (200, 250)]  # the last gap is wide for this line


def test_a_comma_half_way_closes_the_word_before_it() -> None:
    start, stop = [0, 40, 78, 90], [30, 70, 82, 130]
    comma = extents(*page_line(start, stop, [10.0, 10.0, 14.0, 10.0], [-3.0] * 3), [0.1, 0.9, 0.9])
    assert comma == [(0, 82), (90, 130)]


def test_a_capital_alone_goes_to_the_word_close_behind_it() -> None:
    start, stop, level = [0, 60, 96, 170], [40, 90, 150, 200], [10.0] * 4
    close = extents(*page_line(start, stop, level, [-3.0] * 3), [0.9, 0.9, 0.9])
    assert close == [(0, 40), (60, 150), (170, 200)]
    start[2] += 10  # half the usual gap: a word of one letter
    assert len(extents(*page_line(start, stop, level, [-3.0] * 3), [0.9, 0.9, 0.9])) == 4


def test_a_tall_stretch_alone_is_the_capital_of_the_word_near_behind_it() -> None:
    start, stop, level, parting = [0, 60, 114, 214], [40, 100, 194, 250], [10.0] * 4, [0.9, 0.9, 0.9]
    ink, runs = page_line(start, stop, level, [-3.0] * 3)  # gaps of 20, 14 and 20
    assert len(extents(ink, runs, parting)) == 4  # no taller than the others
    tall = replace(runs, top=np.array([-10.0, -40.0, -10.0, -10.0]))
    assert extents(ink, tall, parting) == [(0, 40), (60, 194), (214, 250)]
    apart = replace(tall, apart=np.array([[0.0] * 3, [0.0, 50.0, 60.0], [0.0] * 3]))
    assert len(extents(ink, apart, parting)) == 4  # its letters keep off
    ink, runs = page_line([0, 60, 118, 214], stop, level, [-3.0] * 3)
    assert len(extents(ink, replace(runs, top=tall.top), parting)) == 4  # the usual gap: "A", "I"


def test_dirt_far_from_the_letters_widens_no_word() -> None:
    ink, runs = page_line([100, 140], [130, 170], [10.0, 10.0], [-3.0])
    x, y = (grid.ravel() for grid in np.meshgrid(np.arange(40, 44), np.arange(38, 42)))
    near = np.arange(176, 180)
    more = LineInk(
        np.concatenate([ink.x, x, near]).astype(np.int32),
        np.concatenate([ink.y, y, np.full(4, 45)]).astype(np.int32),
        np.concatenate([ink.rise, y - 40, np.full(4, 5)]).astype(np.float32),
        np.concatenate([ink.part, np.full(len(x), 98), np.full(4, 99)]),
        np.ones(len(ink.x) + len(x) + 4, np.float32),
    )
    assert extents(more, runs, [0.1]) == [(100, 180)]  # the point behind the word stays


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ([0, 40, 74, 90], [(0, 78), (90, 120)]),  # a comma near the word before it
        ([0, 40, 86, 96], [(0, 70), (86, 126)]),  # a bracket near the word behind it
        ([0, 40, 82, 98], [(0, 70), (82, 86), (98, 128)]),  # a narrow word half-way
    ],
)
def test_a_narrow_stretch_goes_to_the_word_it_stands_near(
    places: list[int], words: list[tuple[int, int]]
) -> None:
    stop = [place + width for place, width in zip(places, [30, 30, 4, 30], strict=True)]
    assert extents(*page_line(places, stop, [10.0] * 4, [-3.0] * 3), [0.1, 0.9, 0.9]) == words
