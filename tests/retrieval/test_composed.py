import numpy as np
import pytest

from mark_core.retrieval.composed import EVIDENCE, Balance, compose, evidence
from mark_core.retrieval.gallery import Gallery
from tests.conftest import encoding_that_reads


def test_a_weight_between_leaves_nothing_out_and_the_ends_are_the_queries_themselves():
    typed, clicked = np.array([1.0, -np.inf, 3.0]), np.array([-2.0, 4.0, 5.0])
    mixture = np.log(0.75 * np.exp(typed) + 0.25 * np.exp(clicked))
    np.testing.assert_allclose(compose(typed, clicked, 0.25), (0.75 * typed + 0.25 * clicked + mixture) / 2)
    np.testing.assert_array_equal(compose(typed, clicked, 0), typed)
    np.testing.assert_array_equal(compose(typed, clicked, 1), clicked)
    kept = compose(typed, clicked, 1)
    kept[0] = 9
    assert clicked[0] == -2  # what a search changes in its answer is not what the index remembers


def test_more_of_either_never_makes_a_word_less_likely():
    g = np.random.default_rng(0)
    typed, clicked, more = g.normal(0, 5, 99), g.normal(0, 5, 99), g.exponential(1, 99)
    for example_weight in (0.1, 0.5, 0.9):
        assert (
            compose(typed + more, clicked, example_weight) > compose(typed, clicked, example_weight)
        ).all()
        assert (
            compose(typed, clicked + more, example_weight) > compose(typed, clicked, example_weight)
        ).all()
        low, high = np.minimum(typed, clicked), np.maximum(typed, clicked)
        assert (
            (compose(typed, clicked, example_weight) >= low)
            & (compose(typed, clicked, example_weight) <= high)
        ).all()


def test_evidence_says_how_legible_the_crop_is_and_what_the_queries_find():
    clear, doubtful = (Gallery(encoding_that_reads(["orders"], doubt=d)) for d in (1e-4, 1e-2))
    typed, clicked = np.arange(8.0), np.array([99.0, 1, 1, 1, -99, -99, -99, -99])
    one = evidence(clear, typed, clicked)
    assert len(one) == len(EVIDENCE)
    assert one[0] < evidence(doubtful, typed, clicked)[0]
    assert one[1] == 5  # 7 6 5 4 3
    assert one[2] == (8 + 1 + 1 + 1 - 20) / 5  # log-odds are cut at 8 and -20
    assert one[3] == (-20 * 4 + 1) / 5  # of 7 6 5 4 3
    # the clicked word itself tells nothing
    assert evidence(clear, typed, clicked, itself=0)[2] == (1 + 1 + 1 - 20 - 20) / 5
    assert evidence(clear, typed[:0], clicked[:0]).tolist() == [0] * len(EVIDENCE)


def test_the_balance_of_a_card():
    assert Balance.from_card({})(np.zeros(5)) == 0.5
    balance = Balance.from_card({"calibration": {"balance": [1, 2, 0, 0, 0, 0]}})
    assert balance(np.array([-0.5, 9, 9, 9, 9])) == 0.5
    assert balance(np.array([0.5, 9, 9, 9, 9])) == pytest.approx(1 / (1 + np.exp(-2)))
