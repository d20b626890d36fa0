from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from mark_core.data_files import data_file
from mark_core.model.mark import load_model
from mark_core.pages.load import load_page
from mark_core.pages.turn import turned
from mark_core.retrieval import orientation
from mark_core.retrieval.orientation import LineReading, turn_of, turned_upright

UPRIGHT = LineReading(300, 0.7)
ON_HEAD = LineReading(260, 0.6)


@cache
def sample():
    return load_page(data_file("sample_pages/letter-english-rendered.jpg"))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_page_that_lies_wrong_is_turned_with_a_word_about_it(degrees):
    page, said = sample(), []
    lying = load_page(turned(page.pixels, degrees))
    found = turned_upright(lying, turn_of(load_model(), lying.grey), said.append)
    assert found.turn == -degrees % 360
    np.testing.assert_array_equal(found.pixels, page.pixels)
    sentence = {0: None, 180: "This page was upside down and was turned."}
    assert (str(said[0]) if said else None) == sentence.get(
        degrees, "This page lay on its side and was turned."
    )


def readings(monkeypatch, by_turn):
    """What is read each way round: `grey` is a picture whose first row tells how it was turned."""
    asked = []

    def read(model, grey):
        corner = [grey[0, 0], grey[0, -1], grey[-1, -1], grey[-1, 0]].index(1)
        degrees = 90 * corner
        asked.append(degrees)
        return by_turn[degrees]

    monkeypatch.setattr(orientation, "read_some_lines", read)
    monkeypatch.setattr(orientation, "reads_lines", lambda model: True)
    grey = np.zeros((20, 30), np.uint8)
    grey[0, 0] = 1
    return turn_of(None, grey), asked


def columns(reading, vertical=0.0):
    return LineReading(reading.letters, reading.sure, True, vertical)


def test_a_page_that_is_read_surely_is_read_once(monkeypatch):
    assert readings(monkeypatch, {0: LineReading(300, 0.9)}) == (0, [0])


def test_a_hard_hand_stays_unless_it_is_read_better_on_its_head(monkeypatch):
    assert readings(monkeypatch, {0: UPRIGHT, 180: ON_HEAD}) == (0, [0, 180])
    assert readings(monkeypatch, {0: ON_HEAD, 180: UPRIGHT}) == (180, [0, 180])
    alike = LineReading(260, 0.67)
    assert readings(monkeypatch, {0: alike, 180: UPRIGHT})[0] == 0


def test_a_page_on_its_side_looks_like_columns(monkeypatch):
    assert readings(monkeypatch, {0: columns(UPRIGHT), 90: ON_HEAD, 270: UPRIGHT})[0] == 270
    assert readings(monkeypatch, {0: columns(ON_HEAD), 90: UPRIGHT, 270: ON_HEAD})[0] == 90


def test_vertical_writing_and_writing_that_cannot_be_read_stay(monkeypatch):
    mongolian = LineReading(300, 0.8, vertical=0.9)
    assert readings(monkeypatch, {0: columns(mongolian, 0.9), 90: ON_HEAD, 270: mongolian})[0] == 0
    unread, worse = LineReading(300, 0.45), LineReading(300, 0.35)
    assert readings(monkeypatch, {0: columns(unread), 90: worse, 270: unread})[0] == 0
    few = LineReading(12, 0.9)
    assert readings(monkeypatch, {0: columns(few), 90: worse, 270: few})[0] == 0


def test_lines_that_are_found_across_the_writing(monkeypatch):
    across, over = LineReading(102, 0.41), LineReading(115, 0.38)
    sides = {90: LineReading(308, 0.62), 270: LineReading(330, 0.84)}
    assert readings(monkeypatch, {0: across, 180: over} | sides)[0] == 270
    table = {90: LineReading(308, 0.42), 270: LineReading(330, 0.5)}
    assert readings(monkeypatch, {0: across, 180: over} | table)[0] == 0
