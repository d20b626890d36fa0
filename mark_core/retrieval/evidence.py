"""Where in a word the letters of a query were found, and how sure each of them is.

Where: posteriors of the reading head's columns (forward-backward; Graves et al., "Connectionist Temporal
Classification", 2006, Eq. 5-14), of which only what exceeds the posteriors of a word that cannot be read at all counts:
letters follow one another, so even without looking the first one is to be expected at the beginning.
How sure: each letter against all others in its place, and against its absence, the rest of the query as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mark_core.model.alphabet import ALPHABET
from mark_core.retrieval import ctc
from mark_core.retrieval.pattern import emissions
from mark_core.retrieval.reading import BLANK

_CLASSES = BLANK + 1


@dataclass(frozen=True)
class LetterPlace:
    """One letter of a query in a word.

    letter: what was asked for, "?" for any. reads: the letter that is most likely here, "" for none. certainty: 0..1,
    how likely the letter asked for is here. start, end: the part of the word where it was found, 0..1 along the
    writing as it is drawn (of a column: from its top). heat: (T,) float32 in 0..1, evidence of every column.
    """

    letter: str
    reads: str
    certainty: float
    start: float
    end: float
    heat: np.ndarray


def place_letters(log_letters: np.ndarray, letters: Sequence[str]) -> tuple[LetterPlace, ...]:
    """(T, 37) log-probabilities of a word's columns and the letters of a query term (see ``query.Term``) -> their
    places in order; stars have none. Nothing for a model that does not read, or more letters than columns.
    """
    asked = [letter for letter in letters if letter != "*"]
    probabilities = np.exp(np.asarray(log_letters, np.float64))
    found = letter_posteriors(probabilities, letters)
    if found is None:
        return ()
    blind = letter_posteriors(all_alike(probabilities), letters)
    heat = np.maximum(found - blind, 0)
    likelihoods = _alternatives(probabilities, emissions(letters), asked)
    centres = _centres(heat, found)
    places = []
    for i, letter in enumerate(asked):
        total = likelihoods[i].sum()
        share = likelihoods[i] / total if total > 0 else np.zeros(_CLASSES)
        rows = range(BLANK) if letter == "?" else [ALPHABET.index(char) for char in letter]
        best = int(share.argmax())
        start = (centres[i - 1] + centres[i]) / 2 if i else 0.0
        end = (centres[i] + centres[i + 1]) / 2 if i + 1 < len(asked) else 1.0
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
    """(T, 37) probabilities of a word's columns, letters of a query term -> (T, L): how likely each of its L letters
    (stars left out) is in each column, if the word is what was asked for. None if the letters do not fit in."""
    asked = [letter for letter in letters if letter != "*"]
    if not len(probabilities):
        return None
    found = ctc.posteriors(probabilities @ emissions(letters), _skips(asked))
    return None if found is None else found[:, 1::2]


def all_alike(probabilities: np.ndarray) -> np.ndarray:
    """The columns of a word in which nothing can be told apart: each is the mean of all."""
    return np.broadcast_to(probabilities.mean(axis=0), probabilities.shape)


def _skips(letters: Sequence[str]) -> np.ndarray:
    """(L - 1,) 1, but 0 between equal letters, which need a blank between them: see ``ctc.moved``."""
    return np.array([one != other or one == "?" for one, other in pairwise(letters)], np.float64)


def _alternatives(probabilities: np.ndarray, accepted: np.ndarray, asked: Sequence[str]) -> np.ndarray:
    """(L, 37) likelihood of the query with each letter in turn exchanged for every other, at last for none.

    All are divided by the same number, so that they compare.
    """
    count = len(asked)
    emission = probabilities @ accepted
    # (L, 36, T, S): every letter in every place
    changed = np.broadcast_to(emission, (count, BLANK, *emission.shape)).copy()
    skip = np.broadcast_to(_skips(asked), (count, BLANK, max(0, count - 1))).copy()
    for i in range(count):
        changed[i, :, :, 2 * i + 1] = probabilities[:, :BLANK].T
        for side, between in ((i - 1, i - 1), (i + 1, i)):
            if 0 <= side < count:
                skip[i, :, between] = [asked[side] != char for char in ALPHABET]
    out = np.zeros((count, _CLASSES))
    out[:, :BLANK] = _log_likelihood(changed, skip)
    for i in range(count):  # without the letter, and without the blank or star before or after it
        rest = [*asked[:i], *asked[i + 1 :]]
        kept = np.delete(emission, [2 * i + 1, 2 * i + 2], axis=1)
        kept[:, 2 * i] = np.maximum(emission[:, 2 * i], emission[:, 2 * i + 2])
        out[i, BLANK] = _log_likelihood(kept, _skips(rest))
    return np.exp(out - out.max(axis=1, keepdims=True))


def _log_likelihood(emission: np.ndarray, skip: np.ndarray) -> np.ndarray:
    """(..., T, S) emissions -> (...) log-likelihoods."""
    return ctc.log_likelihood((emission[..., t, :], skip) for t in range(emission.shape[-2]))


def _centres(heat: np.ndarray, posterior: np.ndarray) -> np.ndarray:
    """(L,) where along the word each letter is, 0..1 and rising: the middle of its evidence."""
    middle = (np.arange(len(heat)) + 0.5) / len(heat)
    weight = heat**2  # the peak counts, not the tails of a flat map
    flat = weight.sum(axis=0) < 1e-12
    weight[:, flat] = posterior[:, flat]
    return np.maximum.accumulate((middle[:, None] * weight).sum(axis=0) / weight.sum(axis=0))
