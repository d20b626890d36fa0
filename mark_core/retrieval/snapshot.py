"""The words of an index as they are at one moment, and the answers to queries about them.

It is never changed, so that a search sees one state of all pages and weights from its beginning to its end, whatever
becomes of the index meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np

from mark_core.errors import MarkError
from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.retrieval.candidates import Candidates
from mark_core.retrieval.composed import Balance, compose, evidence
from mark_core.retrieval.explanation import Asked, Explanation, explain, measures
from mark_core.retrieval.feedback import fuse
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.hit import Hit
from mark_core.retrieval.indexed import IndexedPage
from mark_core.retrieval.lines.fusion import (
    LineHit,
    LineWeights,
    fused,
    line_hits,
    phrase_scores,
    put_in,
    span_scores,
)
from mark_core.retrieval.lines.line_index import FoundSpans, LineIndex
from mark_core.retrieval.query import Term, parse_query
from mark_core.retrieval.scoring import Calibration, probability
from mark_core.retrieval.typed import Place, row_logits, term_logits
from mark_core.segmentation.crop import crop_word
from mark_core.segmentation.word import Box, Word

Reference = (
    Place | Sequence[np.ndarray]
)  # a judged word of this index, or the crops of one (of a phrase: of its words)


@dataclass(frozen=True, eq=False)
class Query:
    """What is asked, as ``WordIndex.search`` takes it."""

    text: str | None = None
    example: Place | np.ndarray | None = None
    variants: bool = False
    confirmed: Sequence[Reference] = ()
    rejected: Sequence[Reference] = ()
    example_weight: float | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Pages by id in their order, all looked at by ``model``."""

    model: MarkModel
    calibration: Calibration
    pages: Mapping[str, IndexedPage]

    @cached_property
    def gallery(self) -> Gallery:
        """The words of all pages, page by page, and behind them their alternatives."""
        pages = self.pages.values()
        parts = [*(page.encoding for page in pages), *(page.alternative_encoding for page in pages)]
        return Gallery(Encoding.join(parts, self.model.dim, self.model.shape_dim))

    @property
    def encoding(self) -> Encoding:
        """What the model sees in the words of all pages, page by page; a view of the gallery."""
        wide, words = self.gallery.encoding, self.candidates.words
        columns = int(wide.counts[:words].sum())
        return Encoding(
            wide.vectors[:words], wide.letters[:columns], wide.counts[:words], wide.shapes[:words]
        )

    @cached_property
    def candidates(self) -> Candidates:
        """Which rows of the gallery are boxes of which word."""
        return Candidates.of_pages(list(self.pages.values()))

    @cached_property
    def lines(self) -> LineIndex | None:
        """The lines of all pages; None if none was read by weights that know spaces."""
        return LineIndex.of_pages(
            [
                (page.lines, page.words, [one.word for one in page.alternatives])
                for page in self.pages.values()
            ]
        )

    @cached_property
    def places(self) -> list[Place]:
        """Where each word is."""
        return [(page.id, word) for page in self.pages.values() for word in range(len(page.words))]

    def search(self, query: Query, top: int, pages: Sequence[str] | None = None) -> list[Hit]:
        """The ``top`` most probable words of these pages (None: of all), best first. Raises MarkError as `ask`."""
        asked = self.ask(query)
        logit = asked.logit
        if pages is not None:
            wanted = set(pages)
            logit = np.where([page in wanted for page, _ in self.places], logit, -np.inf)
        order = np.argsort(-logit, kind="stable")[: max(0, top)]
        return self._hits(order[~np.isneginf(logit[order])], logit, asked)

    def measures(self, query: Query) -> dict[str, np.ndarray]:
        """What the scores of a query rest on, see ``why.measures``. Raises MarkError as `ask`."""
        return measures(self.model, self.gallery, self.candidates, self.ask(query))

    def explain(
        self, place: Place, query: Query, beside: Sequence[Mapping[str, np.ndarray]] = ()
    ) -> Explanation:
        """Why the word at ``place`` is found by a query. beside: the `measures` of others that were searched as well.
        Raises MarkError as `ask`."""
        word = self._row(*place)
        asked = self.ask(query)
        pair = []
        if query.example is not None:
            page, (row, *_) = self.page(place[0]).page, asked.rows_of(word)
            pair = [crop_word(page.grey, self.candidates.seen[row]), self._crop(query.example)]
        return explain(self.model, self.gallery, self.candidates, asked, word, place[1], pair, beside)

    def ask(self, query: Query) -> Asked:
        """The query and the log-odds of every word. Raises MarkError for an empty query, letters that cannot be typed,
        a place that does not exist, or a example_weight outside 0..1."""
        text, example, example_weight = query.text, query.example, query.example_weight
        if not (text and text.strip()) and example is None:
            raise MarkError("Type a word, or click one on the page.")
        if example_weight is not None and not 0 <= example_weight <= 1:
            raise MarkError("The weight of the clicked word must lie between 0 and 1.")
        typed = clicked = itself = None
        terms: tuple[Term, ...] = ()
        in_lines: list[LineHit] = []
        found: FoundSpans | None = None
        if text and text.strip():
            terms = parse_query(text, query.variants, self.model.alphabet)
            each = [term_logits(self.gallery, self.model, self.calibration, term) for term in terms]
            typed, phrase = self._in_a_row(each)
            found = self.lines.find(terms) if self.lines is not None else None
            if found is not None:
                typed, in_lines = self._with_lines(terms, typed, found)
        if isinstance(example, np.ndarray):
            seen = self.model.encode([example])
            clicked = self.compare(seen)
        elif example is not None:
            itself = self._row(*example)
            seen = self.page(example[0]).encoding.select([example[1]])
            clicked = self._row_logits(itself)
        if len(terms) > 1 and clicked is not None:
            clicked = self.candidates.best(clicked)[0]
        if typed is None or clicked is None:
            example_weight, logit = None, np.array(clicked if typed is None else typed, np.float64)
        else:
            if example_weight is None:
                weigh = Balance.from_card(self.model.card)
                words = self.candidates.words
                example_weight = weigh(evidence(Gallery(seen), typed[:words], clicked[:words], itself))
            logit = compose(typed, clicked, example_weight)
        rows = phrase if len(terms) > 1 else self.candidates.best(logit)[1][:, None]
        judged = [
            [self._reference_logits(one, rows) for one in group]
            for group in (query.confirmed, query.rejected)
        ]
        logit = fuse(logit, *judged)
        if itself is not None and typed is None:
            logit[itself] = np.inf  # the clicked word is what was asked for
        if len(terms) < 2:
            logit, best = self.candidates.best(logit)
            logit, rows = self.candidates.alone(logit, best), best[:, None]
            typed, clicked = (part if part is None else part[best] for part in (typed, clicked))
            judged = [[part[best] for part in group] for group in judged]
        refused = {one for one in query.rejected if isinstance(one[0], str)}
        in_lines = [hit for hit in in_lines if self.places[hit.word] not in refused]
        boxes: dict[int, tuple[Box, ...]] = {}
        if found is not None and clicked is None:
            logit, boxes = put_in(logit, in_lines, found.box)
        return Asked(terms, typed, clicked, *judged, example_weight, logit, rows, boxes)

    def compare(self, example: Encoding) -> np.ndarray:
        """(N + A,) log-odds that each row of the gallery is the same word as the one encoded crop."""
        gallery = self.gallery
        cosine, likeness = gallery.cosine(example.vectors[0]), gallery.likeness(example.shapes[0])
        return gallery.clicked_logits(cosine, likeness, Gallery(example).readings[0], self.calibration)

    def page(self, page_id: str) -> IndexedPage:
        """Raises MarkError if there is none of that id."""
        page = self.pages.get(page_id)
        if page is None:
            raise MarkError("That page is no longer in the collection.")
        return page

    def _in_a_row(self, each: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Log-odds of words that follow each other, from (N + A,) of each: as they are of one word, of more (N,), each
        word in its best box; and (N, W) the rows of a phrase that begins at each word, -1 behind the last word."""
        if len(each) == 1:
            return each[0], np.zeros((0, 1), np.int64)
        best, rows = zip(*map(self.candidates.best, each), strict=True)
        following = [np.append(row[step:], np.full(min(step, len(row)), -1)) for step, row in enumerate(rows)]
        return row_logits(best, self.places), np.stack(following, axis=1)

    def _with_lines(
        self, terms: Sequence[Term], typed: np.ndarray, found: FoundSpans
    ) -> tuple[np.ndarray, list[LineHit]]:
        """Log-odds of ``_in_a_row`` with what the lines say, and the places in lines that are no box of the page."""
        lines = self.lines
        assert lines is not None
        words, letters = self.candidates.words, sum(term.literal for term in terms)
        weights = LineWeights.from_card(self.model.card)
        if len(terms) == 1:
            scores, lonely = span_scores(lines, found)
        else:
            scores, lonely = phrase_scores(lines, found, words, len(terms))
        readable = lines.line_of[: len(typed)] >= 0
        hits = line_hits(lines, found, lonely, words, letters, weights)
        return fused(typed, scores, readable, letters, weights), hits

    def _row_logits(self, row: int) -> np.ndarray:
        logits = self.gallery.remembered.get(row)
        if logits is None:
            logits = self.gallery.remember(row, self.compare(self.gallery.encoding.select([row])))
        return logits

    def _reference_logits(self, reference: Reference, rows: np.ndarray) -> np.ndarray:
        """Log-odds as those of ``_in_a_row`` that the same words as those of a judged hit begin at each word; it was
        seen in the ``rows`` (N, W) of the gallery that the query takes."""
        if isinstance(reference[0], str):
            page_id, first = reference
            last = min(first + rows.shape[1], len(self.page(page_id).words))
            seen = rows[self._row(page_id, first)][: max(1, last - first)]
            each = [self._row_logits(row) for row in seen.tolist()]
        else:
            each = [self._crop_logits(crop) for crop in reference[: rows.shape[1]]]
        if rows.shape[1] > 1 and len(each) == 1:
            return self.candidates.best(each[0])[0]
        return self._in_a_row(each)[0]

    def _crop_logits(self, crop: np.ndarray) -> np.ndarray:
        key = crop.shape, blake2b(np.ascontiguousarray(crop), digest_size=16).digest()
        logits = self.gallery.remembered.get(key)
        if logits is None:
            logits = self.gallery.remember(key, self.compare(self.model.encode([crop])))
        return logits

    def _crop(self, example: Place | np.ndarray) -> np.ndarray:
        if isinstance(example, np.ndarray):
            return example
        return crop_word(self.page(example[0]).page.grey, self._word(*example))

    def _row(self, page_id: str, word: int) -> int:
        self._word(page_id, word)
        return self.places.index((page_id, word))

    def _word(self, page_id: str, word: int) -> Word:
        page = self.page(page_id)
        if not 0 <= word < len(page.words):
            raise MarkError("That word is no longer on the page.")
        return page.words[word]

    def _hits(self, order: np.ndarray, logit: np.ndarray, asked: Asked) -> list[Hit]:
        scores = probability(logit[order])
        readings, certainties, seen = self.gallery.readings, self.gallery.certainties, self.candidates.seen
        hits = []
        for rank, (i, score) in enumerate(zip(order.tolist(), scores.tolist(), strict=True), start=1):
            page_id, number = self.places[i]
            line = self.page(page_id).words[number].line
            rows = asked.rows_of(i)
            reads = " ".join(readings[row] for row in rows)
            found = asked.boxes.get(i) or tuple(seen[row].box for row in rows)
            certainty = float(certainties[rows].min())
            hits.append(
                Hit(
                    page_id,
                    number,
                    found[0],
                    score,
                    rank,
                    line,
                    reads,
                    found,
                    certainty,
                    asked.example_weight,
                )
            )
        return hits
