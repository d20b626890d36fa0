from __future__ import annotations

from mark_core.segmentation.page_part import holds, words_in_part
from mark_core.segmentation.word import Word


def test_words_of_two_halves_are_those_of_the_page_each_in_one() -> None:
    words = [Word((10 * n, 20 * line, 9, 12), line=line, order=0) for line in range(3) for n in range(20)]
    left, right = (0, 0, 97, 60), (97, 0, 103, 60)
    halves = words_in_part(words, left), words_in_part(words, right)
    assert [len(half) for half in halves] == [30, 30]  # the middle of the word from 90 lies on the left
    assert [word.order for word in halves[1]] == list(range(30))
    assert halves[1][0].box == (3, 0, 9, 12)
    for box in (word.box for word in words):
        assert holds(left, box) != holds(right, box)


def test_boxes_are_cut_at_the_edges_and_lines_counted_anew() -> None:
    words = [
        Word((0, 0, 30, 10), line=0, order=0),
        Word((50, 40, 30, 10), line=4, order=1, context_box=(40, 36, 60, 18)),
        Word((90, 40, 30, 10), line=4, order=2),
    ]
    (word,) = words_in_part(words, (55, 38, 50, 40))[:1]
    assert (word.box, word.context_box) == ((0, 2, 25, 10), (0, 0, 45, 16))
    assert (word.line, word.order) == (0, 0)
    assert words_in_part(words, (200, 200, 50, 50)) == ()
