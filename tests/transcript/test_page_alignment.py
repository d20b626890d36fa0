"""Words of a transcript on their page, with the shipped weights: a rendered letter whose words are known."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

import mark_core as mark
from mark_core.evaluation.boxes import likeness
from mark_core.model.mark import MarkModel
from tests.conftest import draw_word

SAMPLES = Path(__file__).resolve().parents[2] / "sample_pages"
STRANGE = ["arma virumque cano troiae", "qui primus ab oris", "italiam fato profugus laviniaque venit litora"]

Line = list[tuple[str, np.ndarray]]


@pytest.fixture(scope="module")
def model() -> MarkModel:
    return mark.load_model()


def is_below(box: list[int], last: np.ndarray) -> bool:
    """Whether a word stands on another line than the one before it."""
    return box[1] > last[1] + last[3] / 2 and (box[0] < last[0] or box[1] > last[1] + last[3])


@pytest.fixture(scope="module")
def letter() -> tuple[np.ndarray, list[Line]]:
    """The upper part of the letter, and its words with their boxes, line by line."""
    name = "letter-english-rendered.jpg"
    lines: list[Line] = [[]]
    for text, *box in json.loads((SAMPLES / "letters.json").read_text(encoding="utf-8"))[name]:
        if lines[-1] and is_below(box, lines[-1][-1][1]):
            lines.append([])
        lines[-1].append((text, np.array(box[:4])))
    last = max(box[1] + box[3] for _, box in lines[8])
    return mark.load_page(SAMPLES / name).pixels[: last + 20], lines[:9]


@pytest.fixture(scope="module")
def index(model, letter) -> mark.WordIndex:
    index = mark.WordIndex(model)
    index.add(mark.load_page(letter[0]))
    return index


def text_of(lines: list[Line]) -> list[str]:
    return [" ".join(word for word, _ in line) for line in lines]


def right(found: mark.AlignedText, lines: list[Line]) -> list[bool]:
    """For every placed word, whether it lies on the true box."""
    true = [lines[word.line][word.number][1] for word in found.placed]
    return [
        bool(likeness(np.array([word.box]), box[None])[2][0, 0])
        for word, box in zip(found.placed, true, strict=True)
    ]


def test_every_word_is_placed_on_its_ink(model, letter):
    pixels, lines = letter
    found = mark.align(mark.load_page(pixels), "\n".join(text_of(lines)), model)
    assert not found.unplaced
    assert [word.text for word in found.placed] == [word for line in lines for word, _ in line]
    assert np.mean(right(found, lines)) >= 0.95
    assert found.certainty > 0.8
    assert list(found.lines) == list(range(len(lines)))


def test_an_index_lends_its_words_and_its_model(index, letter):
    _, lines = letter
    found = mark.align(index, text_of(lines))
    words = index.pages[0].words
    own = [word for word in found.placed if word.word is not None]
    assert len(own) > 0.8 * len(found.placed)
    assert all(words[word.word].box == word.box for word in own)
    assert np.mean(right(found, lines)) >= 0.95
    again = mark.align(index, text_of(lines)[:1], page_id=index.pages[0].id)
    assert [word.box for word in again.placed] == [w.box for w in found.placed if w.line == 0]
    with pytest.raises(mark.MarkError):
        mark.align(index, "orders", page_id="p9")


def test_a_missing_and_a_doubled_line_move_no_other(index, letter):
    _, lines = letter
    whole = {word.text: word.box for word in mark.align(index, text_of(lines)).placed if word.line in (0, 8)}
    fewer = lines[:4] + lines[5:]
    found = mark.align(index, text_of(fewer))
    assert list(found.lines) == [0, 1, 2, 3, 5, 6, 7, 8]
    assert whole.items() <= {word.text: word.box for word in found.placed if word.line in (0, 7)}.items()
    more = lines[:5] + lines[4:]
    found = mark.align(index, text_of(more))
    assert sorted(line for line in found.lines if line is not None) == list(range(9))
    assert found.lines.count(None) == 1
    (lost,) = {word.line for word in found.unplaced}
    assert lost in (4, 5)


def test_wrong_words_cost_certainty_not_places(index, letter):
    _, lines = letter
    g = np.random.default_rng(0)
    wrong = [
        [(w if n % 4 else "".join(g.choice(list("aeioumnrst"), len(w))), b) for n, (w, b) in enumerate(line)]
        for line in lines
    ]
    found = mark.align(index, text_of(wrong))
    assert sum(right(found, wrong)) >= 0.85 * sum(map(len, wrong))
    is_wrong = np.array([word.number % 4 == 0 for word in found.placed])
    certainties = np.array([word.certainty for word in found.placed])
    assert certainties[is_wrong].mean() < 0.3
    assert certainties[~is_wrong].mean() > 0.8


def test_a_text_of_another_page_is_noticed(index, letter):
    _, lines = letter
    found = mark.align(index, STRANGE)
    assert found.certainty < 0.1
    assert all(word.certainty < 0.5 for word in found.placed)
    mixed = [*text_of(lines)[:4], STRANGE[0], *text_of(lines)[4:]]
    found = mark.align(index, mixed)
    assert {word.line for word in found.unplaced} == {4}


def test_what_has_no_letters_is_unplaced(index, letter):
    _, lines = letter
    text = text_of(lines)
    text[1] += " & 日本"
    found = mark.align(index, text)
    assert [(word.text, word.line) for word in found.unplaced] == [("&", 1), ("日本", 1)]
    assert mark.align(index, "").placed == ()
    assert mark.align(index, "").certainty == 0.0


def test_a_picture_of_one_line(model):
    words = [
        cv2.copyMakeBorder(draw_word(w), 0, 0, 10, 10, cv2.BORDER_CONSTANT, value=225)
        for w in ("the", "orders")
    ]
    high = max(word.shape[0] for word in words) + 40
    parts = [
        cv2.copyMakeBorder(w, high - w.shape[0] - 20, 20, 0, 0, cv2.BORDER_CONSTANT, value=225) for w in words
    ]
    found = mark.align(np.hstack(parts), "the orders", model)
    first, second = found.placed
    assert first.box[0] + first.box[2] <= parts[0].shape[1] + 5
    assert second.box[0] >= parts[0].shape[1] - 5


def test_a_blank_page_leaves_every_word_unplaced(model):
    found = mark.align(np.full((400, 600), 240, np.uint8), "the orders", model)
    assert [word.text for word in found.unplaced] == ["the", "orders"]
    assert found.certainty == 0.0


def test_a_text_by_paragraphs_is_broken_where_the_page_breaks_it(index, letter):
    _, lines = letter
    whole = [word.text for word in mark.align(index, text_of(lines)).placed]
    running = " ".join(text_of(lines))
    assert not mark.align(index, running).belongs
    found = mark.align(index, running, rebreak=True)
    assert found.belongs
    assert [word.text for word in found.placed] == whole
    true = [box for line in lines for _, box in line]
    shares = [
        likeness(np.array([word.box]), box[None])[2][0, 0]
        for word, box in zip(found.placed, true, strict=True)
    ]
    assert np.mean(shares) >= 0.95
    # a text of another page stays one, and one that has its lines keeps them
    assert not mark.align(index, " ".join(STRANGE), rebreak=True).belongs
    assert mark.align(index, text_of(lines), rebreak=True).lines == mark.align(index, text_of(lines)).lines
