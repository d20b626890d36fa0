from __future__ import annotations

import numpy as np
import pytest

from mark_core.retrieval.scoring import probability
from mark_core.retrieval.standouts import MOST, standing_out


def crowd(count: int = 150, top: float = -5.0, scale: float = 0.8, seed: int = 0) -> list[float]:
    """Probabilities of words that only resemble a query, best first."""
    g = np.random.default_rng(seed)
    return sorted(probability(top - 4 + g.exponential(scale, count)).tolist(), reverse=True)


def test_right_words_stand_out_though_none_is_likely():
    assert standing_out([0.39, 0.36, 0.13, 0.05, *crowd(top=-7)]) == 4


def test_of_words_that_fall_off_evenly_none_stands_out():
    assert sum(standing_out(crowd(seed=seed)) > 0 for seed in range(200)) <= 2


def test_a_wide_crowd_needs_a_wider_step():
    hits = [0.4, 0.35]
    assert standing_out([*hits, *crowd(top=-6, scale=0.3)]) == 2
    assert standing_out([*hits, *crowd(top=-3.5, scale=2.5)]) == 0


@pytest.mark.parametrize("scores", [[], [0.9], [0.9, 0.1], [0.5] * 200, [0.0] * 200, [1.0, *[0.0] * 60]])
def test_few_and_extreme_scores(scores):
    assert standing_out(scores) in (0, 1)
    assert standing_out(scores[: MOST + 5]) == 0


def test_what_is_hardly_possible_does_not_stand_out():
    assert standing_out([0.004, 0.004, *crowd(top=-14, scale=0.2)]) == 0
