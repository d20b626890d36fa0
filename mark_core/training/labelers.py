"""Who tells a model that learns a hand what its crops say: a word list, or the collection itself.

A teacher looks at the crops as a model sees them, twice (as they are, and drawn a little differently), and gives a
pseudo_labels: which crops are one word, which of them are surely so, and which word it is where that can be told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mark_core.model.alphabet import LETTERS, is_folded
from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.scoring import Calibration, probability
from mark_core.retrieval.word_clusters import LEVEL, group, likeness_features
from mark_core.training.labelling import Guesses, guess_words
from mark_core.training.lexicon import Lexicon
from mark_core.training.word_vectors import Tick, word_vectors

SURE_READING = -0.12  # log-probability a letter of a reading that is believed without a list
_BLOCK = 512  # crops compared with all others at once


def _unheard(share: float) -> None:
    """A tick that nobody listens to."""


@dataclass(frozen=True)
class PseudoLabels:
    """For each of N crops: label, "" if none is known; readable (N,) bool, the label is what is written and not only
    a name of the group; confidence (N,) 0..1 in the label; agreed (N,) bool, the changed drawing says the same.
    certainty: of the whole, 0..1, what a state is judged by beside the share that agrees."""

    labels: tuple[str, ...]
    readable: np.ndarray
    confidence: np.ndarray
    agreed: np.ndarray
    certainty: float


class Labeler(Protocol):
    def label(self, encoding: Encoding, changed: Encoding, tick: Tick = _unheard) -> PseudoLabels:
        """The lesson from N crops and the same crops drawn differently. tick: hears the share done, 0..1; what it
        raises ends the work."""

    def confidence(self, encoding: Encoding) -> np.ndarray:
        """(N,) 0..1, how sure the teacher is of what it thinks of N crops."""


def make_labeler(model: MarkModel, lexicon: Lexicon | None, tick: Tick | None = None) -> Labeler:
    """The teacher for a word list, whose words are all looked at first, or for none."""
    return CollectionLabeler(model) if lexicon is None else ListTeacher(model, lexicon, tick)


class ListTeacher:
    """Every crop is a word of a list (see ``labelling``)."""

    def __init__(self, model: MarkModel, lexicon: Lexicon, tick: Tick | None = None) -> None:
        self.lexicon = lexicon
        self.calibration = Calibration.from_card(model.card)
        self.vectors = word_vectors(model, lexicon, tick)

    def label(self, encoding: Encoding, changed: Encoding, tick: Tick = _unheard) -> PseudoLabels:
        first = self._guess(encoding, lambda share: tick(share / 2))
        again = self._guess(changed, lambda share: tick(0.5 + share / 2))
        return PseudoLabels(
            tuple(self.lexicon.words[i] for i in first.word),
            np.ones(len(encoding), bool),
            first.confidence,
            first.word == again.word,
            float(first.confidence.mean()),
        )

    def confidence(self, encoding: Encoding) -> np.ndarray:
        return self._guess(encoding).confidence

    def _guess(self, encoding: Encoding, tick: Tick = _unheard) -> Guesses:
        return guess_words(encoding, self.lexicon, self.vectors, self.calibration, tick)


class CollectionLabeler:
    """No list: crops that look alike are one word, in any script; a group that reads surely is that word.

    Looks are compared as the index of words compares them (see ``clusters``).
    """

    def __init__(self, model: MarkModel) -> None:
        self.calibration = Calibration.from_card(model.card)

    def label(self, encoding: Encoding, changed: Encoding, tick: Tick = _unheard) -> PseudoLabels:
        tick(0.0)
        features, bias = likeness_features(encoding, self.calibration)
        drawn, _ = likeness_features(changed, self.calibration)
        groups = _group_numbers(features, bias)
        odds, near = _nearest(
            features, features, bias, itself=False, tick=lambda share: tick(0.2 + share / 3)
        )
        _, found = _nearest(drawn, features, bias, itself=True, tick=lambda share: tick(0.6 + share / 3))
        number = np.arange(len(encoding))
        other = np.where(found[:, 0] == number, found[:, 1], found[:, 0])
        stays = (other == near[:, 0]) | ((groups >= 0) & (groups[other] == groups))
        readings, sure = _sure_readings(Gallery(encoding), Gallery(changed))
        labels, readable = name_groups(groups, readings, sure)
        read = readable & sure
        confidence = np.where(read, 1.0, probability(odds[:, 0]))
        return PseudoLabels(labels, readable, confidence, stays | read, float((found[:, 0] == number).mean()))

    def confidence(self, encoding: Encoding) -> np.ndarray:
        features, bias = likeness_features(encoding, self.calibration)
        odds, _ = _nearest(features, features, bias, itself=False)
        seen = Gallery(encoding)
        return np.where(_sure_readings(seen, seen)[1], 1.0, probability(odds[:, 0]))


def _group_numbers(features: np.ndarray, bias: float) -> np.ndarray:
    """(N,) int64 group of every crop, called by its first crop so that the name lasts; -1 if the crop is alone."""
    out = np.full(len(features), -1, np.int64)
    for rows in group(features, LEVEL - bias):
        if len(rows) > 1:
            out[rows] = rows.min()
    return out


def _nearest(
    crops: np.ndarray, gallery: np.ndarray, bias: float, itself: bool, tick: Tick = _unheard
) -> tuple[np.ndarray, np.ndarray]:
    """(N, 2) log-odds and numbers of the likeliest crops of the gallery, best first."""
    numbers = np.empty((len(crops), 2), np.int64)
    odds = np.empty((len(crops), 2), np.float32)
    for start in range(0, len(crops), _BLOCK):
        tick(start / len(crops))
        rows = slice(start, start + _BLOCK)
        logit = crops[rows] @ gallery.T + bias
        if not itself:
            logit[np.arange(len(logit)), np.arange(start, start + len(logit))] = -np.inf
        best = np.argpartition(-logit, 1, axis=1)[:, :2]
        value = np.take_along_axis(logit, best, axis=1)
        order = np.argsort(-value, axis=1, kind="stable")
        numbers[rows] = np.take_along_axis(best, order, axis=1)
        odds[rows] = np.take_along_axis(value, order, axis=1)
    return odds, numbers


def name_groups(
    groups: np.ndarray, readings: list[str], sure: np.ndarray
) -> tuple[tuple[str, ...], np.ndarray]:
    """Labels of the crops, and which of them are what is written.

    A group is named by the reading that most of its sure members share, if two do or it is all of them; a crop in
    no group by its own sure reading. Other groups get a name that is no word.
    """
    labels = [""] * len(groups)
    readable = np.zeros(len(groups), bool)
    for number in np.unique(groups[groups >= 0]):
        rows = np.flatnonzero(groups == number)
        votes = Counter(readings[i] for i in rows if sure[i])
        reading, count = votes.most_common(1)[0] if votes else ("", 0)
        named = count >= 2 and 2 * count > len(rows)
        for i in rows:
            labels[i] = reading if named else f"group {number}"
        readable[rows] = named
    for i in np.flatnonzero((groups < 0) & sure):
        labels[i], readable[i] = readings[i], True
    return tuple(labels), readable


def _sure_readings(first: Gallery, again: Gallery) -> tuple[list[str], np.ndarray]:
    letters = np.maximum(1, [len(reading) for reading in first.readings])
    pairs = zip(first.readings, again.readings, strict=True)
    same = np.array([a == b and is_folded(a, LETTERS) for a, b in pairs])
    return first.readings, same & (first.best / letters > SURE_READING)
