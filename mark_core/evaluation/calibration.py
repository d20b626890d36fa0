"""How honest probabilities are: reliability, expected calibration error, and F1 from a threshold on."""

from __future__ import annotations

import numpy as np

BINS = 10


def reliability(said: np.ndarray, right: np.ndarray) -> list[tuple[float, int, float, float]]:
    """(N,) probabilities and whether each was right -> for every bin with something in it: its lower edge, number of
    words, mean probability, share that was right."""
    bins = np.minimum((np.asarray(said) * BINS).astype(int), BINS - 1)
    rows = []
    for k in np.unique(bins):
        inside = bins == k
        rows.append((k / BINS, int(inside.sum()), float(said[inside].mean()), float(right[inside].mean())))
    return rows


def calibration_error(said: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error, 0..1: mean over the bins of the difference of mean probability and share of right
    ones, weighted by their number; NaN for nothing."""
    rows = reliability(said, right)
    total = sum(count for _, count, _, _ in rows)
    return sum(count * abs(mean - share) for _, count, mean, share in rows) / total if total else float("nan")


def f1_of(said: np.ndarray, right: np.ndarray, threshold: float) -> float:
    """F1 of taking everything from ``threshold`` on for right."""
    taken = said >= threshold
    return 2 * float((taken & right).sum()) / max(1, int(taken.sum()) + int(right.sum()))
