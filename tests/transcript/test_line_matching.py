"""Lines of a text and of a page, their order, and the edges of words, on numbers made here."""

import numpy as np

from mark_core.model.alignment import AlignedWord, align, path_scores
from mark_core.segmentation.text_line import TextLine
from mark_core.segmentation.word import Word
from mark_core.transcript.line_matching import LEAST, line_gains, match_lines
from mark_core.transcript.line_order import ordered_lines
from mark_core.transcript.page_alignment import certainty
from mark_core.transcript.word_edges import word_edges


def columns(text: str) -> np.ndarray:
    """Log-probabilities of columns that show a, b, c, the space or the blank "_"."""
    out = np.full((len(text), 5), 0.02)
    out[np.arange(len(text)), ["abc _".index(char) for char in text]] = 0.92
    return np.log(out).astype(np.float32)


def test_the_score_of_a_text_is_that_of_its_path():
    line = columns("_ab_ _c_")
    texts = [["ab", "c"], ["ab"], ["cb", "c"], [], ["a" * 9]]
    scores = path_scores(line, texts, "abc", 3)
    assert abs(scores[0]) < 1e-5
    assert -15 < scores[2] < scores[0] - 1
    assert scores[1] < -3  # a space and a letter are left over
    assert np.isneginf(scores[3:]).all()
    for words, score in zip(texts[:3], scores[:3], strict=True):
        alone = path_scores(line, [words], "abc", 3)[0]
        assert np.isclose(alone, score)
        of_words = sum(place.confidence * len(words[place.word]) for place in align(line, words, "abc", 3))
        assert score <= of_words + 1e-5


def test_lines_keep_their_order_and_may_be_left_out():
    gains = np.full((3, 4), -50.0)
    gains[0, 0] = gains[1, 2] = gains[2, 3] = 10
    assert match_lines(gains) == [(0, 0), (1, 2), (2, 3)]
    gains[1, 2] = -1
    assert match_lines(gains) == [(0, 0), (2, 3)]
    gains[2, 0] = 15  # crossing: only one of the two can be had
    assert match_lines(gains) == [(0, 0), (2, 3)]
    assert match_lines(np.zeros((0, 3))) == []


def test_a_line_gains_from_its_own_text():
    gains = line_gains([columns("_ab_ _c_"), columns("_cc_ba__")], [["ab", "c"], ["cba"]], "abc", 3)
    assert gains.shape == (2, 2)
    assert abs(gains[0, 0] - 3 * LEAST) < 1e-5
    assert gains[0, 1] < 0 < gains[1, 1]
    assert line_gains([], [["ab"]], "abc", 3).shape == (1, 0)


def level(start: float, stop: float, y: float) -> TextLine:
    return TextLine("ltr", np.array([start, stop], np.float32), np.array([y, y], np.float32), 30.0)


def test_a_line_across_two_columns_is_cut_between_them():
    words = [
        Word((10, 90, 50, 20), line=0), Word((70, 90, 30, 20), line=0),
        Word((10, 190, 50, 20), line=1), Word((300, 90, 60, 20), line=2),
    ]  # fmt: skip
    lines = ordered_lines(words, [level(0, 400, 100), level(0, 400, 200)])
    assert [(line.start, line.stop) for line in lines] == [(0, 200), (0, 400), (200, 400)]
    assert [float(line.middle(50)) for line in lines] == [100, 200, 100]


def test_words_on_no_traced_line_have_one_of_their_own():
    (line,) = ordered_lines([Word((10, 290, 50, 20)), Word((70, 292, 30, 20))], [level(0, 400, 100)])
    assert abs(float(line.middle(50)) - 301) < 2


def test_words_are_parted_in_the_widest_gap_of_ink():
    strip = np.zeros((48, 120), np.uint8)
    for left, right in ((8, 30), (33, 52), (70, 96)):  # the first two are one word with a small gap in it
        strip[15:35, left:right] = 255
    places = [AlignedWord(0, 3, 12, 0.0), AlignedWord(1, 19, 23, 0.0)]
    assert word_edges(strip, places) == [(6, 54), (68, 98)]
    assert word_edges(strip, []) == []
    assert word_edges(np.zeros((48, 120), np.uint8), places)[0] == (12, 48)


def test_certainty_rises_with_confidence():
    assert certainty(-0.1, -0.2) > 0.9 > 0.3 > certainty(-6.0, -1.0)
    assert certainty(-0.1, -0.2) > certainty(-0.1, -3.0)
