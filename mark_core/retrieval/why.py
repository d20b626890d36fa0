"""Why a word matches a query: where its letters are, where it is like the clicked word, what its score rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mark_core.model.mark import MarkModel
from mark_core.retrieval.evidence import LetterPlace, place_letters
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.pattern import edited
from mark_core.retrieval.query import Term, spellings
from mark_core.retrieval.scoring import probability
from mark_core.retrieval.warping import column_likeness

_TELLS = 0.1  # change of log-odds by rejected hits below which they are not mentioned


@dataclass(frozen=True)
class Asked:
    """A query and its (N,) log-odds over the words of a gallery.

    terms: the typed words; typed, clicked: of either part, None where there is none; confirmed, rejected: of being the
    same as each judged hit; lam: how much the clicked word counts, if both are there; logit: of it all.
    """

    terms: tuple[Term, ...]
    typed: np.ndarray | None
    clicked: np.ndarray | None
    confirmed: Sequence[np.ndarray]
    rejected: Sequence[np.ndarray]
    lam: float | None
    logit: np.ndarray

    @property
    def span(self) -> int:
        """Number of words of a hit."""
        return max(1, len(self.terms))


@dataclass(frozen=True)
class WordEvidence:
    """A word of a hit. number: on its page. letters: places of the typed letters in it, nothing without a typed word or
    a reading head. reads: what the reading head makes of it, "" for nothing."""

    number: int
    letters: tuple[LetterPlace, ...]
    reads: str


@dataclass(frozen=True)
class Ground:
    """Something a score rests on.

    kind: "letters" (as they were read), "look" (of the whole word, beside the typed word's), "clicked" (likeness to
    the clicked word), "confirmed" or "rejected" (likeness to such a hit). rank: place of the word by this alone among
    ``of`` words, 1 the best. probability: 0..1 by this alone, None where it has none.
    """

    kind: str
    rank: int
    of: int
    probability: float | None = None


@dataclass(frozen=True)
class Explanation:
    """words: those of the hit, one but for phrases. likeness, example_likeness: (T,) and (U,) float32 in 0..1, how much
    each column of the first word is like the matching one of the clicked word, and the other way round; empty without
    a clicked word. grounds: the weightiest first."""

    words: tuple[WordEvidence, ...]
    likeness: np.ndarray
    example_likeness: np.ndarray
    grounds: tuple[Ground, ...]


def explain(
    model: MarkModel,
    gallery: Gallery,
    asked: Asked,
    row: int,
    numbers: Sequence[int],
    pair: Sequence[np.ndarray] = (),
) -> Explanation:
    """Why row ``row`` of the gallery is found; numbers: of the hit's words on its page, which follow one another in the
    gallery; pair: the crop of the first of them and the clicked one, (H, W) uint8, if a word was clicked."""
    words = []
    for step, number in enumerate(numbers):
        seen = Gallery(gallery.encoding.select([row + step]))
        letters = _letters(seen, asked.terms[step]) if asked.terms else ()
        words.append(WordEvidence(number, letters, seen.readings[0]))
    grounds = _typed_grounds(model, gallery, asked.terms[0], row) if asked.terms else []
    likeness = own = np.zeros(0, np.float32)
    if asked.clicked is not None:
        grounds.append(_ground("clicked", asked.clicked, row, probable=True))
        columns, others = model.columns(pair)
        likeness, own = column_likeness(columns, others), column_likeness(others, columns)
    grounds.sort(key=lambda ground: ground.rank)
    if asked.confirmed:
        grounds.append(_ground("confirmed", np.max(asked.confirmed, axis=0), row, probable=True))
    if asked.rejected:
        far = np.max(asked.rejected, axis=0)
        if np.logaddexp(0, far[row]) > _TELLS:
            grounds.append(_ground("rejected", far, row, probable=True))
    return Explanation(tuple(words), likeness, own, tuple(grounds))


def _letters(seen: Gallery, term: Term) -> tuple[LetterPlace, ...]:
    """Places of the letters of whichever spelling fits best, of those that the term allows; as typed before all."""
    fitting: list[tuple[str, ...]] = [term.letters]
    if term.edits:
        fitting += edited(term.letters, term.edits)
    if term.variants and term.word:
        fitting += [tuple(word) for word in spellings(term.word)]
    agreement = [float(seen.pattern_agreement(letters)[0]) for letters in fitting]
    return place_letters(seen.encoding.letters, fitting[int(np.argmax(agreement))])


def _typed_grounds(model: MarkModel, gallery: Gallery, term: Term, row: int) -> list[Ground]:
    if term.word is None:
        return [_ground("letters", gallery.pattern_agreement(term.letters), row)]
    cosine = gallery.cosine(model.embed_texts([term.word])[0])
    look = _ground("look", cosine, row)
    if not gallery.encoding.counts.any():
        return [look]
    return [_ground("letters", gallery.agreement(term.word, cosine), row), look]


def _ground(kind: str, values: np.ndarray, row: int, probable: bool = False) -> Ground:
    rank = int((values > values[row]).sum()) + 1
    return Ground(kind, rank, len(values), float(probability(values[row])) if probable else None)
