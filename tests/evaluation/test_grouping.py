import pytest

from mark_core.evaluation.grouping import score_groups


def test_scores_of_groups():
    keys = ["a", "a", "a", "b", "b", "c"]
    score = score_groups([[0, 1, 3], [2], [4], [5]], keys)
    assert score.purity == pytest.approx(2 / 3)  # b stands among a
    assert score.coverage == pytest.approx(2 / 5)  # of a, a, a, b, b two found each other
    assert score.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)
    assert score.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2 + 1) / 6)
    assert score.groups == 1
    perfect = score_groups([[0, 1, 2], [3, 4], [5]], keys)
    assert (perfect.purity, perfect.coverage, perfect.f1) == (1, 1, 1)
    alone = score_groups([[row] for row in range(6)], keys)
    assert (alone.purity, alone.coverage, alone.precision) == (1, 0, 1)
