import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mark_core.evaluation.metrics import (
    NDCG_GAINS,
    average_precision,
    edit_distances,
    ndcg,
    query_by_example,
    query_by_string,
)


def slow_ap(scores, relevant):
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    found, total = 0, 0.0
    for rank, i in enumerate(order, 1):
        if relevant[i]:
            found += 1
            total += found / rank
    return total / sum(relevant) if sum(relevant) else math.nan


def slow_levenshtein(a, b):
    table = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            change = table[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, change)
    return table[-1][-1]


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 6))
def test_average_precision_follows_its_definition(seed, items, queries):
    g = np.random.default_rng(seed)
    scores = g.integers(0, 5, (queries, items)).astype(float)  # with ties
    relevant = g.random((queries, items)) < 0.4
    expected = [slow_ap(s, r) for s, r in zip(scores, relevant, strict=True)]
    np.testing.assert_allclose(average_precision(scores, relevant), expected)


def test_what_is_missing_from_the_gallery_counts():
    assert average_precision(np.array([[2.0, 1.0]]), np.array([[True, False]]), np.array([4]))[0] == 0.25


@settings(deadline=None)
@given(
    st.lists(st.text("abc", max_size=5), min_size=1, max_size=5),
    st.lists(st.text("abc", max_size=5), min_size=1, max_size=6),
)
def test_edit_distance_follows_its_definition(queries, words):
    expected = [[min(5, slow_levenshtein(q, w)) for w in words] for q in queries]
    assert edit_distances(queries, words, 5).tolist() == expected


def test_ndcg_by_hand():
    scores, gains = np.array([[3.0, 2.0, 1.0]]), np.array([[0.0, 20.0, 3.0]])
    expected = (20 / math.log2(3) + 3 / math.log2(4)) / (20 / math.log2(2) + 3 / math.log2(3))
    assert ndcg(scores, gains)[0] == pytest.approx(expected)
    assert NDCG_GAINS == (20, 15, 10, 5, 3)


def test_query_by_example_leaves_the_query_out():
    similarity = np.array([[1.0, 0.9, 0.1], [0.9, 1.0, 0.2], [0.1, 0.2, 1.0]])
    score = query_by_example(similarity, ["a", "a", "b"])
    assert (score.weighted, score.queries) == (100.0, 2)
    worst = query_by_example(similarity[:, [0, 2, 1]][[0, 2, 1]], ["a", "b", "a"])
    assert worst.weighted == 100.0
    assert math.isnan(query_by_example(similarity, ["a", "b", "c"]).weighted)


def test_query_by_string_averages_both_ways():
    # "a" occurs twice and is ranked perfectly, "b" once and is ranked last
    similarity = np.array([[0.9, 0.8, 0.1], [0.9, 0.8, 0.1]])
    score = query_by_string(similarity, ["a", "b"], ["a", "a", "b"], with_ndcg=True)
    assert score.unique == pytest.approx(100 * (1 + 1 / 3) / 2)
    assert score.weighted == pytest.approx(100 * (1 + 1 + 1 / 3) / 3)
    assert 0 < score.ndcg <= 100


def test_a_constant_score_is_chance():
    g = np.random.default_rng(0)
    keys = g.permutation(["a"] * 100 + ["b"] * 900)
    score = query_by_string(np.zeros((1, 1000)), ["a"], keys)
    assert 5 < score.unique < 20
