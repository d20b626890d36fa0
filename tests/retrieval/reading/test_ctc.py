import numpy as np
import pytest

from mark_core.retrieval.reading.ctc import log_likelihood, moved, posteriors


def test_a_state_stays_moves_on_or_skips_a_blank():
    state = np.array([1.0, 10.0, 100.0, 1000.0, 10000.0])  # blank, letter, blank, letter, blank
    assert moved(state, np.array([1.0])).tolist() == [1, 11, 110, 1110, 11000]
    assert moved(state, np.array([0.0])).tolist() == [1, 11, 110, 1100, 11000]


def test_many_queries_at_once_are_as_each_alone():
    emission = np.random.default_rng(0).random((6, 2, 3, 5))  # columns, then any dimensions, then states
    skip = np.array([1.0])
    together = log_likelihood((column, skip) for column in emission)
    assert together.shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        alone = log_likelihood((column, skip) for column in emission[:, i, j])
        assert together[i, j] == pytest.approx(float(alone))


def test_what_cannot_be_aligned():
    one_column = np.ones((1, 5))  # two letters need two
    skip = np.array([1.0])
    assert log_likelihood((column, skip) for column in one_column) == -np.inf
    assert posteriors(one_column, skip) is None


def test_posteriors_of_a_column_sum_to_one_and_are_the_same_backwards():
    emission = np.random.default_rng(1).random((7, 7))
    skip = np.array([1.0, 0.0])
    found = posteriors(emission, skip)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_allclose(posteriors(emission[::-1, ::-1], skip[::-1])[::-1, ::-1], found)
