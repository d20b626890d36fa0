"""How much boxes and lines count for a typed word: fitted on indexed pages whose words are known.

Logistic regression for each range of letters (see ``retrieval.lines.fusion``): of boxes on their log-odds and the
score of the span that agrees with it, of spans without a box on their score. Fit on rendered pages and hands of the
training corpus that are held out, never on pages that are measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mark_core.evaluation.boxes import likeness
from mark_core.model.mark import MarkModel
from mark_core.retrieval.lines.fusion import LineWeights, length_class, span_scores
from mark_core.retrieval.lines.line_index import LineIndex
from mark_core.retrieval.query import parse_query
from mark_core.retrieval.snapshot import Snapshot
from mark_core.retrieval.typed import term_logits

_HOLD = 1.0  # strength, in examples, that holds weights near those to begin with
_ROUNDS = 30  # of Newton's method
_WRONG = 60  # of boxes that are wrong for a query, the likeliest that are learnt from


@dataclass(frozen=True)
class KnownWords:
    """The true words of a page: folded texts, and (N, 4) x y w h in its pixels as they were read."""

    texts: Sequence[str]
    boxes: np.ndarray


@dataclass
class _Examples:
    """Rows of evidence and whether the hits were right."""

    evidence: list[np.ndarray] = field(default_factory=list)
    right: list[np.ndarray] = field(default_factory=list)

    def add(self, evidence: np.ndarray, right: np.ndarray) -> None:
        self.evidence.append(evidence)
        self.right.append(right)

    def fit(self, start: Sequence[float]) -> tuple[float, ...]:
        """Bias and weights; ``start`` where there are no examples of both kinds."""
        if not self.right:
            return tuple(start)
        right = np.concatenate(self.right)
        if not 0 < right.sum() < len(right):
            return tuple(start)
        return fit_logistic(np.concatenate(self.evidence), right, start)


def fit_line_weights(
    now: Snapshot, known: Mapping[str, KnownWords], queries: Sequence[str], model: MarkModel
) -> LineWeights:
    """Weights with which boxes and lines together tell best which hits of ``queries`` (folded words) are right.

    known: the true words of the pages of ``now`` by their ids. The lines of these pages must have been read.
    """
    lines = now.lines
    if lines is None:
        return LineWeights()
    start = LineWeights()
    both = [_Examples() for _ in start.both]
    alone = [_Examples() for _ in start.alone]
    for word in queries:
        number = length_class(len(word))
        _examples_of(now, lines, known, word, model, both[number], alone[number])
    fits: dict[str, Any] = {
        "both": tuple(part.fit(first) for part, first in zip(both, start.both, strict=True)),
        "alone": tuple(part.fit(first) for part, first in zip(alone, start.alone, strict=True)),
    }
    return LineWeights(**fits)


def _examples_of(
    now: Snapshot,
    lines: LineIndex,
    known: Mapping[str, KnownWords],
    word: str,
    model: MarkModel,
    both: _Examples,
    alone: _Examples,
) -> None:
    (term,) = parse_query(word, alphabet=model.alphabet)
    logits = term_logits(now.gallery, model, now.calibration, term)
    found = lines.find([term])
    scores, lonely = span_scores(lines, found)
    pages = list(now.pages.values())
    counts = [[len(page.words) for page in pages], [len(page.alternatives) for page in pages]]
    homes = np.concatenate([np.repeat(np.arange(len(pages)), count) for count in counts])
    boxes = np.array([one.box for one in now.candidates.row_words], float).reshape(-1, 4)
    rows = np.argsort(-(logits + 2 * scores), kind="stable")[:_WRONG]
    rows = rows[lines.line_of[rows] >= 0]
    right = np.array(
        [_is_right(boxes[row], known[pages[homes[row]].id], word) for row in rows.tolist()], bool
    )
    both.add(np.stack([logits[rows], scores[rows]], axis=1), right)
    read = [len(page.lines.lines) if page.lines and page.lines.columns else 0 for page in pages]
    page_of = [pages[number].id for number in np.repeat(np.arange(len(pages)), read).tolist()]
    spans = lonely[:_WRONG]
    truths = [known[page_of[line]] for line in found.line[spans].tolist()]
    right = np.array(
        [
            _is_right(np.array(found.box(number), float), truth, word)
            for number, truth in zip(spans, truths, strict=True)
        ],
        bool,
    )
    alone.add(found.score[spans][:, None].astype(float), right)


def _is_right(box: np.ndarray, truth: KnownWords, word: str) -> bool:
    mine = np.array([text == word for text in truth.texts], bool)
    return bool(mine.any()) and bool(likeness(box[None], truth.boxes[mine])[2].any())


def fit_logistic(evidence: np.ndarray, right: np.ndarray, start: Sequence[float]) -> tuple[float, ...]:
    """(N, F) evidence and (N,) bool -> bias and F weights of the likeliest logistic regression near ``start``.

    Weights are not let below 0: more evidence never makes a hit less likely.
    """
    rows = np.hstack([np.ones((len(evidence), 1)), evidence])
    usual = np.array(start, float)
    weights = usual.copy()
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (chance - right) + _HOLD * (weights - usual)
        curvature = (rows * (chance * (1 - chance))[:, None]).T @ rows + _HOLD * np.eye(len(weights))
        weights = weights - np.linalg.solve(curvature, slope)
        weights[1:] = np.maximum(weights[1:], 0.0)
    return tuple(np.round(weights, 4).tolist())
