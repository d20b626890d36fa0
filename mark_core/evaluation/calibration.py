"""Calibration of probabilities: reliability, expected calibration error, F1 at a threshold."""

from __future__ import annotations

import numpy as np

BINS = 10


def reliability(predicted: np.ndarray, right: np.ndarray) -> list[tuple[float, int, float, float]]:
    """Reliability diagram. predicted: (N,) probabilities. right: (N,) bool.

    Returns for every bin that is not empty: lower edge, count, mean probability, share of right ones.
    """
    bins = np.minimum((np.asarray(predicted) * BINS).astype(int), BINS - 1)
    rows = []
    for k in np.unique(bins):
        inside = bins == k
        rows.append(
            (k / BINS, int(inside.sum()), float(predicted[inside].mean()), float(right[inside].mean()))
        )
    return rows


def calibration_error(predicted: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error, 0..1: mean absolute difference of mean probability and share of right ones over the
    bins, weighted by count; NaN without data."""
    rows = reliability(predicted, right)
    total = sum(count for _, count, _, _ in rows)
    return sum(count * abs(mean - share) for _, count, mean, share in rows) / total if total else float("nan")


def f1_of(predicted: np.ndarray, right: np.ndarray, threshold: float) -> float:
    """F1 if all with a probability of at least ``threshold`` are predicted to be right."""
    taken = predicted >= threshold
    return 2 * float((taken & right).sum()) / max(1, int(taken.sum()) + int(right.sum()))
