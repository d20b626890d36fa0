import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mark_core.model.alphabet import ALPHABET
from mark_core.retrieval.reading.typed_words import (
    BLANK,
    FLOOR,
    agreement,
    best_path,
    log_likelihood,
    pad_letters,
)
from tests.helpers.readings import random_letters


def collapse(path):
    kept = [c for i, c in enumerate(path) if i == 0 or c != path[i - 1]]
    return "".join(ALPHABET[c] for c in kept if c != BLANK)


def slow_likelihood(p, query):
    """Sum over every path that collapses to the query."""
    total = 0.0
    for path in itertools.product([0, 1, 2, 3, BLANK], repeat=len(p)):
        if collapse(path) == query:
            total += np.prod([p[t, c] for t, c in enumerate(path)])
    return total


@settings(max_examples=15, deadline=None)
@given(st.text(alphabet="abcd", min_size=1, max_size=3), st.integers(1, 5), st.integers(0, 1000))
def test_equals_the_sum_over_all_paths(query, columns, seed):
    letters = random_letters([columns], seed)
    p = pad_letters(letters, np.array([columns]))
    expected = slow_likelihood(p[:, 0], query)
    found = np.exp(log_likelihood(p, query)[0])
    assert found == pytest.approx(expected, rel=1e-3, abs=1e-7)


def test_words_of_different_length_do_not_disturb_each_other():
    counts = np.array([3, 7, 5])
    letters = random_letters(counts)
    together = log_likelihood(pad_letters(letters, counts), "ab")
    start = 0
    for i, count in enumerate(counts):
        alone = log_likelihood(pad_letters(letters[start : start + count], counts[i : i + 1]), "ab")
        assert alone[0] == pytest.approx(together[i], abs=1e-4)
        start += count


def test_a_word_too_short_for_the_query():
    p = pad_letters(random_letters([2]), np.array([2]))
    assert log_likelihood(p, "abc")[0] == -np.inf
    assert agreement(p, best_path(p)[1], "abc")[0] == FLOOR
    assert log_likelihood(p, "aa")[0] == -np.inf  # equal letters need a blank between them


def test_best_path_reads_and_agrees_with_itself():
    letters = np.log(np.full((5, 37), 1e-6, np.float32))
    for t, c in enumerate([0, 0, BLANK, 0, 1]):
        letters[t, c] = np.log(1 - 36e-6)
    p = pad_letters(letters, np.array([5]))
    texts, best = best_path(p)
    assert texts == ["aab"]
    assert agreement(p, best, "aab")[0] == pytest.approx(0, abs=1e-3)
    assert agreement(p, best, "b")[0] < -5
