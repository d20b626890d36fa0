import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core import MarkError
from mark_core.model.alphabet import ALPHABET, MAX_QUERY_LETTERS, fold, fold_lenient, is_supported


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
