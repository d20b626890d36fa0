"""Guess the text of every crop of a collection from a lexicon, and say how sure the guess is.

Wolf and Fink, "Annotation-free learning of deep representations for word spotting using synthetic data and self
labeling" (DAS 2020): a model that was trained on rendered words labels the crops of the collection, and the surest
labels train it further.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.scoring import Calibration
from mark_core.training.lexicon import Lexicon

CANDIDATES = 12  # words of the lexicon that are weighed for a crop
PRIOR = 0.3  # how much the frequency of a word counts, in nats of log-odds per nat of log-frequency
_BLOCK = 256  # crops compared with the lexicon at once


@dataclass(frozen=True)
class Guesses:
    """For each of N crops: word (N,) int64 of the lexicon; probability (N,) 0..1 that it is this one of the
    candidates; agreement (N,) in -12..0, log-likelihood a letter of the reading head against its best path."""

    word: np.ndarray
    probability: np.ndarray
    agreement: np.ndarray

    @property
    def confidence(self) -> np.ndarray:
        """(N,) 0..1: sure that it is this word of the list, and that the list has the word at all."""
        return self.probability * np.exp(self.agreement)


def guess_words(
    encoding: Encoding,
    lexicon: Lexicon,
    vectors: np.ndarray,
    calibration: Calibration,
    tick: Callable[[float], None] = lambda share: None,
) -> Guesses:
    """``vectors``: (V, D) of the lexicon's words, as ``embed_texts`` gives them. tick: hears the share done, 0..1; what
    it raises ends the work."""
    parts = []
    for start in range(0, len(encoding), _BLOCK):
        tick(start / len(encoding))
        rows = np.arange(start, min(start + _BLOCK, len(encoding)))
        parts.append(_guess_block(encoding.select(rows), lexicon, vectors, calibration))
    return Guesses(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def _guess_block(
    encoding: Encoding, lexicon: Lexicon, vectors: np.ndarray, calibration: Calibration
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    count = min(CANDIDATES, len(lexicon))
    similarity = encoding.vectors @ vectors.T
    near = np.argpartition(-similarity, count - 1, axis=1)[:, :count]
    cosine = np.take_along_axis(similarity, near, axis=1).astype(np.float32)
    rows = np.repeat(np.arange(len(encoding)), count)
    queries = [lexicon.words[i] for i in near.ravel()]
    agreement = Gallery(encoding).pair_agreement(rows, queries).reshape(near.shape)
    logit = calibration.text_logit(cosine, agreement) + PRIOR * lexicon.log_frequency[near]
    odds = np.exp(logit - logit.max(axis=1, keepdims=True))
    first = odds.argmax(axis=1)
    pick = (np.arange(len(encoding)), first)
    return near[pick].astype(np.int64), odds[pick] / odds.sum(axis=1), agreement[pick]
