"""A typed query in boxes and lines together: what both say, as the log-odds of its kind of query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mark_core.retrieval.lines.fusion import (
    LineHit,
    LineWeights,
    divided_hits,
    fused,
    line_hits,
    phrase_scores,
    span_scores,
)
from mark_core.retrieval.lines.line_index import FoundDivided, FoundSpans, LineIndex
from mark_core.retrieval.query import Term
from mark_core.retrieval.query_kinds import KindWeights, kind_of


def with_lines(
    lines: LineIndex,
    found: FoundSpans,
    divided: FoundDivided,
    terms: Sequence[Term],
    typed: np.ndarray,
    words: int,
    card: dict[str, Any],
) -> tuple[np.ndarray, list[LineHit]]:
    """Log-odds of rows with the evidence of the lines, and the spans that are no box of the page.

    found, divided: the spans of the query. typed: log-odds by the boxes alone, see ``typed.phrase_logits``. words: N,
    those shown. card: of the weights, which says how much lines count and how each kind of query is calibrated.
    """
    letters = sum(term.literal for term in terms)
    weights = LineWeights.from_card(card)
    if len(terms) == 1:
        scores, lonely = span_scores(lines, found)
    else:
        scores, lonely = phrase_scores(lines, found, words, len(terms))
    over = divided_hits(lines, divided, words, letters, weights)
    if len(terms) > 1:  # a phrase whose words all have boxes is found in these
        for hit, rows in over:
            if _in_a_row(rows, len(terms)):
                scores[rows[0]] = max(scores[rows[0]], divided.score[hit.number])
        over = [(hit, rows) for hit, rows in over if not _in_a_row(rows, len(terms))]
    readable = lines.line_of[: len(typed)] >= 0
    hits = [*line_hits(lines, found, lonely, words, letters, weights), *(hit for hit, _ in over)]
    hits.sort(key=lambda hit: -hit.logit)
    return _of_kind(terms, fused(typed, scores, readable, letters, weights), hits, card)


def _in_a_row(rows: Sequence[int], terms: int) -> bool:
    return len(rows) == terms and rows[-1] - rows[0] == terms - 1


def _of_kind(
    terms: Sequence[Term], typed: np.ndarray, hits: Sequence[LineHit], card: dict[str, Any]
) -> tuple[np.ndarray, list[LineHit]]:
    """The same as the log-odds of a query of this kind."""
    weights, kind = KindWeights.from_card(card), kind_of(terms)
    moved = weights(kind, np.array([hit.logit for hit in hits], float))
    return weights(kind, typed), [
        replace(hit, logit=float(logit)) for hit, logit in zip(hits, moved, strict=True)
    ]
