"""Queries of every kind to pages of held-out hands, and what is right of what they find: patterns, words with an edit
and phrases are calibrated and judged on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mark_core.errors import MarkError
from mark_core.model.mark import MarkModel
from mark_core.retrieval.query import Query
from mark_core.retrieval.query_kinds import FITTED, KindWeights
from mark_core.retrieval.reading.edit_distance import as_codes, distances
from mark_core.retrieval.scoring import Calibration, probability
from mark_core.training.calibrate import pattern_of
from mark_core.training.line_weights import KnownPage, fit_logistic

KINDS = ("word", *FITTED)
_QUERIES = 25  # of each kind to a page for what stands there, and as many for what does not
_PAGES = 30  # that are learnt from, spread over all
_MOST = 60  # hits of a query that are looked at
_FEWEST_LETTERS = {"word": 3, "pattern": 5, "edits": 5, "phrase": 2}
_LEVELS = tuple(np.linspace(0.05, 0.95, 91).tolist())  # thresholds that are tried
_LEAST = 1e-9  # probability, and its distance from 1


@dataclass(frozen=True)
class JudgedHits:
    """What a query found. hand: whose page. scores: (N,) probabilities, best first; right: (N,) bool; truth: how many
    places there are to be found."""

    hand: str
    kind: str
    scores: np.ndarray
    right: np.ndarray
    truth: int


def judged_queries(
    model: MarkModel, pages: Sequence[KnownPage], kinds: Sequence[str] = KINDS, seed: int = 0
) -> Iterator[JudgedHits]:
    """Search every page by itself for what stands there and for what stands on others only."""
    g = np.random.default_rng(seed)
    calibration = Calibration.from_card(model.card)
    everywhere = sorted({text for page in pages for text in page.known.texts})
    for page in pages:
        now = page.snapshot(model, calibration)
        for kind in kinds:
            for text, truth in _queries(kind, page, everywhere, g):
                try:
                    hits = now.search(Query(text), _MOST)
                except MarkError:  # a pattern without a letter
                    continue
                boxes = np.array([hit.box for hit in hits], float).reshape(-1, 4)
                scores = np.array([hit.score for hit in hits])
                yield JudgedHits(page.entry.id, kind, scores, page.right(boxes, truth), len(truth))


def fit_kind_weights(model: MarkModel, pages: Sequence[KnownPage], seed: int = 0) -> KindWeights:
    """Bias and factor of the log-odds of each kind but single words, by logistic regression on held-out hands, and the
    threshold of best F1.

    model: with the calibration of words and lines in its card, and none of kinds.
    """
    some = pages[:: max(1, -(-len(pages) // _PAGES))]
    found = list(judged_queries(model, some, FITTED, seed))
    return KindWeights({kind: _fit([one for one in found if one.kind == kind]) for kind in FITTED})


def _fit(found: Sequence[JudgedHits]) -> tuple[float, float, float]:
    if not found:
        return 0.0, 1.0, 0.5
    p = np.clip(np.concatenate([one.scores for one in found]), _LEAST, 1 - _LEAST)
    right = np.concatenate([one.right for one in found])
    logit = np.log(p) - np.log1p(-p)
    bias, factor = 0.0, 1.0
    if 0 < right.sum() < len(right):
        bias, factor = fit_logistic(logit[:, None], right, (bias, factor))
    fitted = probability(bias + factor * logit)
    truth = sum(one.truth for one in found)
    best = max(_LEVELS, key=lambda level: f1_at(fitted, right, truth, level))
    return bias, factor, round(best, 3)


def f1_at(scores: np.ndarray, right: np.ndarray, truth: int, threshold: float) -> float:
    """F1 of (N,) hits if those of at least ``threshold`` are shown. truth: places there are to be found."""
    taken = scores >= threshold
    return 2 * float((taken & right).sum()) / max(1, int(taken.sum()) + truth)


def _queries(
    kind: str, page: KnownPage, everywhere: Sequence[str], g: np.random.Generator
) -> Iterator[tuple[str, list[int]]]:
    """What is typed, and the true words at which what it means stands or begins."""
    texts = list(page.known.texts)
    long = [text for text in sorted(set(texts)) if len(text) >= _FEWEST_LETTERS[kind]]
    if kind == "phrase":
        yield from _phrases(texts, page.known.boxes, long, g)
        return
    here = set(texts)
    absent = [text for text in everywhere if text not in here and len(text) >= _FEWEST_LETTERS[kind]]
    for word in [*_some(long, g), *_some(absent, g)]:
        if kind == "pattern":
            typed = "".join(pattern_of(word, g))
            meant = re.compile(typed.replace("*", ".*").replace("?", "."))
            yield typed, [i for i, text in enumerate(texts) if meant.fullmatch(text)]
        elif kind == "edits":
            typed = _misspelt(word, g) if g.random() < 0.5 else word
            yield f"{typed}~1", np.flatnonzero(distances(*as_codes(texts), typed) <= 1).tolist()
        else:
            yield word, [i for i, text in enumerate(texts) if text == word]


def _phrases(
    texts: Sequence[str], boxes: np.ndarray, words: Sequence[str], g: np.random.Generator
) -> Iterator[tuple[str, list[int]]]:
    """Two words that follow each other in a line, and two that do so by chance if at all."""
    same_line = boxes[1:, 1] == boxes[:-1, 1]
    pairs = list(pairwise(texts))
    asked = [pairs[i] for i in g.permutation(np.flatnonzero(same_line))[:_QUERIES]]
    if words:
        asked += [(str(g.choice(words)), str(g.choice(words))) for _ in range(_QUERIES)]
    for pair in asked:
        yield " ".join(pair), [i for i, other in enumerate(pairs) if other == pair]


def _some(words: Sequence[str], g: np.random.Generator) -> list[str]:
    return [words[i] for i in g.permutation(len(words))[:_QUERIES]]


def _misspelt(word: str, g: np.random.Generator) -> str:
    """The word with one of its letters doubled, left out, or in the place of its neighbour."""
    spot = int(g.integers(1, len(word)))
    before, letter, after = word[:spot], word[spot], word[spot + 1 :]
    return (before + letter + letter + after, before + after, before + before[-1] + after)[int(g.integers(3))]
