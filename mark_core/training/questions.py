"""Which crops a person should be asked about: those whose answer tells most about the others.

Active learning by facility location: a crop is worth asking about if many crops that are unsure look like it and no
crop asked about before does (Sener and Savarese, "Active learning for convolutional neural networks: a core-set
approach", 2018, here greedy and weighted by doubt).
"""

from __future__ import annotations

import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.retrieval.gallery import Gallery

LETTERS = 3  # shorter readings are mostly pieces of words, and teach little where they are words
SHARPNESS = 8  # power of the likeness: only crops that look nearly the same learn from each other's answer
_BLOCK = 512


def choose_questions(encoding: Encoding, confidence: np.ndarray, count: int) -> list[int]:
    """Numbers of at most ``count`` crops, the most useful first.

    confidence: (N,) 0..1 in what is thought of every crop. Deterministic.
    """
    whole = np.array([len(reading) >= LETTERS for reading in Gallery(encoding).readings], bool)
    doubt = np.where(whole, 1.0 - np.clip(confidence, 0.0, 1.0), 0.0)
    likeness = _likeness(encoding)
    gain = np.where(whole, likeness @ doubt, 0.0)
    covered = np.zeros(len(doubt), np.float32)
    chosen: list[int] = []
    for _ in range(min(count, len(doubt))):
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
        chosen.append(best)
        covered = np.maximum(covered, likeness[best])
        gain[best] = 0.0
    return chosen


def _likeness(encoding: Encoding) -> np.ndarray:
    """(N, N) float32 0..1, 1 for a crop and itself."""
    vectors = encoding.vectors
    out = np.empty((len(vectors), len(vectors)), np.float32)
    for start in range(0, len(vectors), _BLOCK):
        rows = slice(start, start + _BLOCK)
        out[rows] = np.clip(vectors[rows] @ vectors.T, 0.0, 1.0) ** SHARPNESS
    return out
