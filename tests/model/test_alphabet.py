import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core import MarkError
from mark_core.model.alphabet import (
    ALPHABET,
    LETTERS,
    MAX_QUERY_LETTERS,
    SCRIPTS,
    fold,
    fold_lenient,
    ink_order,
    is_supported,
    script_of,
)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Winchester", "winchester"),
        ("ſamſung", "samsung"),
        ("Straße", "strasse"),
        ("Élève,", "eleve"),
        ("œuvre", "oeuvre"),
        ("cæſar", "caesar"),
        ("ﬁnal", "final"),
        ("29.th", "29th"),
        ("nō", "no"),
        ("ꝑ", "p"),
        ("re-port", "report"),
    ],
)
def test_rules(typed, folded):
    assert fold(typed) == folded


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing(text):
    once = fold_lenient(text)
    assert fold_lenient(once) == once


@given(st.text(alphabet=ALPHABET, min_size=1, max_size=MAX_QUERY_LETTERS))
def test_alphabet_is_kept(text):
    assert fold(text) == text
    assert is_supported(text)


@pytest.mark.parametrize("text", ["λόγος", "слово", "كتاب", "ᠮᠣᠩᠭᠣᠯ", "wordλ"])
def test_other_scripts_are_said_plainly(text):
    with pytest.raises(MarkError, match="click a word"):
        fold(text)
    assert not is_supported(text)


@pytest.mark.parametrize("text", ["", "   ", ".,;", "́"])
def test_nothing_to_search(text):
    with pytest.raises(MarkError, match="Type at least one letter"):
        fold(text)


def test_too_long():
    with pytest.raises(MarkError, match="300 letters"):
        fold("a" * 300)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("λόγος", "λογοσ"),  # accent, final sigma
        ("ἁμαρτίᾳ", "αμαρτια"),  # breathing, iota subscript
        ("ΛΟΓΟΣ", "λογοσ"),
        ("Слово", "слово"),
        ("бо́гъ", "богъ"),  # accent set as a mark of its own
        ("ѣсть", "есть"),
        ("ѿца", "отца"),
        ("миръ,", "миръ"),
        ("شَمْس", "شمس"),  # vowel points
        ("ﺷﻤﺲ", "شمس"),  # presentation forms of the letters' places in a word
        ("مدرسة", "مدرسه"),
        ("كـــتاب", "كتاب"),  # drawn out
        ("شَلוֹם", "شلומ"),  # what stays of two scripts in one word
        ("שָׁלוֹם", "שלומ"),  # points and final mem
        ("ארץ", "ארצ"),
        ("ᠮᠤᠩᠭᠤᠯ", "ᠮᠣᠩᠭᠣᠯ"),  # o and u look the same
        ("٣٤", "34"),
    ],
)
def test_letters_of_other_scripts(typed, folded):
    assert fold_lenient(typed) == folded
    assert fold(typed, LETTERS) == folded
    assert is_supported(typed, LETTERS)


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_keeps_its_letters_whichever_case_or_accent(script):
    for letter in SCRIPTS[script]:
        assert fold_lenient(letter) == letter
        assert fold_lenient(letter.upper() + "\u0301") == letter
        assert script_of("1" + letter) == ("latin" if letter.isdigit() else script)


def test_no_letter_is_in_two_scripts():
    assert len(set(LETTERS)) == len(LETTERS)


@given(st.text(alphabet=LETTERS, max_size=8))
def test_the_order_of_ink_turned_twice_is_the_order_of_typing(word):
    assert ink_order(ink_order(word)) == word
    assert sorted(ink_order(word)) == sorted(word)


def test_only_words_to_the_left_are_turned():
    assert ink_order("שלומ") == "מולש"
    assert ink_order(("ש", "*", "מ", "?")) == ("?", "מ", "*", "ש")
    assert ink_order("λογοσ") == "λογοσ"
    assert ink_order(("?", "*")) == ("?", "*")
    assert ink_order("") == ""


@pytest.mark.parametrize("text", ["სიტყვა", "语言", "слова语"])
def test_scripts_that_nobody_reads_are_said_plainly(text):
    with pytest.raises(MarkError, match="click a word"):
        fold(text, LETTERS)
