"""The CTC likelihood of typed words in the columns of crops, for all words of a gallery at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mark_core.model.alphabet import ALPHABET
from mark_core.retrieval.reading import ctc

BLANK = len(ALPHABET)
_PAIRS = 16384  # (crop, query) pairs computed at once: about 100 MB
FLOOR = -12.0  # nats per letter, the least evidence


def pad_letters(letters: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Pad the columns of N words to the longest.

    letters: (sum of counts, 37) log-probabilities. counts: (N,) columns per word. Returns (T, N, 37) float32
    probabilities, T the largest count. Padding columns are blanks with probability 1, which change no likelihood.
    """
    total = int(counts.max(initial=0))
    out = np.zeros((total, len(counts), BLANK + 1), np.float32)
    out[:, :, BLANK] = 1.0
    word = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    column = np.arange(len(word)) - np.repeat(starts, counts)
    out[column, word] = np.exp(letters.astype(np.float32))
    return out


def log_likelihood(probabilities: np.ndarray, query: str) -> np.ndarray:
    """Log-likelihood of one query in every crop.

    probabilities: (T, N, 37). query: folded. Returns (N,) log p(query | crop); -inf if it cannot be aligned.
    """
    if not len(probabilities):
        return np.full(probabilities.shape[1], -np.inf)
    labels = _labels([query])[0]
    skip = _skips(labels)
    return ctc.log_likelihood((column[:, labels], skip) for column in probabilities)


def pair_likelihood(probabilities: np.ndarray, rows: np.ndarray, queries: Sequence[str]) -> np.ndarray:
    """Log-likelihoods of P pairs of a crop and a query.

    probabilities: (T, N, 37). rows: (P,) crop of each pair, in 0..N-1. queries: P folded texts. Returns (P,). Pairs
    whose queries have the same number of letters are computed at once, so that no query is padded.
    """
    out = np.empty(len(rows), np.float64)
    lengths = np.array([len(query) for query in queries])
    for length in np.unique(lengths):
        members = np.flatnonzero(lengths == length)
        for start in range(0, len(members), _PAIRS):
            some = members[start : start + _PAIRS]
            labels = _labels([queries[p] for p in some])
            skip, crops = _skips(labels), rows[some]
            out[some] = ctc.log_likelihood(
                (np.take_along_axis(column[crops], labels, axis=1), skip) for column in probabilities
            )
    return out


def _labels(queries: Sequence[str]) -> np.ndarray:
    """(Q, S) class of every state of queries with the same number of letters."""
    labels = np.full((len(queries), 2 * len(queries[0]) + 1), BLANK)
    labels[:, 1::2] = [[ALPHABET.index(char) for char in query] for query in queries]
    return labels


def _skips(labels: np.ndarray) -> np.ndarray:
    """(..., S) classes of states -> (..., L - 1) float32: 0 between equal letters, else 1."""
    return (labels[..., 3::2] != labels[..., 1:-2:2]).astype(np.float32)


def best_path(probabilities: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Best path decoding. probabilities: (T, N, 37). Returns N texts and the (N,) log-probability of each path."""
    path = probabilities.argmax(axis=2)
    log_p = np.log(np.maximum(probabilities.max(axis=2), 1e-30)).sum(axis=0)
    texts = []
    for column in path.T:
        kept = column[np.concatenate([[True], column[1:] != column[:-1]])] if len(column) else column
        texts.append("".join(ALPHABET[i] for i in kept if i != BLANK))
    return texts, log_p


def agreement(probabilities: np.ndarray, best: np.ndarray, query: str) -> np.ndarray:
    """Evidence that crops read a query: the log-likelihood ratio to the best path, per letter.

    probabilities: (T, N, 37). best: (N,) log-probability of the best path. query: folded. Returns (N,) in FLOOR..0.
    """
    ratio = (log_likelihood(probabilities, query) - best) / max(1, len(query))
    return np.clip(ratio, FLOOR, 0.0)
