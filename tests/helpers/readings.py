"""Plain references for tests of reading: random columns, and the textbook's edit distance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mark_core.retrieval.reading.typed_words import BLANK


def random_letters(counts: Sequence[int], seed: int = 0, symbols: int = 4) -> np.ndarray:
    """Log-probabilities over a few symbols and the blank."""
    g = np.random.default_rng(seed)
    p = np.full((sum(counts), 37), 1e-9)
    p[:, [*range(symbols), BLANK]] = g.dirichlet(np.ones(symbols + 1), sum(counts))
    return np.log(p / p.sum(1, keepdims=True)).astype(np.float32)


def distance(a: str, b: str) -> int:
    """By how many letters two words differ (Levenshtein, 1966)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        previous, row = row, [i + 1]
        for j, y in enumerate(b):
            row.append(min(previous[j + 1] + 1, row[j] + 1, previous[j] + (x != y)))
    return row[-1]
