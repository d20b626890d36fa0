import sys

import numpy as np
import pytest

from mark_core import MarkError
from mark_core.training.lexicon import Lexicon, file_lexicon, language_lexicon, load_lexicon


def test_spellings_that_fold_alike_are_one_word():
    lexicon = Lexicon.of([("Órders", 0.2), ("orders", 0.1), ("λόγος", 0.5), ("letter", 0.0), ("a" * 60, 0.1)])
    assert lexicon.words == ("letter", "orders")
    np.testing.assert_allclose(np.exp(lexicon.log_frequency), [1e-8, 0.3], rtol=1e-5)


def test_a_list_without_latin_words_is_refused():
    with pytest.raises(MarkError, match="no word in Latin letters"):
        Lexicon.of([("λόγος", 1.0)])


def test_general_lists():
    english = language_lexicon("en")
    assert {"orders", "general", "captain"} <= set(english.words)
    assert (
        english.log_frequency[english.words.index("the")]
        > english.log_frequency[english.words.index("orders")]
    )
    both = load_lexicon("en+de")
    assert {"orders", "brief"} <= set(both.words)
    assert len(both) > len(english)


@pytest.mark.parametrize("languages", [("xx",), ("en", "xx"), ()])
def test_unknown_languages_are_named(languages):
    with pytest.raises(MarkError, match="no word list"):
        language_lexicon(*languages)


def test_without_the_package_a_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    with pytest.raises(MarkError, match="pip install wordfreq"):
        language_lexicon("en")


def test_a_list_of_ones_own(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("# names\nWinchester\t3\nFort,1\nCumberland\n\n", encoding="utf-8")
    lexicon = load_lexicon(str(path))
    assert lexicon.words == ("cumberland", "fort", "winchester")
    np.testing.assert_allclose(np.exp(lexicon.log_frequency), [0.2, 0.2, 0.6], rtol=1e-5)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MarkError, match="cannot be read"):
        file_lexicon(path)
    with pytest.raises(MarkError, match="cannot be read"):
        load_lexicon(str(tmp_path / "none.txt"))


def test_words_can_be_added_to_a_list():
    words = Lexicon.of([("fort", 0.5), ("march", 0.125)]).with_words(["Fort", "Cumberland", "λόγος", ""])
    assert words.words == ("cumberland", "fort", "march")
    known = dict(zip(words.words, np.exp(words.log_frequency), strict=True))
    assert known["fort"] == pytest.approx(0.5)
    assert known["cumberland"] == pytest.approx(0.3125)  # as frequent as the list's words on average


def test_no_list_is_a_choice():
    assert load_lexicon("none") is None
