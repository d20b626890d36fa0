"""How much boxes and lines count for a typed word: fitted on hands that were never trained on.

Logistic regression for each range of letters (see ``retrieval.lines.fusion``): of boxes on their log-odds and the
score of the span that agrees with it, of spans without a box on their score. Every hand is searched for its words and
for as many that only others have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mark_core.evaluation.boxes import likeness
from mark_core.model.mark import MarkModel
from mark_core.pages.page import Page
from mark_core.retrieval.indexed import IndexedPage, index_page
from mark_core.retrieval.lines.fusion import LineWeights, length_class, span_scores
from mark_core.retrieval.lines.line_index import MISSING, LineIndex
from mark_core.retrieval.query import parse_query
from mark_core.retrieval.scoring import Calibration
from mark_core.retrieval.snapshot import Snapshot
from mark_core.retrieval.typed import term_logits
from mark_core.segmentation.segment import segment_page
from mark_core.training.real.hand_pages import KnownWords

_HOLD = 1.0  # strength, in examples, that holds weights near those to begin with
_MOST = 60  # boxes, and spans without a box, that are learnt from for each query, the likeliest


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


@dataclass
class _LengthExamples:
    """Examples of queries of one range of letters, by kind of evidence, see ``LineWeights``."""

    both: _Examples = field(default_factory=_Examples)
    box: _Examples = field(default_factory=_Examples)
    alone: _Examples = field(default_factory=_Examples)


@dataclass(frozen=True, eq=False)
class KnownPage:
    """An indexed page with its true words. scale: page pixels a pixel of ``known``."""

    entry: IndexedPage
    scale: float
    known: KnownWords

    def snapshot(self, model: MarkModel, calibration: Calibration) -> Snapshot:
        """The page as a collection of its own."""
        return Snapshot(model, calibration, {self.entry.id: self.entry})

    def right(self, boxes: np.ndarray, rows: Sequence[int]) -> np.ndarray:
        """(N,) whether each box, (N, 4) in page pixels, is that of one of the true words ``rows``, by extent match."""
        return _right(boxes / self.scale, self.known.boxes[np.array(rows, int)])


def index_pages(model: MarkModel, pages: Iterable[tuple[Page, KnownWords]]) -> list[KnownPage]:
    """Segment and index pages whose words are known."""
    model = MarkModel(model.network, {"calibration": {"lines": LineWeights().to_card()}}, str(model.device))
    return [KnownPage(_indexed(model, page), page.scale, known) for page, known in pages]


def fit_line_weights(
    model: MarkModel, calibration: Calibration, pages: Sequence[KnownPage], seed: int = 0
) -> LineWeights:
    """Weights with which boxes and lines together tell best which hits are right.

    pages: of `index_pages`, each a collection of its own; typed words have their log-odds by ``calibration``.
    """
    model = MarkModel(model.network, {"calibration": {"lines": LineWeights().to_card()}}, str(model.device))
    indexed = [(page.snapshot(model, calibration), page.scale, page.known) for page in pages]
    everywhere = np.unique([text for *_, known in indexed for text in known.texts])
    g = np.random.default_rng(seed)
    start = LineWeights()
    examples = [_LengthExamples() for _ in start.both]
    for now, scale, known in indexed:
        own = np.unique(known.texts)
        absent = np.setdiff1d(everywhere, own)
        others = g.choice(absent, min(len(own), len(absent)), replace=False)
        for word in [*own.tolist(), *others.tolist()]:
            if now.lines is not None:
                _add_examples(now, now.lines, scale, known, word, examples[length_class(len(word))])
    fits: dict[str, Any] = {
        kind: tuple(
            getattr(part, kind).fit(first) for part, first in zip(examples, getattr(start, kind), strict=True)
        )
        for kind in start.to_card()
    }
    return LineWeights(**fits)


def _indexed(model: MarkModel, page: Page) -> IndexedPage:
    found = segment_page(page)
    return index_page(model, page.name, page, found.words, found.alternatives, found.lines)


def _add_examples(
    now: Snapshot,
    lines: LineIndex,
    scale: float,
    known: KnownWords,
    word: str,
    examples: _LengthExamples,
) -> None:
    """Add what boxes and lines say of one typed word on one page. scale: page pixels a pixel of ``known``."""
    (term,) = parse_query(word, alphabet=now.model.alphabet)
    logits = term_logits(now.gallery, now.model, now.calibration, term)
    found, _ = lines.find([term])
    scores, lonely = span_scores(lines, found)
    rows = np.flatnonzero(lines.line_of >= 0)
    rows = rows[np.argsort(-(logits + 2 * scores)[rows], kind="stable")[:_MOST]]
    truth = known.boxes[np.array([text == word for text in known.texts], bool)]
    boxes = np.array([now.candidates.row_words[row].box for row in rows.tolist()], float).reshape(-1, 4)
    right = _right(boxes / scale, truth)
    examples.both.add(np.stack([logits[rows], scores[rows]], axis=1), right)
    unread = scores[rows] <= MISSING
    examples.box.add(logits[rows][unread, None], right[unread])
    spans = lonely[:_MOST]
    boxes = np.array([found.box(number) for number in spans], float).reshape(-1, 4)
    examples.alone.add(found.score[spans][:, None].astype(float), _right(boxes / scale, truth))


def _right(boxes: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """(N,) whether each box is that of a true word, by extent match."""
    return likeness(boxes, truth)[2].any(axis=1) if len(truth) else np.zeros(len(boxes), bool)


def fit_logistic(evidence: np.ndarray, right: np.ndarray, start: Sequence[float]) -> tuple[float, ...]:
    """(N, F) evidence and (N,) bool -> bias and F weights of the likeliest logistic regression near ``start``.

    Weights are not let below 0: more evidence never makes a hit less likely.
    """
    from scipy.optimize import minimize

    rows = np.hstack([np.ones((len(evidence), 1)), evidence])
    usual = np.array(start, float)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logit = rows @ weights
        value = (
            np.logaddexp(0.0, logit).sum() - logit[right].sum() + 0.5 * _HOLD * ((weights - usual) ** 2).sum()
        )
        chance = 0.5 * (1.0 + np.tanh(0.5 * logit))
        return float(value), rows.T @ (chance - right) + _HOLD * (weights - usual)

    bounds = [(None, None), *[(0.0, None)] * (rows.shape[1] - 1)]
    found = minimize(loss, usual, jac=True, method="L-BFGS-B", bounds=bounds)
    return tuple(np.round(found.x, 4).tolist())
