"""Which crops a person should be asked about: those whose answer tells most about the others.

Active learning by facility location: a crop is worth asking about if many crops that are unsure look like it and no
crop asked about before does (Sener and Savarese, "Active learning for convolutional neural networks: a core-set
approach", 2018, here greedy and weighted by doubt).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.retrieval.gallery import Gallery

LETTERS = 3  # shorter readings are mostly pieces of words, and teach little where they are words
SHARPNESS = 8  # power of the likeness: only crops that look nearly the same learn from each other's answer
MOST = 6000  # crops that are weighed, the most doubtful: 144 MB of likenesses
_BLOCK = 512


def choose_questions(
    encoding: Encoding,
    confidence: np.ndarray,
    count: int,
    answered: Sequence[int] = (),
    unreadable: Sequence[int] = (),
) -> list[int]:
    """Numbers of at most ``count`` crops, the most useful first.

    confidence: (N,) 0..1 in what is thought of every crop. answered: crops whose text is known, so that what looks
    like them need not be asked about; unreadable: crops that are not asked about again. Deterministic.
    """
    whole = np.array([len(reading) >= LETTERS for reading in Gallery(encoding).readings], bool)
    doubt = np.where(whole, 1.0 - np.clip(confidence, 0.0, 1.0), 0.0)
    rows = np.sort(np.argsort(-doubt, kind="stable")[:MOST])
    vectors, doubt = encoding.vectors[rows], doubt[rows]
    likeness = _likeness(vectors, vectors)
    covered = np.zeros(len(rows), np.float32)
    if len(answered):
        covered = _likeness(vectors, encoding.vectors[np.asarray(answered, np.int64)]).max(axis=1)
    open_ = whole[rows] & ~np.isin(rows, [*answered, *unreadable])
    gain = np.where(open_, likeness @ doubt, 0.0)
    chosen: list[int] = []
    for _ in range(min(count, len(rows))):
        # gains only fall: a crop whose old gain is below the best new one need not be counted again (lazy greedy)
        best, value = -1, 0.0
        for i in np.argsort(-gain, kind="stable"):
            if gain[i] <= value:
                break
            gain[i] = float(np.maximum(likeness[i] - covered, 0.0) @ doubt)
            if gain[i] > value:
                best, value = int(i), float(gain[i])
        if best < 0:
            break
        chosen.append(int(rows[best]))
        covered = np.maximum(covered, likeness[best])
        gain[best] = 0.0
    return chosen


def _likeness(crops: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(N, D) and (M, D) vectors -> (N, M) float32 0..1, 1 for a crop and itself."""
    out = np.empty((len(crops), len(others)), np.float32)
    for start in range(0, len(crops), _BLOCK):
        rows = slice(start, start + _BLOCK)
        out[rows] = np.clip(crops[rows] @ others.T, 0.0, 1.0) ** SHARPNESS
    return out
