"""Query by string: log-odds of each typed word for every row of a gallery, and of phrases."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mark_core.model.mark import MarkModel
from mark_core.retrieval.candidates import Candidates
from mark_core.retrieval.gallery import CANDIDATES, Gallery
from mark_core.retrieval.query import Place, Term
from mark_core.retrieval.reading.edit_distance import edited
from mark_core.retrieval.scoring import Calibration
from mark_core.retrieval.variants.spellings import spellings

MISREAD = 2  # misread letters that are allowed for beside the edits of the query
_STATES = 150_000  # CTC states of all patterns of a query with edits: bounds the number of candidates
AMBIGUOUS = (
    2.0  # log-odds by which an abbreviation is less sure than the word in full: it may stand for others too
)
_MIN_CANDIDATES = 60  # of a query with edits, whatever they cost


def term_logits(gallery: Gallery, model: MarkModel, calibration: Calibration, term: Term) -> np.ndarray:
    """(N,) log-odds that each row of the gallery matches a query term."""
    if term.word is None:
        return calibration.pattern_logit(gallery.pattern_agreement(term.letters))
    words = spellings(term.word) if term.variants else [term.word]
    cosine = (model.embed_texts(words) @ gallery.encoding.vectors.T).max(axis=0)
    if len(words) == 1:
        logits = gallery.typed_logits(cosine, term.word, calibration)
    else:
        agreement = gallery.best_agreement(_distinct(words, term), gallery.candidates(cosine))
        logits = calibration.text_logit(cosine, agreement)
    if term.abbreviated:
        logits = np.maximum(logits, _abbreviated_logits(gallery, model, calibration, term))
    if term.edits:
        patterns = edited(term.letters, term.edits)
        count = np.clip(_STATES // (len(patterns) * (2 * len(term.letters) + 1)), _MIN_CANDIDATES, CANDIDATES)
        rows = gallery.near(term.letters, term.edits + MISREAD, int(count))
        agreement = gallery.best_agreement(patterns, rows)  # exact readings are scored by the word itself
        logits = np.maximum(logits, calibration.pattern_logit(agreement))
    return logits


def _abbreviated_logits(
    gallery: Gallery, model: MarkModel, calibration: Calibration, term: Term
) -> np.ndarray:
    """(N,) log-odds that each row is an abbreviation of a word, by the best of its forms."""
    vectors = model.embed_texts(term.abbreviated)
    lengths = np.array([len(form) for form in term.abbreviated])
    out = np.full(len(gallery), -np.inf, np.float32)
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        cosine = (vectors[rows] @ gallery.encoding.vectors.T).max(axis=0)
        forms = [tuple(term.abbreviated[row]) for row in rows]
        agreement = gallery.best_agreement(forms, gallery.candidates(cosine))
        out = np.maximum(out, calibration.text_logit(cosine, agreement) - AMBIGUOUS)
    return out


def _distinct(words: list[str], term: Term) -> list[tuple[str, ...]]:
    """Patterns of all spellings: spellings that differ within a letter class are one pattern."""
    same = {char: letters for letters in term.letters for char in letters}
    return list(dict.fromkeys(tuple(same.get(char, char) for char in word) for word in words))


def phrase_logits(
    candidates: Candidates, places: Sequence[Place], each: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds of a phrase of W words, each in its best box.

    each: W arrays (N + A,) of log-odds, by row of the gallery. Returns (N,) log-odds of the phrase that begins at each
    word, and its (N, W) rows, -1 behind the last word. For W = 1 the log-odds (N + A,) are returned as they are, with
    no rows.
    """
    if len(each) == 1:
        return each[0], np.zeros((0, 1), np.int64)
    best, rows = zip(*map(candidates.best, each), strict=True)
    following = [np.append(row[step:], np.full(min(step, len(row)), -1)) for step, row in enumerate(rows)]
    return row_logits(best, places), np.stack(following, axis=1)


def row_logits(terms: Sequence[np.ndarray], places: Sequence[Place]) -> np.ndarray:
    """Log-odds of a phrase: words that follow each other in reading order on one page.

    terms: (N,) log-odds of each word of the phrase. places: of the N words. Returns (N,) log-odds of the phrase that
    begins at each word, the minimum over its words; -inf where the page ends before the phrase.
    """
    pages = np.unique([page for page, _ in places], return_inverse=True)[1] if places else np.zeros(0, int)
    out = terms[0].astype(np.float64)
    for step, logits in enumerate(terms[1:], start=1):
        following = np.full(len(out), -np.inf)
        together = pages[step:] == pages[:-step] if step < len(pages) else np.zeros(0, bool)
        following[: len(together)] = np.where(together, logits[step:], -np.inf)
        out = np.minimum(out, following)
    return out
