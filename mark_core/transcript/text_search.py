"""Typed queries sought in the text of a page, as they are sought in its ink: words, patterns, edits, phrases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mark_core.retrieval.query import Term
from mark_core.retrieval.reading.edit_distance import as_codes, distances
from mark_core.retrieval.typed import AMBIGUOUS
from mark_core.retrieval.variants.spellings import CLASSES
from mark_core.transcript.page_text import PageText, TextWord

SURELY = (
    0.9  # certainty from which another word surely stands there: 99 of 100 are right, see docs/results.md
)
_STRUCK = 0.1  # of its probability that a hit keeps where a person says that another word stands there


@dataclass(frozen=True)
class TextMatch:
    """Words of a text that match a query. first, count: of the words. certainty: 0..1, that they stand on the page, of
    a phrase the lowest of its words. divided: one word that begins at the end of a line and goes on in the next."""

    first: int
    count: int
    certainty: float
    divided: bool = False


def find_in_text(text: PageText, terms: Sequence[Term]) -> list[TextMatch]:
    """Where the terms of a query follow each other in a text, in its order. Words that are not on the page match
    nothing."""
    words, folded = text.words, text.folded
    sure = np.array([0.0 if word.box is None else 1.0 if word.by_hand else word.certainty for word in words])
    count = len(terms)
    if len(words) < count or not count:
        return []
    score = np.ones(len(words) - count + 1)
    for step, term in enumerate(terms):
        score = np.minimum(score, _certainties(folded, sure, term)[step : step + len(score)])
    found = [TextMatch(int(first), count, float(score[first])) for first in np.flatnonzero(score > 0)]
    return found + (_divided(text, sure, terms[0]) if count == 1 else [])


def _divided(text: PageText, sure: np.ndarray, term: Term) -> list[TextMatch]:
    """Matches of the last word of a line together with the first of the next."""
    ends = [first for first, (one, next_one) in enumerate(pairwise(text.words)) if one.line != next_one.line]
    joined = [text.folded[first] + text.folded[first + 1] for first in ends]
    both = np.array([min(sure[first], sure[first + 1]) for first in ends])
    certainties = _certainties(joined, both, term) if ends else both
    # not where one of both parts matches alone, as of a pattern
    alone = _certainties(text.folded, sure, term)
    return [
        TextMatch(first, 2, float(certainty), divided=True)
        for first, certainty in zip(ends, certainties, strict=True)
        if certainty > 0 and not alone[first] and not alone[first + 1]
    ]


def combined(ink: float, certainty: float) -> float:
    """0..1, that a word is what was typed, by its ink and a text that has it there: the surer of the two counts. They
    are not independent: how sure a place is was told from the same ink."""
    return max(ink, certainty)


def is_contradicted(words: Sequence[TextWord]) -> bool:
    """Whether words that do not match a query surely stand where a hit is."""
    return bool(words) and all(word.by_hand or word.certainty >= SURELY for word in words)


def weighed_down(ink: float, words: Sequence[TextWord]) -> float:
    """The probability of a hit by ink where these other words stand. A text may be wrong, and finding that is what the
    ink is there for; what a person has read counts."""
    return ink * _STRUCK if words and all(word.by_hand for word in words) else ink


def _certainties(folded: Sequence[str], sure: np.ndarray, term: Term) -> np.ndarray:
    """(N,) how sure it is that each word stands on the page and matches a term; 0 where it does not match."""
    matching = np.array([bool(text) for text in folded], bool) & _matches(folded, term)
    found = np.where(matching, sure, 0.0)
    if term.abbreviated:
        short = np.isin(folded, term.abbreviated)
        found = np.where(short & ~matching, _less_sure(sure), found)
    return found


def _matches(folded: Sequence[str], term: Term) -> np.ndarray:
    if term.word is None:
        pattern = re.compile("".join(map(_expression, term.letters)))
        return np.array([bool(pattern.fullmatch(text)) for text in folded])
    same = np.array([text == term.word for text in folded])
    if term.variants:
        own = _modern(term.word)
        same |= np.array([_modern(text) == own for text in folded])
    if term.edits:
        same |= distances(*as_codes(list(folded)), term.letters) <= term.edits
    return same


def _expression(letter: str) -> str:
    """The regular expression of an item of ``Term.letters``."""
    if letter in "?*":
        return "." if letter == "?" else ".*"
    return f"[{re.escape(letter)}]"


def _modern(word: str) -> str:
    """A word without what old spelling does not distinguish: see ``variants.spellings``."""
    for letters in CLASSES:
        for other in letters[1:]:
            word = word.replace(other, letters[0])
    return re.sub(r"(.)\1", r"\1", word)


def _less_sure(certainty: np.ndarray) -> np.ndarray:
    """The certainty of abbreviations, which may stand for other words too."""
    bounded = np.clip(certainty, 1e-6, 1 - 1e-6)
    odds = bounded / (1 - bounded) * np.exp(-AMBIGUOUS)
    return np.where(certainty > 0, odds / (1 + odds), 0.0)
