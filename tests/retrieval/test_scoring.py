import numpy as np

from mark_core.retrieval.scoring import Calibration, probability


def test_probability_is_the_logistic_function():
    x = np.array([-800.0, -2.0, 0.0, 3.0, 800.0])
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(probability(x), 1 / (1 + np.exp(-x)), atol=1e-12)


def test_weights_come_from_the_card():
    calibration = Calibration.from_card({"calibration": {"text": [-1, 2, 3], "example": [0, 1, 0.5, 2]}})
    assert calibration.text_logit(np.array([0.5]), np.array([-1.0]))[0] == -1 + 1 - 3
    assert (
        calibration.example_logit(np.array([0.5]), np.array([-1.0]), np.array([0.25]))[0] == 0.5 - 0.5 + 0.5
    )


def test_evidence_without_a_weight_does_not_count():
    calibration = Calibration.from_card({"calibration": {"example": [0, 1, 0.5]}})
    assert calibration.example_logit(np.array([0.5]), np.array([-1.0]), np.array([9.0]))[0] == 0


def test_a_card_without_calibration_still_ranks_by_cosine():
    logits = Calibration.from_card({}).text_logit(np.array([0.1, 0.9, 0.5]), np.full(3, -12.0))
    assert logits.argsort().tolist() == [0, 2, 1]
