"""Pages of other scripts, drawn with the font that comes with Pillow: the geometry does not depend on the script."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mark_core.training.synthesis import pages, script_pages
from mark_core.training.synthesis.fonts import Face
from mark_core.training.synthesis.pages import render_page
from mark_core.training.synthesis.script_pages import Script, pages_in, turned
from tests.training.few_words import FewWords


@pytest.fixture(scope="module")
def face(default_font):
    return Face("default", "400-normal", "print", (default_font,))


def test_a_turned_page_has_its_boxes_on_the_ink_and_its_columns_from_the_left(face):
    page = render_page(face, "en", FewWords(), np.random.default_rng(2))
    side = turned(page)
    assert side.grey.shape == page.grey.shape[::-1]
    assert len(side.words) == len(page.words)
    for number, (x, y, w, h) in enumerate(side.words):
        rows, columns = np.nonzero(side.owner == number)
        if len(rows):
            assert x <= columns.min() <= columns.max() < x + w
            assert y <= rows.min() <= rows.max() < y + h
    assert (np.diff(side.lines) >= 0).all()
    middles = [side.words[side.lines == line, 0].mean() for line in np.unique(side.lines)]
    assert (np.diff(middles) > 0).all()
    for line in np.unique(side.lines):
        assert (np.diff(side.words[side.lines == line, 1]) > 0).all()


def test_a_leftward_page_begins_its_lines_on_the_right(face, monkeypatch):
    drawn = pages.draw_hand
    monkeypatch.setattr(pages, "draw_hand", lambda *given: replace(drawn(*given), justified=False))
    monkeypatch.setattr(pages, "_is_legible", lambda *_: True)
    page = render_page(face, "ar", FewWords(), np.random.default_rng(4))
    for line in np.unique(page.lines):
        assert (np.diff(page.words[page.lines == line, 0]) < 0).all()
    first = np.array([page.words[page.lines == line][0] for line in np.unique(page.lines)])
    last = np.array([page.words[page.lines == line][-1] for line in np.unique(page.lines)])
    assert (first[:, 0] + first[:, 2]).std() < last[:, 0].std()


def test_pages_are_drawn_in_the_faces_in_turn_and_a_seed_gives_the_same(face, monkeypatch):
    monkeypatch.setitem(script_pages.SCRIPTS, "test", Script("en", "a", turned=True))
    once = list(pages_in("test", [face], FewWords(), 2, seed=1))
    again = list(pages_in("test", [face], FewWords(), 2, seed=1))
    assert len(once) == 2
    np.testing.assert_array_equal(once[1].grey, again[1].grey)
    assert once[0].grey.shape != once[1].grey.shape


def test_a_script_without_a_face_is_refused():
    with pytest.raises(ValueError, match="no face draws mongolian"):
        list(pages_in("mongolian", [], FewWords(), 1, seed=0))
