"""Pages of the lines of one hand: words stand where they are said to stand."""

import numpy as np

from mark_core.model.alignment import AlignedWord
from mark_core.model.strip import STRIP_HEIGHT, to_strip
from mark_core.training.real import hand_pages as module
from mark_core.training.real.hand_pages import hand_pages
from mark_core.training.real.lines import Line
from tests.conftest import draw_word

WORDS = ("orders", "to", "the", "captain", "letter")


def line_of(hand):
    parts = [to_strip(draw_word(word)) for word in WORDS]
    gap = np.zeros((STRIP_HEIGHT, 24), np.uint8)
    strip = np.concatenate([piece for part in parts for piece in (gap, part)] + [gap], axis=1)
    starts = np.cumsum([24 + part.shape[1] for part in parts]) - [part.shape[1] for part in parts]
    edges = [(int(start), int(start) + part.shape[1]) for start, part in zip(starts, parts, strict=True)]
    return Line(strip, WORDS, hand, "eng", "manuscript", True), edges


def test_a_page_for_every_hand_with_enough_words(random_model, monkeypatch):
    line, edges = line_of("set/one")
    few, _ = line_of("set/two")
    monkeypatch.setattr(module, "_places", lambda model, lines: iter([edges] * len(lines)))
    ((page, known),) = hand_pages(random_model, [line] * 9 + [few] * 2)
    assert page.name == "set/one"
    assert known.texts == [*WORDS] * 9
    assert known.boxes.shape == (45, 4)
    for x, y, w, h in known.boxes:
        inside, around = page.grey[y : y + h, x : x + w], page.grey[y : y + h, x + w : x + w + 16]
        assert inside.min() < 120  # ink
        assert around.min() > 150  # the gap


def test_lines_whose_words_are_not_surely_placed_are_left_out(random_model, monkeypatch):
    line, _ = line_of("set/one")
    for unsure, pages in ((-2.0, 1), (-4.0, 0)):
        places = [AlignedWord(i, 20 * i, 20 * i + 10, unsure if i == 2 else 0.0) for i in range(len(WORDS))]
        monkeypatch.setattr(module, "align", lambda *of, places=places: places)
        assert len(list(hand_pages(random_model, [line] * 12))) == pages
