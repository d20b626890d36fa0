"""What is a word and what is dropped."""

from __future__ import annotations

import numpy as np
import pytest

from mark_core.segmentation.gaps import Runs
from mark_core.segmentation.parts import LineInk
from mark_core.segmentation.words import LineWord, without_cut_off, words_of_line


def word(left: int, right: int) -> LineWord:
    return LineWord(left, 0, right, 20, 1.0, 0.8, 100)


def test_scraps_of_the_next_page_are_dropped() -> None:
    line = [word(0, 15), word(120, 200), word(215, 300), word(960, 1000)]
    assert without_cut_off([line], 1000, 20.0) == [line[1:3]]
    assert without_cut_off([[word(0, 15)]], 1000, 20.0) == [[]]


def test_words_at_the_edge_of_a_picture_cut_close_are_kept() -> None:
    line = [word(0, 90), word(105, 200), word(215, 300)]
    assert without_cut_off([line], 300, 20.0) == [line]


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
    start = np.array(places)
    stop = start + np.array([30, 30, 4, 30])
    count, none = len(start), np.zeros(len(start) - 1)
    runs = Runs(
        start=start,
        stop=stop,
        ink=np.ones(count),
        top=np.full(count, -10.0),
        bottom=np.full(count, 10.0),
        strokes=np.ones(count),
        cut=(stop[:-1] + start[1:]) // 2,
        white=none,
        apart=np.zeros((count - 1, 3)),
        faintest=none,
        joined=none > 0,
        mark=none,
        low=none > 0,
        high=none > 0,
    )
    x = np.concatenate([np.arange(a, b) for a, b in zip(start, stop, strict=True)])
    x, y = (grid.ravel() for grid in np.meshgrid(x, np.arange(30, 50, 2)))
    part = np.searchsorted(start, x, side="right")
    ink = LineInk(x.astype(np.int32), y.astype(np.int32), (y - 40).astype(np.float32), part, np.ones(len(x)))
    found = words_of_line(ink, runs, np.array([0.1, 0.9, 0.9]), np.ones((60, 140), np.float32), 0.0, 20.0)
    assert [(word.left, word.right) for word in found] == words
