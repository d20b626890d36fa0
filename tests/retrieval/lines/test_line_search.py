"""Search in lines and boxes together: one hit a place, in the box that reads what is typed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mark_core import WordIndex
from mark_core.model.alphabet import ALPHABET
from mark_core.model.mark import MarkModel
from mark_core.retrieval.indexed import index_page
from mark_core.retrieval.lines.columns import LineColumns
from mark_core.retrieval.lines.fusion import LineHit, LineWeights, length_class, put_in
from mark_core.retrieval.lines.read import PageLines
from mark_core.segmentation.edit import merge_words, split_word
from mark_core.segmentation.text_line import TextLine
from tests.conftest import TEXTS, make_page

LETTERS = ALPHABET + " "
SPACE, BLANK = ALPHABET.__len__(), len(LETTERS)


def lines_that_read(words, texts, size):
    """A line for each row of words, in the columns of which every letter is read where its word stands."""
    lines, dense, inks = [], [], []
    for number in sorted({word.line for word in words}):
        members = [(word, text) for word, text in zip(words, texts, strict=True) if word.line == number]
        middle = np.median([word.box[1] + word.box[3] / 2 for word, _ in members])
        along = np.float32([0, size[0]])
        lines.append(
            TextLine("ltr", along, np.full(2, middle, np.float32), 24.0)
        )  # a strip as large as the page
        path = np.full(size[0] // 4, SPACE)
        ink = np.zeros(len(path), np.uint8)
        for word, text in members:
            begin, end = word.box[0] // 4 + 1, (word.box[0] + word.box[2]) // 4 - 1
            path[begin:end], ink[begin:end] = BLANK, 200
            path[np.linspace(begin, end - 1, len(text)).astype(int)] = [LETTERS.index(one) for one in text]
        log_p = np.full((len(path), BLANK + 1), np.log(1e-4))
        log_p[np.arange(len(path)), path] = np.log(1 - 1e-4 * BLANK)
        dense.append(log_p)
        inks.append(ink)
    return PageLines(size, tuple(lines), LineColumns.from_dense(dense, LETTERS, ink=inks))


@pytest.fixture
def line_model(random_model):
    """Random weights whose card says how much lines count."""
    return MarkModel(random_model.network, {"calibration": {"lines": LineWeights().to_card()}}, "cpu")


@pytest.fixture
def index_of(line_model):
    """An index of the drawn page with other boxes than its words have, whose lines read what stands there."""

    def make(boxes):
        page, words = make_page()
        seen = index_page(line_model, "p1", page, boxes)
        texts = [text.lower() for text in TEXTS]
        index = WordIndex(line_model)
        index.restore([replace(seen, lines=lines_that_read(words, texts, (page.width, page.height)))])
        return index, words

    return make


@pytest.mark.parametrize("text", ["orders", "captain", "orde*", "c?ptain", "ordrs~1"])
def test_with_weights_that_know_nothing_of_words_lines_find_them(index_of, text):
    _, words = make_page()
    index, words = index_of(words)
    wanted = text[:2]
    expected = [i for i, one in enumerate(TEXTS) if one.lower().startswith("or" if wanted == "or" else "c")]
    expected = [i for i in expected if TEXTS[i].lower() in ("orders", "captain")]
    hits = index.search(text, top=len(expected))
    assert sorted(hit.word for hit in hits) == expected
    assert [hit.box for hit in hits] == [
        words[hit.word].box for hit in hits
    ]  # the box, not the span, is shown


def test_a_word_that_reads_as_one_with_its_neighbour_is_found_in_its_own_place(index_of):
    _, words = make_page()
    joined = merge_words(words, [2, 3])
    index, words = index_of(joined)
    text = TEXTS[3].lower()
    (hit,) = [one for one in index.search(text, top=50) if one.score > 0.5]
    x, _, w, _ = words[3].box
    left, _, wide, _ = hit.box
    shared = min(left + wide, x + w) - max(left, x)
    assert shared / (max(left + wide, x + w) - min(left, x)) > 0.75
    assert joined[hit.word].box != hit.box


def test_a_word_in_two_boxes_is_one_hit(index_of):
    _, words = make_page()
    number = [text.lower() for text in TEXTS].index("captain")
    index, _ = index_of(split_word(words, number, 0.4))
    hits = index.search("captain", top=50)
    assert hits[0].score > 0.5
    assert sum(hit.score > 0.5 for hit in hits) == 1
    assert hits[0].box[2] > 0.8 * words[number].box[2]


def test_what_was_rejected_does_not_come_back_through_the_line(index_of):
    _, words = make_page()
    index, _ = index_of(merge_words(words, [2, 3]))
    text = TEXTS[3].lower()
    first = index.search(text, top=1)[0]
    again = index.search(text, top=50, rejected=[(first.page, first.word)])
    assert all(hit.box != first.box for hit in again)


def test_a_phrase_is_found_where_its_words_follow_each_other(index_of):
    _, words = make_page()
    index, words = index_of(words)
    phrase = " ".join(TEXTS[1:3]).lower()
    hits = index.search(phrase, top=1)
    assert hits[0].word == 1
    assert hits[0].boxes == (words[1].box, words[2].box)


def test_pages_whose_lines_were_not_read_are_searched_as_ever(line_model, index_of):
    page, words = make_page()
    plain = WordIndex(line_model)
    plain.restore([replace(index_page(line_model, "p9", page, words), lines=None)])
    both, _ = index_of(words)
    both.copy_from(plain, plain.pages[0].id)
    before = {hit.word: hit.score for hit in plain.search("captain", top=99)}
    after = {hit.word: hit.score for hit in both.search("captain", top=99) if hit.page != "p1"}
    assert after == pytest.approx(before)


def test_hits_of_the_line_take_the_place_of_less_likely_words_only():
    hits = [LineHit(1, 2.0, 0, (2,)), LineHit(0, -1.0, 1, (1,))]
    logit, boxes = put_in(np.array([0.0, 1.0, 1.5, 3.0]), hits, [(5, 5, 9, 9), (0, 0, 9, 9)].__getitem__)
    assert logit.tolist() == [0.0, 2.0, -np.inf, 3.0]
    assert boxes == {1: ((5, 5, 9, 9),)}


def test_lines_are_searched_only_by_weights_that_say_how_much_they_count(random_model):
    page, words = make_page()
    index = WordIndex(random_model)
    index.add(page, words)
    assert index.pages[0].lines.columns is not None
    assert index._snapshot().lines is None


def test_weights_of_lines_travel_in_the_card():
    card = {"calibration": {"lines": {"alone": [[0.0, 1.0]] * 4}}}
    assert LineWeights.from_card(card).alone == ((0.0, 1.0),) * 4
    assert LineWeights.from_card(card).both == LineWeights().both
    assert LineWeights.from_card({}) == LineWeights()
    assert [length_class(letters) for letters in (1, 2, 3, 4, 5, 7, 8, 20)] == [0, 0, 1, 1, 2, 2, 3, 3]
