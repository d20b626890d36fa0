"""Words in lines that are known: found as on a whole page, and never outside."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mark_core.data_files import data_file
from mark_core.pages.load import load_page
from mark_core.segmentation.in_lines import LineShape, words_in_lines
from mark_core.segmentation.segment import segment

WORDS, LINES = 4, 6


@pytest.fixture(scope="module")
def page():
    """Six lines of four words of strokes, and writing in the margin that belongs to no line."""
    rng = np.random.default_rng(0)
    pixels = np.full((120 * LINES + 100, 1200), 225, np.uint8)
    for line in range(LINES):
        for word in range(WORDS + 1):
            x, y = 40 + 230 * word, 80 + 120 * line
            for stroke in range(8):
                top = y - int(rng.integers(0, 25))
                cv2.line(pixels, (x + 18 * stroke, y + 30), (x + 18 * stroke + 12, top), 30, 5)
    return load_page(pixels)


def box_of(line: int, words: int = WORDS) -> np.ndarray:
    """Around the first words of a line."""
    left, right, top, bottom = 25, 20 + 230 * words, 45 + 120 * line, 125 + 120 * line
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)


def test_words_are_found_in_the_lines_and_nowhere_else(page):
    assert len(segment(page)) == LINES * (WORDS + 1)
    words = words_in_lines(page, [LineShape(box_of(line)) for line in range(LINES)], "ltr")
    assert [word.line for word in words] == [line for line in range(LINES) for _ in range(WORDS)]
    assert [word.order for word in words] == list(range(LINES * WORDS))
    for word in words:
        x, _, w, _ = word.box
        assert x + w < 40 + 230 * WORDS  # nothing of the margin
        expected = 40 + 230 * (word.order % WORDS)
        assert abs(x - expected) < 20
        assert abs(x + w - expected - 140) < 20
        middle = word.box[1] + word.box[3] / 2
        assert abs(middle - (90 + 120 * word.line)) < 25


def test_lines_of_a_printed_page_give_its_words():
    """Nearly as the whole page does, and in the direction that its letters tell."""
    page = load_page(data_file("sample_pages") / "lucasta.047.jpg")
    whole = segment(page)
    lines = [[word for word in whole if word.line == line] for line in range(whole[-1].line + 1)]
    shapes = []
    for words in lines:
        boxes = np.array([word.box for word in words])
        (left, top), (right, bottom) = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
        shapes.append(
            LineShape(np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float))
        )
    words = words_in_lines(page, shapes)
    assert {word.direction for word in words} == {"ltr"}
    again = sum(
        any(_alike(word.box, other.box) for other in words if other.line == word.line) for word in whole
    )
    assert again > 0.9 * len(whole)
    assert len(words) < 1.1 * len(whole)


def _alike(one, other) -> bool:
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    return across > 0.8 * max(one[2], other[2])


def test_lines_keep_the_order_of_the_file(page):
    shapes = [LineShape(box_of(line)) for line in (4, 1, 3)]
    words = words_in_lines(page, shapes, "ltr")
    assert [word.box[1] // 120 for word in words[::WORDS]] == [4, 1, 3]


def test_a_baseline_is_enough(page):
    shapes = [
        LineShape(None, np.array([(30, 110 + 120 * line), (930, 110 + 120 * line)], float))
        for line in range(LINES)
    ]
    words = words_in_lines(page, shapes, "ltr")
    assert len(words) == LINES * WORDS
    assert max(word.box[0] + word.box[2] for word in words) < 940


def test_a_page_turned_left_is_read_in_columns(page):
    turned = load_page(np.ascontiguousarray(page.pixels.transpose(1, 0, 2)))
    shapes = [LineShape(box_of(line)[:, ::-1]) for line in range(LINES)]
    words = words_in_lines(turned, shapes)
    assert {word.direction for word in words} == {"ttb"}
    assert [word.line for word in words] == [line for line in range(LINES) for _ in range(WORDS)]
    assert all(word.box[1] < words[n + 1].box[1] for n, word in enumerate(words[:-1]) if (n + 1) % WORDS)


def test_a_stated_direction_holds(page):
    shapes = [LineShape(box_of(line), direction="rtl") for line in range(LINES)]
    words = words_in_lines(page, shapes)
    assert {word.direction for word in words} == {"rtl"}
    assert words[0].box[0] > words[1].box[0]
    assert {word.direction for word in words_in_lines(page, shapes, "ltr")} == {"ltr"}


def test_lines_that_are_none_are_passed_over(page):
    odd = [
        np.array([(0, 0), (1, 0), (1, 1)], float),
        np.array([(5000, 5000), (6000, 5000), (6000, 6000)], float),
        np.array([(-1e9, -1e9), (1e9, -1e9), (1e9, -1e8)], float),
        np.array([(400, 20), (500, 20), (500, 30), (400, 30)], float),  # paper
    ]
    words = words_in_lines(page, [*map(LineShape, odd), LineShape(box_of(2))], "ltr")
    assert {word.line for word in words} == {4}
    assert len(words) == WORDS
    assert words_in_lines(page, [LineShape(None, np.array([(5.0, 5.0), (5.0, 9.0)]))]) == []
    assert words_in_lines(page, []) == []
