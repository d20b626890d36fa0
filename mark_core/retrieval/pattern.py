"""How well the columns of a crop spell a pattern: CTC with letters that are not fixed.

The recursion of ``reading.log_likelihood``, in which a letter may be one of several (its emission is the sum of
theirs), ``?`` is any letter, and ``*`` takes the place of the blank between two letters and accepts anything.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mark_core.model.alphabet import ALPHABET
from mark_core.retrieval.reading import BLANK, FLOOR

_WORDS = 4096  # crops computed at once


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
    accepted = emissions(letters)
    out = np.empty(probabilities.shape[1], np.float64)
    for start in range(0, len(out), _WORDS):
        out[start : start + _WORDS] = _forward(probabilities[:, start : start + _WORDS], accepted)
    return out


def _forward(probabilities: np.ndarray, accepted: np.ndarray) -> np.ndarray:
    total, n = probabilities.shape[:2]
    if total == 0:
        return np.full(n, -np.inf)
    # letters that two neighbouring letter states have in common: (37, L - 1)
    common = accepted[:, 3::2] * accepted[:, 1:-2:2]
    alpha = np.zeros((n, accepted.shape[1]), np.float32)
    log_scale = np.zeros(n, np.float64)
    before = np.zeros_like(alpha)
    with np.errstate(divide="ignore"):
        for t in range(total):
            emission = probabilities[t] @ accepted
            if t:
                moved = alpha.copy()
                moved[:, 1:] += alpha[:, :-1]
                # a letter follows another without a blank only if it is not the same one: how likely that is
                both = (probabilities[t - 1] * probabilities[t]) @ common
                same = both / np.maximum(before[:, 1:-2:2] * emission[:, 3::2], 1e-30)
                moved[:, 3::2] += alpha[:, 1:-2:2] * np.maximum(0, 1 - same)
            else:
                moved = np.zeros_like(alpha)
                moved[:, :2] = 1
            alpha = moved * emission
            before = emission
            scale = alpha.sum(axis=1)
            log_scale += np.log(scale)
            alpha /= np.maximum(scale, 1e-30)[:, None]
        return log_scale + np.log(alpha[:, -2:].sum(axis=1))


def pattern_agreement(probabilities: np.ndarray, best: np.ndarray, letters: Sequence[str]) -> np.ndarray:
    """(N,) evidence in FLOOR..0 that a crop spells the pattern: against its best path, per letter that is given."""
    literal = max(1, sum(letter not in "?*" for letter in letters))
    return np.clip((pattern_likelihood(probabilities, letters) - best) / literal, FLOOR, 0.0)


def edited(letters: Sequence[str], edits: int) -> list[tuple[str, ...]]:
    """The letters with up to ``edits`` of them left out, exchanged for any letter, or any letter put between."""
    found = {tuple(letters)}
    for _ in range(edits):
        for known in list(found):
            for k in range(len(known) + 1):
                found.add((*known[:k], "?", *known[k:]))
                if k < len(known):
                    found.add((*known[:k], "?", *known[k + 1 :]))
                    if len(known) > 1:
                        found.add((*known[:k], *known[k + 1 :]))
    return sorted(found)
