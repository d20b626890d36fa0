"""Explanation of a hit: positions of the letters, columns similar to the example, and what the score is based on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from mark_core.model.alphabet import ink_order
from mark_core.model.mark import MarkModel
from mark_core.model.word_script import from_latin_places, script_number, to_latin_places
from mark_core.retrieval.candidates import Candidates
from mark_core.retrieval.explanation.letter_evidence import LetterPlace, place_letters
from mark_core.retrieval.explanation.warping import column_likeness
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.query import Term
from mark_core.retrieval.reading.edit_distance import edited
from mark_core.retrieval.scoring import probability
from mark_core.retrieval.variants.spellings import spellings
from mark_core.segmentation.word import Box

_MENTIONED = 0.1  # change of log-odds from which rejected hits are mentioned


@dataclass(frozen=True)
class QueryScores:
    """The (N,) log-odds of a query over the N words of a snapshot, each word in its best candidate box.

    terms: the typed words. typed, clicked: log-odds by the typed words and by the example, None without them.
    confirmed, rejected: log-odds of being the same word as each confirmed and each rejected hit. example_weight: 0..1,
    weight of the example in a composed query, else None. logit: the final log-odds. rows: (N, W) int64 rows of the
    gallery of the W words of a hit that begins at each word; -1 behind the last word of the collection.
    boxes: of hits found in a line that are no box of the page, by the number of the word where they are shown.
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
        """Rows of the gallery of the hit that begins at a word, 0..N-1."""
        return [row for row in self.rows[word].tolist() if row >= 0]


@dataclass(frozen=True)
class WordEvidence:
    """One word of a hit.

    number: 0-based, on its page. box: x, y, w, h of the candidate box, page pixels. letters: positions of the typed
    letters, empty without a typed word or a reading head. reads: text of the reading head, "" for none.
    """

    number: int
    box: Box
    letters: tuple[LetterPlace, ...]
    reads: str


@dataclass(frozen=True)
class Ground:
    """One kind of evidence behind a score.

    kind: "letters" (CTC likelihood of the typed word), "look" (cosine to the embedding of the typed word), "clicked"
    (similarity to the example), "confirmed" or "rejected" (similarity to such a hit). rank: 1-based rank of the word
    among ``of`` words by this evidence alone. probability: 0..1 by this evidence alone, None if it is not calibrated.
    """

    kind: str
    rank: int
    of: int
    probability: float | None = None


@dataclass(frozen=True)
class Explanation:
    """Explanation of one hit.

    words: the words of the hit, one unless it is a phrase. likeness, example_likeness: (T,) and (U,) float32 in 0..1,
    similarity of each column of the first word to the matched column of the example, and the reverse; empty without an
    example. grounds: the evidence, best rank first, then confirmed and rejected hits.
    """

    words: tuple[WordEvidence, ...]
    likeness: np.ndarray
    example_likeness: np.ndarray
    grounds: tuple[Ground, ...]


def explain(
    model: MarkModel,
    gallery: Gallery,
    candidates: Candidates,
    scores: QueryScores,
    word: int,
    number: int,
    pair: Sequence[np.ndarray] = (),
    beside: Sequence[Mapping[str, np.ndarray]] = (),
) -> Explanation:
    """Explain the hit that begins at ``word``.

    word: 0..N-1 in the snapshot. number: the same word, 0-based on its page. pair: (H, W) uint8 crops of the word and
    of the example, if there is an example. beside: the `measures` of other indexes, which count for the ranks.
    """
    words: list[WordEvidence] = []
    rows = scores.rows_of(word)
    if len(scores.boxes.get(word, ())) > 1:
        words, rows = _parts(gallery, candidates, scores, word, number), rows[:1]
    for step, row in enumerate([] if words else rows):
        alone = Gallery(gallery.encoding.select([row]))
        letters = _letters(alone, scores.terms[step]) if scores.terms else ()
        words.append(WordEvidence(number + step, candidates.row_words[row].box, letters, alone.readings[0]))
    grounds = []
    if scores.terms:
        for kind, values in _typed_grounds(model, gallery, scores.terms[0]):
            by_word = candidates.best(values)[0]
            by_word[word] = values[rows[0]]
            grounds.append(_ground(kind, by_word, word, beside))
    likeness = own = np.zeros(0, np.float32)
    if scores.clicked is not None:
        grounds.append(_ground("clicked", scores.clicked, word, beside, probable=True))
        columns, others = model.columns(pair)
        likeness, own = column_likeness(columns, others), column_likeness(others, columns)
    grounds.sort(key=lambda ground: ground.rank)
    if scores.confirmed:
        grounds.append(_ground("confirmed", np.max(scores.confirmed, axis=0), word, probable=True))
    if scores.rejected:
        far = np.max(scores.rejected, axis=0)
        if np.logaddexp(0, far[word]) > _MENTIONED:
            grounds.append(_ground("rejected", far, word, probable=True))
    return Explanation(tuple(words), likeness, own, tuple(grounds))


def _parts(
    gallery: Gallery, candidates: Candidates, scores: QueryScores, word: int, number: int
) -> list[WordEvidence]:
    """Both parts of what goes over the end of a line, the letters shared out as they read best."""
    letters = [letter for term in scores.terms for letter in term.letters]
    each = [Gallery(gallery.encoding.select([row])) for row in (word, word + 1)]
    cuts = [
        float(each[0].pattern_agreement(letters[:cut])[0] * cut)
        + float(each[1].pattern_agreement(letters[cut:])[0] * (len(letters) - cut))
        for cut in range(1, len(letters))
    ]
    cut = int(np.argmax(cuts)) + 1 if cuts else len(letters)
    return [
        WordEvidence(number + step, box, _placed(one, tuple(some)) if some else (), one.readings[0])
        for step, (one, box, some) in enumerate(
            zip(each, scores.boxes[word], (letters[:cut], letters[cut:]), strict=True)
        )
    ]


def _letters(one: Gallery, term: Term) -> tuple[LetterPlace, ...]:
    """Positions of the letters of the spelling that fits best, among those that the term allows.

    one: a gallery of a single word. The spelling as typed wins ties.
    """
    fitting: list[tuple[str, ...]] = [term.letters]
    if term.edits:
        fitting += edited(term.letters, term.edits)
    if term.variants and term.word:
        fitting += [tuple(word) for word in spellings(term.word)]
    fitting += [tuple(form) for form in term.abbreviated]
    agreement = [float(one.pattern_agreement(letters)[0]) for letters in fitting]
    return _placed(one, fitting[int(np.argmax(agreement))])


def _placed(one: Gallery, letters: Sequence[str]) -> tuple[LetterPlace, ...]:
    """Places of the letters of a query term in a word, in the order in which they are typed; none in a word of
    another script."""
    script = int(one.encoding.scripts[0])
    if script != script_number(letters):
        return ()
    places = [
        replace(
            place,
            letter=place.letter if place.letter == "?" else from_latin_places(place.letter, script),
            reads=from_latin_places(place.reads, script),
        )
        for place in place_letters(one.encoding.letters, to_latin_places(letters, script))
    ]
    return tuple(places if ink_order(letters) == letters else places[::-1])


def _typed_grounds(model: MarkModel, gallery: Gallery, term: Term) -> list[tuple[str, np.ndarray]]:
    """Kind and (N + A,) values of the evidence for a typed word, over the rows of the gallery."""
    if term.word is None:
        return [("letters", gallery.pattern_agreement(term.letters))]
    cosine = gallery.cosine(model.embed_texts([term.word])[0])
    if not gallery.encoding.counts.any():
        return [("look", cosine)]
    return [("letters", gallery.agreement(term.word, cosine)), ("look", cosine)]


def measures(
    model: MarkModel, gallery: Gallery, candidates: Candidates, scores: QueryScores
) -> dict[str, np.ndarray]:
    """(N,) values of all words by kind of `Ground`, higher is better; for a phrase those of its first word."""
    typed = _typed_grounds(model, gallery, scores.terms[0]) if scores.terms else []
    found = {kind: candidates.best(values)[0] for kind, values in typed}
    return found if scores.clicked is None else {**found, "clicked": scores.clicked}


def _ground(
    kind: str,
    values: np.ndarray,
    word: int,
    beside: Sequence[Mapping[str, np.ndarray]] = (),
    probable: bool = False,
) -> Ground:
    """Rank of one word among all words here and in other indexes. probable: the values are log-odds."""
    every = [values, *(other[kind] for other in beside if kind in other)]
    rank = sum(int((some > values[word]).sum()) for some in every) + 1
    return Ground(kind, rank, sum(map(len, every)), float(probability(values[word])) if probable else None)
