"""Why a word matches a query: where its letters are, where it is like the clicked word, what its score rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mark_core.model.mark import MarkModel
from mark_core.retrieval.candidates import Candidates
from mark_core.retrieval.edit_distance import edited
from mark_core.retrieval.evidence import LetterPlace, place_letters
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.query import Term, spellings
from mark_core.retrieval.scoring import probability
from mark_core.retrieval.warping import column_likeness
from mark_core.segmentation.word import Box

_TELLS = 0.1  # change of log-odds by rejected hits below which they are not mentioned


@dataclass(frozen=True)
class Asked:
    """A query and its (N,) log-odds over the words of a collection, each in the box that suits best.

    terms: the typed words; typed, clicked: of either part, None where there is none; confirmed, rejected: of being the
    same as each judged hit; example_weight: how much the clicked word counts, if both are there; logit: of it all.
    rows: (N, W)
    the rows of the gallery that a hit of W words is seen in, when it begins at each word; -1 where there is none.
    boxes: of hits that were found in the line and are no box of the page, by the word that they are shown at.
    """

    terms: tuple[Term, ...]
    typed: np.ndarray | None
    clicked: np.ndarray | None
    confirmed: Sequence[np.ndarray]
    rejected: Sequence[np.ndarray]
    example_weight: float | None
    logit: np.ndarray
    rows: np.ndarray
    boxes: Mapping[int, tuple[Box, ...]] = field(default_factory=dict)

    def rows_of(self, word: int) -> list[int]:
        """The rows of the hit that begins at a word."""
        return [row for row in self.rows[word].tolist() if row >= 0]


@dataclass(frozen=True)
class WordEvidence:
    """A word of a hit. number: on its page. box: x, y, w, h in page pixels, in which it was found. letters: places of
    the typed letters in it, nothing without a typed word or a reading head. reads: what the reading head makes of it,
    "" for nothing."""

    number: int
    box: Box
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
    candidates: Candidates,
    asked: Asked,
    word: int,
    number: int,
    pair: Sequence[np.ndarray] = (),
    beside: Sequence[Mapping[str, np.ndarray]] = (),
) -> Explanation:
    """Why ``word`` is found, which has this number on its page; pair: the crop of it and the clicked one, (H, W) uint8,
    if a word was clicked; beside: the `measures` of others that were searched as well."""
    words = []
    rows = asked.rows_of(word)
    for step, row in enumerate(rows):
        seen = Gallery(gallery.encoding.select([row]))
        letters = _letters(seen, asked.terms[step]) if asked.terms else ()
        words.append(WordEvidence(number + step, candidates.seen[row].box, letters, seen.readings[0]))
    grounds = []
    if asked.terms:
        for kind, values in _typed_grounds(model, gallery, asked.terms[0]):
            by_word = candidates.best(values)[0]
            by_word[word] = values[rows[0]]
            grounds.append(_ground(kind, by_word, word, beside))
    likeness = own = np.zeros(0, np.float32)
    if asked.clicked is not None:
        grounds.append(_ground("clicked", asked.clicked, word, beside, probable=True))
        columns, others = model.columns(pair)
        likeness, own = column_likeness(columns, others), column_likeness(others, columns)
    grounds.sort(key=lambda ground: ground.rank)
    if asked.confirmed:
        grounds.append(_ground("confirmed", np.max(asked.confirmed, axis=0), word, probable=True))
    if asked.rejected:
        far = np.max(asked.rejected, axis=0)
        if np.logaddexp(0, far[word]) > _TELLS:
            grounds.append(_ground("rejected", far, word, probable=True))
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


def _typed_grounds(model: MarkModel, gallery: Gallery, term: Term) -> list[tuple[str, np.ndarray]]:
    """Kind and (N + A,) values over the rows of the gallery."""
    if term.word is None:
        return [("letters", gallery.pattern_agreement(term.letters))]
    cosine = gallery.cosine(model.embed_texts([term.word])[0])
    if not gallery.encoding.counts.any():
        return [("look", cosine)]
    return [("letters", gallery.agreement(term.word, cosine)), ("look", cosine)]


def measures(
    model: MarkModel, gallery: Gallery, candidates: Candidates, asked: Asked
) -> dict[str, np.ndarray]:
    """What a score rests on, by the kind of `Ground`: (N,) for all words, more is better. Of a phrase for its first."""
    typed = _typed_grounds(model, gallery, asked.terms[0]) if asked.terms else []
    found = {kind: candidates.best(values)[0] for kind, values in typed}
    return found if asked.clicked is None else {**found, "clicked": asked.clicked}


def _ground(
    kind: str,
    values: np.ndarray,
    word: int,
    beside: Sequence[Mapping[str, np.ndarray]] = (),
    probable: bool = False,
) -> Ground:
    """A ground by the values of all words here and of others that were searched as well."""
    every = [values, *(other[kind] for other in beside if kind in other)]
    rank = sum(int((some > values[word]).sum()) for some in every) + 1
    return Ground(kind, rank, sum(map(len, every)), float(probability(values[word])) if probable else None)
