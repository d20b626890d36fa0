"""Log-odds of typed queries: each word of the query against every word of a gallery, then words in a row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mark_core.model.mark import MarkModel
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.pattern import edited
from mark_core.retrieval.query import Term, spellings
from mark_core.retrieval.scoring import Calibration

Place = tuple[str, int]  # page id, number of the word on the page


def term_logits(gallery: Gallery, model: MarkModel, calibration: Calibration, term: Term) -> np.ndarray:
    """(N,) log-odds that each word of the gallery is what ``term`` asks for."""
    if term.word is None:
        return calibration.pattern_logit(gallery.pattern_agreement(term.letters))
    words = spellings(term.word) if term.variants else [term.word]
    cosine = (model.embed_texts(words) @ gallery.encoding.vectors.T).max(axis=0)
    if len(words) == 1:
        logits = gallery.typed_logits(cosine, term.word, calibration)
    else:
        logits = calibration.text_logit(cosine, _any(gallery, cosine, _distinct(words, term)))
    if term.edits:
        agreement = _any(gallery, cosine, edited(term.letters, term.edits))
        logits = np.maximum(logits, calibration.pattern_logit(agreement))
    return logits


def _distinct(words: list[str], term: Term) -> list[tuple[str, ...]]:
    """Letters to read for all spellings: those that differ by a letter of a class are one pattern."""
    same = {char: letters for letters in term.letters for char in letters}
    return list(dict.fromkeys(tuple(same.get(char, char) for char in word) for word in words))


def _any(gallery: Gallery, cosine: np.ndarray, patterns: Sequence[tuple[str, ...]]) -> np.ndarray:
    """(N,) agreement with whichever of the patterns a candidate spells best."""
    rows = gallery.candidates(cosine)
    return np.max([gallery.pattern_agreement(letters, rows) for letters in patterns], axis=0)


def row_logits(terms: Sequence[np.ndarray], places: Sequence[Place]) -> np.ndarray:
    """(N,) log-odds that a phrase begins at each word: its words follow each other in reading order on one page.

    A row is as sure as its least sure word. Where a page ends before the phrase does, -inf.
    """
    pages = np.unique([page for page, _ in places], return_inverse=True)[1] if places else np.zeros(0, int)
    out = terms[0].astype(np.float64)
    for step, logits in enumerate(terms[1:], start=1):
        following = np.full(len(out), -np.inf)
        together = pages[step:] == pages[:-step] if step < len(pages) else np.zeros(0, bool)
        following[: len(together)] = np.where(together, logits[step:], -np.inf)
        out = np.minimum(out, following)
    return out
