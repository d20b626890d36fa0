"""What is a word and what is dropped."""

from __future__ import annotations

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
