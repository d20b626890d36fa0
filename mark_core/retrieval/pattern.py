"""How well the columns of a crop spell a pattern: CTC with letters that are not fixed.

The recursion of ``reading.log_likelihood``, in which a letter may be one of several (its emission is the sum of
theirs), ``?`` is any letter, and ``*`` takes the place of the blank between two letters and accepts anything.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mark_core.model.alphabet import ALPHABET
from mark_core.retrieval.reading import BLANK, FLOOR

_PATTERNS = 32  # computed at once
_STATES = 200_000  # of crops and patterns computed at once: what a processor keeps near


def emissions(letters: Sequence[str]) -> np.ndarray:
    """Letters of a query term (see ``query.Term``) -> (37, 2 L + 1) float32: what each state accepts.

    L counts the letters without the stars. Even states are the blanks between, or stars; odd ones are letters.
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
    """(T, N, 37) probabilities and the letters of a term -> (N,) log-likelihood; -inf if it cannot be aligned."""
    return _likelihoods(probabilities, emissions(letters)[:, None])[:, 0]


def _likelihoods(probabilities: np.ndarray, accepted: np.ndarray) -> np.ndarray:
    """(T, N, 37) probabilities and (37, P, S) emissions of P patterns -> (N, P) log-likelihoods."""
    count, states = accepted.shape[1:]
    out = np.empty((probabilities.shape[1], count), np.float64)
    step = max(1, _STATES // (count * states))
    for start in range(0, len(out), step):
        out[start : start + step] = _forward(probabilities[:, start : start + step], accepted)
    return out


def _forward(probabilities: np.ndarray, accepted: np.ndarray) -> np.ndarray:
    total, n = probabilities.shape[:2]
    _, count, states = accepted.shape
    if total == 0:
        return np.full((n, count), -np.inf)
    # letters that two neighbouring letter states have in common: (37, P * (L - 1))
    common = (accepted[:, :, 3::2] * accepted[:, :, 1:-2:2]).reshape(len(accepted), -1)
    accepted = accepted.reshape(len(accepted), -1)
    alpha = np.zeros((n, count, states), np.float32)
    log_scale = np.zeros((n, count), np.float64)
    before = np.zeros_like(alpha)
    with np.errstate(divide="ignore"):
        for t in range(total):
            emission = (probabilities[t] @ accepted).reshape(alpha.shape)
            if t:
                moved = alpha.copy()
                moved[:, :, 1:] += alpha[:, :, :-1]
                # a letter follows another without a blank only if it is not the same one: how likely that is
                both = ((probabilities[t - 1] * probabilities[t]) @ common).reshape(n, count, -1)
                same = both / np.maximum(before[:, :, 1:-2:2] * emission[:, :, 3::2], 1e-30)
                moved[:, :, 3::2] += alpha[:, :, 1:-2:2] * np.maximum(0, 1 - same)
            else:
                moved = np.zeros_like(alpha)
                moved[:, :, :2] = 1
            alpha = moved * emission
            before = emission
            scale = alpha.sum(axis=2)
            log_scale += np.log(scale)
            alpha /= np.maximum(scale, 1e-30)[:, :, None]
        return log_scale + np.log(alpha[:, :, -2:].sum(axis=2))


def pattern_agreement(probabilities: np.ndarray, best: np.ndarray, letters: Sequence[str]) -> np.ndarray:
    """(N,) evidence in FLOOR..0 that a crop spells the pattern: against its best path, per letter that is given."""
    return best_agreement(probabilities, best, [letters])


def best_agreement(
    probabilities: np.ndarray, best: np.ndarray, patterns: Sequence[Sequence[str]]
) -> np.ndarray:
    """(N,) agreement with whichever of the patterns a crop spells best. Those of equal length are computed at once."""
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
