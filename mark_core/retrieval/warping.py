"""Where two crops are alike: columns of one matched with columns of the other, in order (dynamic time warping).

Rath and Manmatha, "Word image matching using dynamic time warping", 2003; here on the columns of the network.
"""

from __future__ import annotations

import numpy as np

_BAND = 0.25  # how far from the same share of its word a column may be matched


def column_likeness(word: np.ndarray, example: np.ndarray) -> np.ndarray:
    """(T, C) and (U, C) L2-normalised columns -> (T,) float32 in 0..1: how much each column of ``word`` is like the
    one of ``example`` that it is matched with. 0 is what any two columns of them have in common."""
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
    """The cheapest path from the first pair of columns to the last, one step at a time in either or both."""
    rows, columns = cost.shape
    share = np.abs((np.arange(rows)[:, None] + 0.5) / rows - (np.arange(columns)[None] + 0.5) / columns)
    # a ribbon at least a few columns wide always leads from one corner to the other
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
