"""The CTC likelihood of patterns in the columns of crops.

A letter of a pattern may be one of several (its emission is the sum of theirs), ``?`` is any letter, and ``*`` takes
the place of the blank between two letters and accepts anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from mark_core.model.alphabet import ALPHABET
from mark_core.retrieval.reading import ctc
from mark_core.retrieval.reading.typed_words import BLANK, FLOOR

_PATTERNS = 32  # computed at once
_STATES = 200_000  # of crops and patterns computed at once: fits in the cache of a processor


def emissions(letters: Sequence[str]) -> np.ndarray:
    """Which classes each CTC state of a pattern accepts.

    letters: see ``query.Term.letters``, L of them without the stars. Returns (37, 2 L + 1) float32 of 0 and 1. Even
    states are blanks or stars, odd states are letters.
    """
    count = sum(letter != "*" for letter in letters)
    out = np.zeros((BLANK + 1, 2 * count + 1), np.float32)
    out[BLANK, 0::2] = 1
    state = 0
    for letter in letters:
        if letter == "*":
            out[:, state] = 1
            continue
        rows = slice(0, BLANK) if letter == "?" else [ALPHABET.index(char) for char in letter]
        out[rows, state + 1] = 1
        state += 2
    return out


def pattern_likelihood(probabilities: np.ndarray, letters: Sequence[str]) -> np.ndarray:
    """(N,) log-likelihoods of a pattern in (T, N, 37) probabilities; -inf if it cannot be aligned."""
    return _likelihoods(probabilities, emissions(letters)[:, None])[:, 0]


def _likelihoods(probabilities: np.ndarray, accepted: np.ndarray) -> np.ndarray:
    """(T, N, 37) probabilities and (37, P, S) emissions of P patterns -> (N, P) log-likelihoods."""
    count, states = accepted.shape[1:]
    out = np.full((probabilities.shape[1], count), -np.inf)
    if not len(probabilities):
        return out
    step = max(1, _STATES // (count * states))
    for start in range(0, len(out), step):
        some = probabilities[:, start : start + step]
        out[start : start + step] = ctc.log_likelihood(_columns(some, accepted))
    return out


def _columns(probabilities: np.ndarray, accepted: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(T, N, 37) probabilities, (37, P, S) emissions -> (N, P, S) emission and (N, P, L - 1) skip of every column."""
    shape = (probabilities.shape[1], *accepted.shape[1:])
    # letters that two neighbouring letter states have in common: (37, P * (L - 1))
    common = (accepted[:, :, 3::2] * accepted[:, :, 1:-2:2]).reshape(len(accepted), -1)
    accepted = accepted.reshape(len(accepted), -1)
    last, before = probabilities[0], np.ones(shape, np.float32)
    for column in probabilities:
        emission = (column @ accepted).reshape(shape)
        # the probability that the same letter is in both columns, which would need a blank between
        both = ((last * column) @ common).reshape(*shape[:2], -1)
        same = both / np.maximum(before[:, :, 1:-2:2] * emission[:, :, 3::2], 1e-30)
        yield emission, np.maximum(0, 1 - same)
        last, before = column, emission


def pattern_agreement(probabilities: np.ndarray, best: np.ndarray, letters: Sequence[str]) -> np.ndarray:
    """(N,) evidence in FLOOR..0 that crops match a pattern, see `best_agreement`."""
    return best_agreement(probabilities, best, [letters])


def best_agreement(
    probabilities: np.ndarray, best: np.ndarray, patterns: Sequence[Sequence[str]]
) -> np.ndarray:
    """Evidence that crops match the best of several patterns: log-likelihood ratio to the best path, per fixed letter.

    probabilities: (T, N, 37). best: (N,) log-probability of the best path. Returns (N,) in FLOOR..0. Patterns of equal
    length are computed at once.
    """
    out = np.full(probabilities.shape[1], FLOOR)
    by_states: dict[int, list[tuple[np.ndarray, int]]] = {}
    for letters in patterns:
        accepted = emissions(letters)
        given = max(1, sum(letter not in "?*" for letter in letters))
        by_states.setdefault(accepted.shape[1], []).append((accepted, given))
    for group in by_states.values():
        for start in range(0, len(group), _PATTERNS):
            some = group[start : start + _PATTERNS]
            likelihoods = _likelihoods(probabilities, np.stack([accepted for accepted, _ in some], axis=1))
            ratio = (likelihoods - best[:, None]) / np.array([given for _, given in some])
            out = np.maximum(out, ratio.max(axis=1))
    return np.minimum(out, 0.0)
