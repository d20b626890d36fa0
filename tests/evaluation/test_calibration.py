import numpy as np
import pytest

from mark_core.evaluation.calibration import calibration_error, f1_of, reliability


def test_what_is_right_as_often_as_it_is_said_has_no_error():
    said = np.array([0.25] * 4 + [1.0] * 2)
    right = np.array([True, False, False, False, True, True])
    assert calibration_error(said, right) == 0
    assert reliability(said, right) == [(0.2, 4, 0.25, 0.25), (0.9, 2, 1.0, 1.0)]


def test_the_error_is_the_mean_distance_weighted_by_the_words():
    said = np.array([0.05] * 8 + [0.95] * 2)
    right = np.array([False] * 8 + [True, False])
    assert calibration_error(said, right) == pytest.approx(0.8 * 0.05 + 0.2 * 0.45)
    assert np.isnan(calibration_error(said[:0], right[:0]))


def test_f1_from_a_threshold_on():
    said, right = np.array([0.9, 0.6, 0.4, 0.1]), np.array([True, False, True, False])
    assert f1_of(said, right, 0.5) == 0.5
    assert f1_of(said, right, 0.3) == pytest.approx(0.8)
    assert f1_of(said, right, 1.1) == 0
