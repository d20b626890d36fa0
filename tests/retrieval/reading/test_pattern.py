import fnmatch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mark_core.retrieval.reading.edit_distance import edited
from mark_core.retrieval.reading.pattern import best_agreement, pattern_agreement, pattern_likelihood
from mark_core.retrieval.reading.typed_words import best_path, log_likelihood, pad_letters
from tests.conftest import encoding_that_reads
from tests.helpers.readings import distance, random_letters


def spelled(words):
    encoding = encoding_that_reads(words, doubt=1e-5)
    return pad_letters(encoding.letters, encoding.counts)


@settings(max_examples=20, deadline=None)
@given(st.text(alphabet="abcd", min_size=1, max_size=4), st.integers(0, 1000))
def test_without_wildcards_it_is_the_likelihood_of_the_word(word, seed):
    counts = np.array([5, 9, 7])
    p = pad_letters(random_letters(counts, seed), counts)
    np.testing.assert_allclose(pattern_likelihood(p, tuple(word)), log_likelihood(p, word), rtol=1e-5)


WORDS = ["orders", "order", "ordering", "border", "colonel", "colnel", "colonnel", "vita", "uita"]


@pytest.mark.parametrize("pattern", ["order*", "*order*", "o?ders", "col?nel", "?ita", "*l", "or*er*", "o*"])
def test_patterns_match_as_file_names_do(pattern):
    p = spelled(WORDS)
    _, best = best_path(p)
    agreement = pattern_agreement(p, best, tuple(pattern))
    assert (agreement > -0.1).tolist() == [fnmatch.fnmatchcase(word, pattern) for word in WORDS]


def test_a_letter_may_be_one_of_several():
    p = spelled(WORDS)
    agreement = pattern_agreement(p, best_path(p)[1], ("uv", "ijy", "t", "a"))
    assert [word for word, value in zip(WORDS, agreement, strict=True) if value > -0.1] == ["vita", "uita"]


@pytest.mark.parametrize("edits", [0, 1, 2])
def test_edits_accept_what_is_near_enough(edits):
    p = spelled(WORDS)
    best = best_path(p)[1]
    found = np.max([pattern_agreement(p, best, letters) for letters in edited("order", edits)], axis=0)
    assert (found > -0.1).tolist() == [distance("order", word) <= edits for word in WORDS]


def test_of_many_patterns_the_best_counts_as_if_it_had_been_alone():
    counts = np.array([5, 9, 7])
    p = pad_letters(random_letters(counts, 3), counts)
    best = best_path(p)[1]
    patterns = [*edited("abca", 2), ("b", "*"), ("uv", "?")]
    alone = np.max([pattern_agreement(p, best, letters) for letters in patterns], axis=0)
    np.testing.assert_allclose(best_agreement(p, best, patterns), alone, rtol=1e-5)
