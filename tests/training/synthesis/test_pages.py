"""Pages drawn with the one font that comes with Pillow: nothing is downloaded."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from mark_core.training.synthesis import pages
from mark_core.training.synthesis.fonts import Face
from mark_core.training.synthesis.pages import render_page
from mark_core.training.synthesis.pages_hand import draw_hand
from mark_core.training.synthesis.pages_scan import scan_page
from tests.training.few_words import FewWords


@pytest.fixture(scope="module", params=["hand", "black", "print"])
def face(request, default_font):
    return Face("default", "400-normal", request.param, (default_font,))


def page_of(face, seed):
    return render_page(face, "en", FewWords("1755"), np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(4))
def test_boxes_hold_the_ink_of_their_words(face, seed):
    page = page_of(face, seed)
    assert page.grey.dtype == np.uint8
    assert page.grey.shape == page.owner.shape
    assert len(page.words) == len(page.lines) > 20
    assert page.owner.max() < len(page.words)
    x, y, w, h = page.words.T
    assert (x >= 0).all()
    assert (y >= 0).all()
    assert (x + w <= page.grey.shape[1]).all()
    assert (y + h <= page.grey.shape[0]).all()
    rows, columns = np.nonzero(page.owner >= 0)
    word = page.owner[rows, columns]
    assert ((x[word] <= columns) & (columns < (x + w)[word])).all()
    assert ((y[word] <= rows) & (rows < (y + h)[word])).all()


@pytest.mark.parametrize("seed", range(4))
def test_words_are_darker_than_the_paper_and_in_order(face, seed):
    page = page_of(face, seed)
    assert np.median(page.grey[page.owner >= 0]) < np.median(page.grey[page.owner < 0]) - 10
    assert (np.diff(page.lines) >= 0).all()
    for line in np.unique(page.lines):
        assert (np.diff(page.words[page.lines == line, 0]) > 0).all()


def test_a_page_depends_on_the_generator_alone(face):
    one, two, other = page_of(face, 7), page_of(face, 7), page_of(face, 8)
    np.testing.assert_array_equal(one.grey, two.grey)
    np.testing.assert_array_equal(one.words, two.words)
    assert one.grey.shape != other.grey.shape


def test_a_face_without_letters_is_refused(face, monkeypatch):
    monkeypatch.setattr(pages, "_words", lambda *arguments: itertools.repeat(" "))
    with pytest.raises(ValueError, match="draws nothing"):
        render_page(face, "en", FewWords("1755"), np.random.default_rng(0))


def test_hands_differ_in_the_space_between_words():
    hands = [draw_hand("hand", np.random.default_rng(seed)) for seed in range(200)]
    spaces = np.array([hand.space for hand in hands])
    assert np.percentile(spaces, 5) < 0.5
    assert np.percentile(spaces, 95) > 1.2


def test_scan_keeps_shape_and_ink():
    alpha = np.zeros((120, 200), np.uint8)
    alpha[50:60, 20:180] = 255
    for seed in range(30):
        scan = scan_page(alpha, 15.0, np.array([60.0]), 0.0, np.random.default_rng(seed))
        assert scan.shape == alpha.shape
        assert scan.dtype == np.uint8
        assert scan[52:58, 60:140].mean() < np.median(scan)


def test_a_page_that_cannot_be_read_is_refused(face, monkeypatch):
    monkeypatch.setattr(pages, "scan_page", lambda ink, *_: np.full(ink.shape, 200, np.uint8))
    with pytest.raises(ValueError, match="too little of the ink"):
        page_of(face, 3)


def test_scripts_of_joined_letters_have_the_space_of_their_face(default_font, monkeypatch):
    monkeypatch.setattr(pages, "_is_legible", lambda *_: True)
    face = Face("default", "400-normal", "print", (default_font,))
    narrow = []
    for seed in range(6):
        page = render_page(face, "mn", FewWords(), np.random.default_rng(seed))
        height = np.median(page.words[:, 3])
        for line in np.unique(page.lines):
            x, _, w, _ = page.words[page.lines == line].T
            narrow += ((x[1:] - x[:-1] - w[:-1]) / height).tolist()
    assert np.quantile(narrow, 0.1) > 0.1


def test_punctuation_may_take_the_space_behind_it(default_font, monkeypatch):
    face = Face("default", "400-normal", "print", (default_font,))

    class Commas(FewWords):
        def draw(self, generator, kind):
            return "orders"

    monkeypatch.setattr(pages, "_is_legible", lambda *_: True)
    monkeypatch.setattr(pages, "written_form", lambda word, *_: f"{word},")

    def widest(tight: float) -> float:
        hand = draw_hand("print", np.random.default_rng(1))
        changed = replace(hand, tight=tight, virgule=False, justified=False, detached=0.0)
        monkeypatch.setattr(pages, "draw_hand", lambda *_: changed)
        page = render_page(face, "en", Commas(), np.random.default_rng(1))
        x, _, w, _ = page.words[page.lines == 0].T
        return float(np.median(x[1:] - x[:-1] - w[:-1])) / hand.x_height

    assert widest(0.0) < 0.15 < widest(1.0)
