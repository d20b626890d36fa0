"""Dynamic time warping of the columns of two crops, to explain which parts of them are similar.

Rath and Manmatha, "Word image matching using dynamic time warping", 2003; here on the features of the network.
"""

from __future__ import annotations

import numpy as np

_BAND = 0.25  # of the word: largest offset of matched columns from the diagonal


def column_likeness(word: np.ndarray, example: np.ndarray) -> np.ndarray:
    """Similarity of each column of a word to the matched column of an example.

    word, example: (T, C) and (U, C) L2-normalised. Returns (T,) float32 in 0..1, cosine after subtraction of the mean
    of all columns, negative values clipped.
    """
    if not len(word) or not len(example):
        return np.zeros(len(word), np.float32)
    mean = np.concatenate([word, example]).mean(axis=0)
    cosine = _unit(word - mean) @ _unit(example - mean).T
    total, best = np.zeros(len(word)), np.zeros(len(word))
    for t, u in _path(1 - cosine):
        total[t] += 1
        best[t] += cosine[t, u]
    return np.clip(best / total, 0, 1).astype(np.float32)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def _path(cost: np.ndarray) -> list[tuple[int, int]]:
    """The cheapest monotonic path from the first pair of columns to the last, as (row, column) pairs."""
    rows, columns = cost.shape
    share = np.abs((np.arange(rows)[:, None] + 0.5) / rows - (np.arange(columns)[None] + 0.5) / columns)
    # wide enough for a path from corner to corner, whatever the lengths
    cost = np.where(share <= _BAND + 1.5 / min(rows, columns), cost, np.inf)
    sums = np.full((rows + 1, columns + 1), np.inf)
    sums[0, 0] = 0
    for t in range(rows):
        for u in range(columns):
            sums[t + 1, u + 1] = cost[t, u] + min(sums[t, u], sums[t, u + 1], sums[t + 1, u])
    t, u = rows, columns
    path = []
    while t and u:
        path.append((t - 1, u - 1))
        t, u = min(((t - 1, u - 1), (t - 1, u), (t, u - 1)), key=lambda place: sums[place])
    return path[::-1]
