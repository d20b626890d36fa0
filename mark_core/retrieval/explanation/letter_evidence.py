"""Positions and certainties of the letters of a query in a word, to explain a hit.

Position: CTC posteriors of each letter over the columns of the reading head, minus the posteriors for a word whose
columns are all equal. The subtraction removes the prior that comes from the order of the letters alone.
Certainty: the likelihood of the query relative to the queries with this letter replaced by each other one, or deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mark_core.model.alphabet import ALPHABET
from mark_core.retrieval.reading import ctc
from mark_core.retrieval.reading.pattern import emissions
from mark_core.retrieval.reading.typed_words import BLANK

_CLASSES = BLANK + 1


@dataclass(frozen=True)
class LetterPlace:
    """One letter of a query, located in a word.

    letter: the letter of the query, "?" for any. reads: the most likely letter in its place, "" for none. certainty:
    0..1, probability of the letter of the query. start, end: extent, 0..1 along the line as it is drawn (from the top
    for vertical lines). heat: (T,) float32 in 0..1, evidence in every column.
    """

    letter: str
    reads: str
    certainty: float
    start: float
    end: float
    heat: np.ndarray


def place_letters(log_letters: np.ndarray, letters: Sequence[str]) -> tuple[LetterPlace, ...]:
    """Locate the letters of a query term in a word.

    log_letters: (T, 37) log-probabilities of the columns of the word. letters: see ``query.Term.letters``. Returns one
    place per letter, in order; stars have none. Returns nothing if T is 0 or the letters cannot be aligned.
    """
    given = [letter for letter in letters if letter != "*"]
    probabilities = np.exp(np.asarray(log_letters, np.float64))
    posterior = letter_posteriors(probabilities, letters)
    if posterior is None:
        return ()
    prior = letter_posteriors(all_alike(probabilities), letters)
    heat = np.maximum(posterior - prior, 0)
    likelihoods = _alternatives(probabilities, emissions(letters), given)
    centres = _centres(heat, posterior)
    places = []
    for i, letter in enumerate(given):
        total = likelihoods[i].sum()
        share = likelihoods[i] / total if total > 0 else np.zeros(_CLASSES)
        rows = range(BLANK) if letter == "?" else [ALPHABET.index(char) for char in letter]
        best = int(share.argmax())
        start = (centres[i - 1] + centres[i]) / 2 if i else 0.0
        end = (centres[i] + centres[i + 1]) / 2 if i + 1 < len(given) else 1.0
        places.append(
            LetterPlace(
                letter if len(letter) == 1 else ALPHABET[max(rows, key=lambda row: share[row])],
                "" if best == BLANK else ALPHABET[best],
                float(share[list(rows)].sum()),
                start,
                end,
                heat[:, i].astype(np.float32),
            )
        )
    return tuple(places)


def letter_posteriors(probabilities: np.ndarray, letters: Sequence[str]) -> np.ndarray | None:
    """Posterior of each letter in each column, given that the word matches the query term.

    probabilities: (T, 37) of the columns of the word. letters: see ``query.Term.letters``, L of them without the stars.
    Returns (T, L), or None if the letters cannot be aligned.
    """
    given = [letter for letter in letters if letter != "*"]
    if not len(probabilities):
        return None
    found = ctc.posteriors(probabilities @ emissions(letters), _skips(given))
    return None if found is None else found[:, 1::2]


def all_alike(probabilities: np.ndarray) -> np.ndarray:
    """(T, 37) probabilities of a word with equal columns: each is the mean of all. Without evidence of position."""
    return np.broadcast_to(probabilities.mean(axis=0), probabilities.shape)


def _skips(letters: Sequence[str]) -> np.ndarray:
    """(L - 1,) 1, but 0 between equal letters, which need a blank between them: see ``ctc.moved``."""
    return np.array([one != other or one == "?" for one, other in pairwise(letters)], np.float64)


def _alternatives(probabilities: np.ndarray, accepted: np.ndarray, given: Sequence[str]) -> np.ndarray:
    """Likelihoods of the query with one letter replaced.

    probabilities: (T, 37). accepted: (37, S) of the query, see ``pattern.emissions``. given: its L letters, without
    the stars. Returns (L, 37): column c < 36 for the letter replaced by letter c of the alphabet, column 36 for the
    letter deleted. Each row is scaled to a maximum of 1.
    """
    count = len(given)
    emission = probabilities @ accepted
    # (L, 36, T, S): each letter replaced by each letter of the alphabet
    changed = np.broadcast_to(emission, (count, BLANK, *emission.shape)).copy()
    skip = np.broadcast_to(_skips(given), (count, BLANK, max(0, count - 1))).copy()
    for i in range(count):
        changed[i, :, :, 2 * i + 1] = probabilities[:, :BLANK].T
        for side, between in ((i - 1, i - 1), (i + 1, i)):
            if 0 <= side < count:
                skip[i, :, between] = [given[side] != char for char in ALPHABET]
    out = np.zeros((count, _CLASSES))
    out[:, :BLANK] = _log_likelihood(changed, skip)
    for i in range(count):  # letter deleted, with one of the blanks or stars beside it
        rest = [*given[:i], *given[i + 1 :]]
        kept = np.delete(emission, [2 * i + 1, 2 * i + 2], axis=1)
        kept[:, 2 * i] = np.maximum(emission[:, 2 * i], emission[:, 2 * i + 2])
        out[i, BLANK] = _log_likelihood(kept, _skips(rest))
    return np.exp(out - out.max(axis=1, keepdims=True))


def _log_likelihood(emission: np.ndarray, skip: np.ndarray) -> np.ndarray:
    """(..., T, S) emissions -> (...) log-likelihoods."""
    return ctc.log_likelihood((emission[..., t, :], skip) for t in range(emission.shape[-2]))


def _centres(heat: np.ndarray, posterior: np.ndarray) -> np.ndarray:
    """(L,) centre of each letter along the word, 0..1 and not decreasing: the mean position weighted by evidence."""
    middle = (np.arange(len(heat)) + 0.5) / len(heat)
    weight = heat**2  # squared, so that the peak counts more than the tails
    flat = weight.sum(axis=0) < 1e-12
    weight[:, flat] = posterior[:, flat]
    return np.maximum.accumulate((middle[:, None] * weight).sum(axis=0) / weight.sum(axis=0))
