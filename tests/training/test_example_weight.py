import numpy as np
import pytest

from mark_core.model.strip import MAX_STRIP_WIDTH, to_strip
from mark_core.retrieval.composed import EVIDENCE, Balance
from mark_core.retrieval.scoring import Calibration
from mark_core.training.data import WordSet
from mark_core.training.example_weight import GRID, _fit, fit_balance, worn
from tests.conftest import draw_word


def test_the_weight_goes_where_the_map_is_best():
    """Where the first number is high the clicked word is right, where it is low the typed one."""
    g = np.random.default_rng(0)
    x = g.normal(0, 1, (400, 3))
    ap = np.where(x[:, :1] > 0, GRID, 1 - GRID)
    example_weight = [Balance(tuple(_fit(x, ap, 0)))(row) for row in x]
    assert np.corrcoef(np.array(example_weight) > 0.5, x[:, 0] > 0)[0, 1] > 0.9


def test_a_worn_hand_is_worn_alike_and_stays_within_the_strip():
    strips = [to_strip(draw_word(word)) for word in ("orders", "circumstances")]
    for seed in range(5):
        for strip in worn(strips, 1.5, np.random.default_rng(seed)):
            assert strip.dtype == np.uint8
            assert strip.shape[0] == 48
            assert strip.shape[1] <= MAX_STRIP_WIDTH
    same, other = (worn(strips, 1.0, np.random.default_rng(3))[0] for _ in range(2))
    np.testing.assert_array_equal(same, other)
    assert worn(strips, 0.0, np.random.default_rng(0))[0].shape == strips[0].shape


def test_a_balance_is_learnt_from_hands_and_the_seed_decides(random_model):
    words = ["orders", "letter", "orders", "letter", "captain", "the"]
    strips = [to_strip(draw_word(word, 1.0 + 0.1 * (i % 3))) for i, word in enumerate(words)]
    hands = WordSet.from_strips(strips, words, ["a hand"] * len(words))
    weights = fit_balance(random_model, hands, Calibration(), seed=1)
    assert len(weights) == 1 + len(EVIDENCE)
    assert np.isfinite(weights).all()
    assert fit_balance(random_model, hands, Calibration(), seed=1) == pytest.approx(weights)
