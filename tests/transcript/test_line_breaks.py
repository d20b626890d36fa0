"""A text by paragraphs is broken as it is read on the page."""

from __future__ import annotations

import numpy as np

from mark_core.transcript.line_breaks import broken, read_letters

TEXT = "The Company of Captain Ashby is marched to the Fort upon the South Branch"
WORDS = TEXT.split()


def by_line(read: list[str]) -> list[str]:
    return [" ".join(line) for line in broken(WORDS, read)]


def test_words_go_to_the_line_in_which_they_are_read() -> None:
    read = ["thecompanyofcaptain", "ashbyismarchedto", "thefortuponthesouth", "branch"]
    assert by_line(read) == [
        "The Company of Captain",
        "Ashby is marched to",
        "the Fort upon the South",
        "Branch",
    ]


def test_misread_letters_and_lines_beside_the_text_move_no_other() -> None:
    read = [
        "xyzzyqqq",
        "thecornpanyofoaptam",
        "ashhyismarohedto",
        "vvvvkkkk",
        "thefortupouthesonth",
        "brauch",
    ]
    assert by_line(read) == [
        "The Company of Captain",
        "Ashby is marched to",
        "the Fort upon the South",
        "Branch",
    ]


def test_nothing_is_broken_without_a_text_or_a_page() -> None:
    assert broken([], ["abc"]) == []
    assert broken(["&"], ["abc"]) == []
    assert broken(WORDS, ["", ""]) == []


def test_a_text_that_is_too_long_is_left_alone(monkeypatch) -> None:
    monkeypatch.setattr("mark_core.transcript.line_breaks.MAX_CELLS", 100)
    assert by_line(["thecompanyofcaptain"]) == []


def test_lines_that_run_to_the_left() -> None:
    assert broken(["שלום", "עולם", "טוב"], ["םלועםולש", "בוט"]) == [["שלום", "עולם"], ["טוב"]]


def test_letters_are_those_of_the_likeliest_path() -> None:
    path = [3, 0, 0, 3, 0, 2, 1, 3]  # classes a, b, space, blank
    log_p = np.log(np.eye(4)[path] * 0.9 + 0.02)
    assert read_letters([log_p, np.zeros((0, 4))], "ab") == ["aab", ""]
