"""How well a typed word is spelled by the columns of a crop: CTC likelihood, for all words of a gallery at once.

Graves et al., "Connectionist Temporal Classification", 2006 (forward variables, Eq. 5-8), here in the linear
domain with a scale per step, vectorised over words.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mark_core.model.alphabet import ALPHABET

BLANK = len(ALPHABET)
_PAIRS = 16384  # (crop, query) pairs computed at once: some 100 MB
FLOOR = -12.0  # a letter worse than e**-12 is as wrong as can be


def pad_letters(letters: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """(sum of counts, 37) log-probabilities -> (T, N, 37) float32 probabilities, T the largest count.

    Columns beyond a word's end are certain blanks: they change no likelihood.
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
    """(T, N, 37) probabilities and a folded query -> (N,) log p(query | crop); -inf if it cannot be aligned."""
    labels = np.full(2 * len(query) + 1, BLANK)
    labels[1::2] = [ALPHABET.index(char) for char in query]
    # a state may be entered from two states back, unless that would skip the blank between equal letters
    skip = np.zeros(len(labels), np.float32)
    skip[3::2] = labels[3::2] != labels[1:-2:2]
    total, n = probabilities.shape[:2]
    if total == 0:
        return np.full(n, -np.inf)
    alpha = np.zeros((n, len(labels)), np.float32)
    alpha[:, :2] = probabilities[0][:, labels[:2]]
    log_scale = np.zeros(n, np.float64)
    with np.errstate(divide="ignore"):
        for t in range(total):
            if t:
                moved = alpha.copy()
                moved[:, 1:] += alpha[:, :-1]
                moved[:, 2:] += alpha[:, :-2] * skip[2:]
                alpha = moved * probabilities[t][:, labels]
            scale = alpha.sum(axis=1)
            log_scale += np.log(scale)
            alpha /= np.maximum(scale, 1e-30)[:, None]
        return log_scale + np.log(alpha[:, -2:].sum(axis=1))


def pair_likelihood(probabilities: np.ndarray, rows: np.ndarray, queries: Sequence[str]) -> np.ndarray:
    """(T, N, 37) probabilities; pair p asks whether crop ``rows[p]`` reads ``queries[p]`` -> (P,) log-likelihoods.

    The same recursion as ``log_likelihood``, with a query of its own for every crop. Pairs are taken by the number
    of letters, so that no query is padded.
    """
    out = np.empty(len(rows), np.float64)
    lengths = np.array([len(query) for query in queries])
    for length in np.unique(lengths):
        members = np.flatnonzero(lengths == length)
        for start in range(0, len(members), _PAIRS):
            some = members[start : start + _PAIRS]
            labels = np.full((len(some), 2 * length + 1), BLANK)
            labels[:, 1::2] = [[ALPHABET.index(char) for char in queries[p]] for p in some]
            out[some] = _pairs_of_a_length(probabilities, rows[some], labels)
    return out


def _pairs_of_a_length(probabilities: np.ndarray, rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    skip = np.zeros(labels.shape, np.float32)
    skip[:, 3::2] = labels[:, 3::2] != labels[:, 1:-2:2]
    alpha = np.zeros(labels.shape, np.float32)
    alpha[:, :2] = np.take_along_axis(probabilities[0][rows], labels[:, :2], axis=1)
    log_scale = np.zeros(len(rows), np.float64)
    with np.errstate(divide="ignore"):
        for t in range(len(probabilities)):
            if t:
                moved = alpha.copy()
                moved[:, 1:] += alpha[:, :-1]
                moved[:, 2:] += alpha[:, :-2] * skip[:, 2:]
                alpha = moved * np.take_along_axis(probabilities[t][rows], labels, axis=1)
            scale = alpha.sum(axis=1)
            log_scale += np.log(scale)
            alpha /= np.maximum(scale, 1e-30)[:, None]
        return log_scale + np.log(alpha[:, -2:].sum(axis=1))


def best_path(probabilities: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The most likely path of every word: its letters, and the path's log-probability (N,)."""
    path = probabilities.argmax(axis=2)
    log_p = np.log(np.maximum(probabilities.max(axis=2), 1e-30)).sum(axis=0)
    texts = []
    for column in path.T:
        kept = column[np.concatenate([[True], column[1:] != column[:-1]])] if len(column) else column
        texts.append("".join(ALPHABET[i] for i in kept if i != BLANK))
    return texts, log_p


def agreement(probabilities: np.ndarray, best: np.ndarray, query: str) -> np.ndarray:
    """(N,) evidence in FLOOR..0 that a crop reads ``query``: log-likelihood against the best path, per letter."""
    ratio = (log_likelihood(probabilities, query) - best) / max(1, len(query))
    return np.clip(ratio, FLOOR, 0.0)
