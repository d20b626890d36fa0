from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mark_core.model.alphabet import ALPHABET
from mark_core.model.phoc import Phoc


def slow_phoc(word: str, phoc: Phoc) -> np.ndarray:
    """The definition, letter by letter, in exact fractions."""
    out = []
    for levels, symbols, span in ((phoc.levels, phoc.alphabet, 1), (phoc.bigram_levels, phoc.bigrams, 2)):
        if not symbols:
            continue
        for level in levels:
            for region in range(level):
                for symbol in symbols:
                    found = 0.0
                    for k in range(len(word) - span + 1):
                        if word[k : k + span] != symbol:
                            continue
                        start, end = Fraction(k, len(word)), Fraction(k + span, len(word))
                        low, high = Fraction(region, level), Fraction(region + 1, level)
                        inside = max(Fraction(0), min(end, high) - max(start, low))
                        if inside / (end - start) >= Fraction(1, 2):
                            found = 1.0
                    out.append(found)
    return np.array(out, np.float32)


words = st.text(alphabet="abcxyz019", max_size=15)


@given(words)
def test_equals_definition(word):
    phoc = Phoc()
    np.testing.assert_array_equal(phoc.encode([word])[0], slow_phoc(word, phoc))


@given(words)
def test_paper_configuration_equals_definition(word):
    phoc = Phoc(levels=(2, 3, 4, 5), bigrams=("ab", "xy", "aa", "01"))
    np.testing.assert_array_equal(phoc.encode([word])[0], slow_phoc(word, phoc))


def test_sizes():
    assert Phoc().size == 15 * 36
    assert (
        Phoc(levels=(2, 3, 4, 5), bigrams=tuple(f"{a}{b}" for a in "abcde" for b in "abcdefghij")).size == 604
    )


@given(st.lists(words, max_size=6))
def test_rows_do_not_depend_on_each_other(batch):
    phoc = Phoc()
    together = phoc.encode(batch)
    for row, word in zip(together, batch, strict=True):
        np.testing.assert_array_equal(row, phoc.encode([word])[0])


def test_first_level_is_the_set_of_letters():
    row = Phoc().encode(["winchester"])[0][:36]
    assert {ALPHABET[i] for i in np.flatnonzero(row)} == set("winchester")
