"""Typed queries in the text of a page match what they match in its ink."""

from __future__ import annotations

import pytest

from mark_core.retrieval.query import parse_query
from mark_core.transcript.page_text import PageText, TextWord
from mark_core.transcript.text_search import combined, find_in_text, is_contradicted, weighed_down

TEXT = "Captain Ashby, at Winchester: the Iournal & vvill of Cumberlandd"
WORDS = [
    TextWord(text, 0, (10 * n, 0, 8, 8), 0.5 + 0.05 * n, by_hand=n == 0)
    for n, text in enumerate(TEXT.split())
]


def found(query: str, variants: bool = False, language: str | None = None) -> list[str]:
    terms = parse_query(query, variants, abbreviations_of=language)
    matches = find_in_text(PageText(tuple(WORDS)), terms)
    assert all(match.count == len(terms) for match in matches)
    return [" ".join(word.text for word in WORDS[m.first : m.first + m.count]) for m in matches]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ashby", ["Ashby,"]),
        ("winch*", ["Winchester:"]),
        ("c*", ["Captain", "Cumberlandd"]),
        ("cap?ain", ["Captain"]),
        ("capt?", []),
        ("*s*e*", ["Winchester:"]),
        ("aschby", []),
        ("aschby~1", ["Ashby,"]),
        ("asby~1", ["Ashby,"]),
        ("axxby~1", []),
        ("axxby~2", ["Ashby,"]),
        ('"captain ashby"', ["Captain Ashby,"]),
        ("capt* a?hby at", ["Captain Ashby, at"]),
        ("ashby captain", []),
        ("iournal", ["Iournal"]),
        ("journal", []),
    ],
)
def test_queries(query: str, expected: list[str]) -> None:
    assert found(query) == expected


def test_old_spellings() -> None:
    assert found("journal", variants=True) == ["Iournal"]
    assert found("cumberland", variants=True) == ["Cumberlandd"]
    assert found("uuill", variants=True) == ["vvill"]
    assert found("j*", variants=True) == ["Iournal"]


def test_an_abbreviation_is_less_sure_than_the_word() -> None:
    words = [TextWord("rec’d", 0, (0, 0, 8, 8), 0.9), TextWord("received", 0, (9, 0, 8, 8), 0.9)]
    terms = parse_query("received", abbreviations_of="en")
    short, full = find_in_text(PageText(tuple(words)), terms)
    assert full.certainty == 0.9
    assert 0.4 < short.certainty < 0.7


def test_a_phrase_is_as_sure_as_its_least_sure_word() -> None:
    (match,) = find_in_text(PageText(tuple(WORDS)), parse_query("captain ashby"))
    assert (match.first, match.certainty) == (0, 0.55)
    (sure,) = find_in_text(PageText(tuple(WORDS[:1])), parse_query("captain"))
    assert sure.certainty == 1.0  # by hand


def test_what_is_not_on_the_page_is_not_found() -> None:
    assert find_in_text(PageText((TextWord("orders", 0),)), parse_query("orders")) == []
    assert find_in_text(PageText(()), parse_query("orders")) == []


def test_the_surer_of_both_counts_and_other_words_contradict() -> None:
    assert combined(0.2, 0.9) == 0.9
    assert combined(0.95, 0.9) == 0.95
    sure, unsure = TextWord("a", 0, (0, 0, 1, 1), 0.95), TextWord("b", 0, (0, 0, 1, 1), 0.6)
    by_hand = TextWord("c", 0, (0, 0, 1, 1), 1.0, by_hand=True)
    assert is_contradicted([sure, by_hand])
    assert not is_contradicted([sure, unsure])
    assert not is_contradicted([])
    assert weighed_down(0.8, [sure]) == 0.8  # a text may be wrong
    assert weighed_down(0.8, [by_hand]) == pytest.approx(0.08)


def test_a_word_over_the_end_of_a_line_is_one() -> None:
    words = [
        TextWord("to", 0, (0, 0, 8, 8), 0.9),
        TextWord("Winches-", 0, (9, 0, 8, 8), 0.9),
        TextWord("ter", 1, (0, 9, 8, 8), 0.7),
        TextWord("and", 1, (9, 9, 8, 8), 0.7),
    ]
    text = PageText(tuple(words))
    (match,) = find_in_text(text, parse_query("winchester"))
    assert (match.first, match.count, match.certainty, match.divided) == (1, 2, 0.7, True)
    assert find_in_text(text, parse_query("terand")) == []  # within a line
    (match,) = find_in_text(text, parse_query("winch*"))
    assert (match.count, match.divided) == (1, False)
