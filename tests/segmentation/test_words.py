"""What is a word and what is dropped."""

from __future__ import annotations

import cv2
import numpy as np
from rendered import draw

import mark_core as mark
from mark_core.segmentation.words import LineWord, without_cut_off


def word(left: int, right: int) -> LineWord:
    return LineWord(left, 0, right, 20, 1.0, 0.8, 100)


def test_scraps_of_the_next_page_are_dropped() -> None:
    line = [word(0, 15), word(120, 200), word(215, 300), word(960, 1000)]
    assert without_cut_off([line], 1000, 20.0) == [line[1:3]]
    assert without_cut_off([[word(0, 15)]], 1000, 20.0) == [[]]


def test_words_at_the_edge_of_a_picture_cut_close_are_kept() -> None:
    line = [word(0, 90), word(105, 200), word(215, 300)]
    assert without_cut_off([line], 300, 20.0) == [line]


def test_a_virgule_by_itself_is_no_word_but_an_upright_stroke_is() -> None:
    page = draw(lines=10, width=600)
    right = page.boxes[:, 0] + page.boxes[:, 2]
    end = page.boxes[np.flatnonzero(page.lines == 4)[-1]]
    x, y = int(right[page.lines == 4].max()) + 25, int(end[1])
    slanting, upright = page.pixels.copy(), page.pixels.copy()
    cv2.line(slanting, (x, y + 24), (x + 13, y), 25, 2)
    cv2.line(upright, (x, y + 24), (x, y), 25, 3)
    plain, without, with_stroke = (len(mark.segment(p)) for p in (page.pixels, slanting, upright))
    assert without == plain
    assert with_stroke == plain + 1
