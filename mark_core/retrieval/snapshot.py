"""An immutable state of an index, and the answers to queries about it.

A search works on one snapshot from beginning to end, so that pages and weights may change meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import cast

import numpy as np

from mark_core.errors import MarkError
from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.retrieval.candidates import Candidates
from mark_core.retrieval.composed import Balance, compose, evidence
from mark_core.retrieval.explanation.explanation import Explanation, QueryScores, explain, measures
from mark_core.retrieval.feedback import fuse
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.hit import Hit
from mark_core.retrieval.indexed import IndexedPage
from mark_core.retrieval.lines.fusion import LineHit, LineWeights, put_in
from mark_core.retrieval.lines.line_index import FoundDivided, FoundSpans, LineIndex
from mark_core.retrieval.lines.with_lines import with_lines
from mark_core.retrieval.query import Place, Query, Reference, Term, is_place, parse_query
from mark_core.retrieval.scoring import Calibration, probability
from mark_core.retrieval.typed import phrase_logits, term_logits
from mark_core.segmentation.crop import crop_word
from mark_core.segmentation.word import Word


@dataclass(frozen=True, eq=False)
class Example:
    """The example of a query. encoding: of its crop. logits: (N + A,) log-odds of being the same word, by row of the
    gallery. word: its number, 0..N-1, None for a crop from elsewhere."""

    encoding: Encoding
    logits: np.ndarray
    word: int | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """N words of all pages. pages: by id, in their order, all encoded by ``model``."""

    model: MarkModel
    calibration: Calibration
    pages: Mapping[str, IndexedPage]

    @cached_property
    def gallery(self) -> Gallery:
        """N rows of words, page by page, followed by A rows of their alternatives."""
        pages = self.pages.values()
        parts = [*(page.encoding for page in pages), *(page.alternative_encoding for page in pages)]
        return Gallery(Encoding.join(parts, self.model.dim, self.model.shape_dim))

    @property
    def encoding(self) -> Encoding:
        """The encodings of the N words, as a view of the gallery."""
        rows, words = self.gallery.encoding, self.candidates.words
        columns = int(rows.counts[:words].sum())
        return Encoding(
            rows.vectors[:words],
            rows.letters[:columns],
            rows.counts[:words],
            rows.shapes[:words],
            rows.scripts[:words],
        )

    @cached_property
    def candidates(self) -> Candidates:
        """The word that each row of the gallery is a box of."""
        return Candidates.of_pages(list(self.pages.values()))

    @cached_property
    def lines(self) -> LineIndex | None:
        """The lines of all pages; None if none was read, or if nothing says how much lines count for these weights."""
        if not LineWeights.are_in(self.model.card):
            return None
        return LineIndex.of_pages(
            [
                (page.lines, page.words, [one.word for one in page.alternatives])
                for page in self.pages.values()
            ]
        )

    @cached_property
    def places(self) -> list[Place]:
        """Page id and number on the page of each of the N words."""
        return [(page.id, word) for page in self.pages.values() for word in range(len(page.words))]

    @property
    def _script(self) -> str | None:
        """The script that was told for all pages, in which crops from elsewhere are read too; None if there is none."""
        told = {page.script for page in self.pages.values()}
        return told.pop() if len(told) == 1 else None

    def search(self, query: Query, top: int, pages: Sequence[str] | None = None) -> list[Hit]:
        """The ``top`` most probable words of these pages (None: of all), best first. Raises MarkError as `score`."""
        scores = self.score(query)
        logit = scores.logit
        if pages is not None:
            wanted = set(pages)
            logit = np.where([page in wanted for page, _ in self.places], logit, -np.inf)
        order = np.argsort(-logit, kind="stable")[: max(0, top)]
        return self._hits(order[~np.isneginf(logit[order])], logit, scores)

    def measures(self, query: Query) -> dict[str, np.ndarray]:
        """Evidence of a query for all words, see ``explanation.measures``. Raises MarkError as `score`."""
        return measures(self.model, self.gallery, self.candidates, self.score(query))

    def explain(
        self, place: Place, query: Query, beside: Sequence[Mapping[str, np.ndarray]] = ()
    ) -> Explanation:
        """Explain the hit at ``place``. beside: the `measures` of other indexes, which count for the ranks.

        Raises MarkError as `score`.
        """
        word = self._word_number(*place)
        scores = self.score(query)
        pair = []
        if query.example is not None:
            page, (row, *_) = self.page(place[0]).page, scores.rows_of(word)
            pair = [crop_word(page.grey, self.candidates.row_words[row]), self._crop(query.example)]
        return explain(self.model, self.gallery, self.candidates, scores, word, place[1], pair, beside)

    def score(self, query: Query) -> QueryScores:
        """The log-odds of every word.

        Raises MarkError for an empty query, letters outside the alphabet, a place that does not exist, or an
        example_weight outside 0..1.
        """
        query.check()
        terms: tuple[Term, ...] = ()
        typed: np.ndarray | None = None
        rows = np.zeros((0, 1), np.int64)
        found: tuple[FoundSpans, FoundDivided] | None = None
        in_lines: list[LineHit] = []
        if query.has_text:
            terms = parse_query(query.text or "", query.variants, self.model.alphabet, query.abbreviations)
            each = [term_logits(self.gallery, self.model, self.calibration, term) for term in terms]
            typed, rows = phrase_logits(self.candidates, self.places, each)
            if self.lines is not None:
                found = self.lines.find(terms)
                typed, in_lines = with_lines(
                    self.lines, *found, terms, typed, self.candidates.words, self.model.card
                )
        example = None if query.example is None else self._encode_example(query.example)
        clicked = None if example is None else example.logits
        if len(terms) > 1 and clicked is not None:
            clicked = self.candidates.best(clicked)[0]
        logit, weight = self._combine(typed, clicked, example, query.example_weight)
        if len(terms) < 2:
            rows = self.candidates.best(logit)[1][:, None]
        whole = self._undivided(in_lines, max(1, len(terms)))
        confirmed = [self._reference_logits(one, rows) for one in query.confirmed if whole(one)]
        rejected = [self._reference_logits(one, rows) for one in query.rejected if whole(one)]
        logit = fuse(logit, confirmed, rejected)
        if example is not None and example.word is not None and typed is None:
            logit[example.word] = np.inf  # the example itself comes first
        scores = QueryScores(terms, typed, clicked, confirmed, rejected, weight, logit, rows)
        if len(terms) < 2:
            scores = self._in_best_boxes(scores)
        if found is None or clicked is not None:
            return scores
        return self._with_line_hits(scores, in_lines, found, query.rejected)

    def _undivided(self, hits: Sequence[LineHit], terms: int) -> Callable[[Reference], bool]:
        """Whether a confirmed or rejected hit is all of what is sought: the parts of a word over the end of a line look
        like no word."""
        parts = {self.places[hit.word] for hit in hits if hit.divided}
        return lambda one: one not in parts if is_place(one) else len(one) <= terms

    def _encode_example(self, example: Place | np.ndarray) -> Example:
        if isinstance(example, np.ndarray):
            encoding = self.model.encode([example], self._script)
            return Example(encoding, self.compare(encoding))
        page_id, number = example
        word = self._word_number(page_id, number)
        return Example(self.page(page_id).encoding.select([number]), self._row_logits(word), word)

    def _combine(
        self,
        typed: np.ndarray | None,
        clicked: np.ndarray | None,
        example: Example | None,
        weight: float | None,
    ) -> tuple[np.ndarray, float | None]:
        """The log-odds of the query, and the weight of the example if it is composed.

        typed, clicked: log-odds by the typed words and by the example. weight: of the example, None to predict it.
        """
        if typed is None or clicked is None or example is None:
            return np.array(clicked if typed is None else typed, np.float64), None
        if weight is None:
            words = self.candidates.words
            predict = Balance.from_card(self.model.card)
            weight = predict(
                evidence(Gallery(example.encoding), typed[:words], clicked[:words], example.word)
            )
        return compose(typed, clicked, weight), weight

    def _with_line_hits(
        self,
        scores: QueryScores,
        in_lines: Sequence[LineHit],
        found: tuple[FoundSpans, FoundDivided],
        rejected: Sequence[Reference],
    ) -> QueryScores:
        """The scores with hits that were found in lines and are no box of the page; those rejected are left out."""
        refused = {reference for reference in rejected if is_place(reference)}
        hits = [hit for hit in in_lines if self.places[hit.word] not in refused]
        logit, boxes = put_in(scores.logit, hits, found[0].box, found[1].boxes)
        return replace(scores, logit=logit, boxes=boxes)

    def _in_best_boxes(self, scores: QueryScores) -> QueryScores:
        """Scores by row of the gallery -> scores by word, each in its best box; overlapping boxes are suppressed."""
        logit, best = self.candidates.best(scores.logit)
        typed, clicked = (part if part is None else part[best] for part in (scores.typed, scores.clicked))
        confirmed, rejected = (
            [part[best] for part in group] for group in (scores.confirmed, scores.rejected)
        )
        logit = self.candidates.suppress_overlaps(logit, best)
        return replace(
            scores,
            typed=typed,
            clicked=clicked,
            confirmed=confirmed,
            rejected=rejected,
            logit=logit,
            rows=best[:, None],
        )

    def compare(self, example: Encoding) -> np.ndarray:
        """(N + A,) log-odds that each row of the gallery is the same word as an encoded crop."""
        gallery = self.gallery
        cosine, likeness = gallery.cosine(example.vectors[0]), gallery.likeness(example.shapes[0])
        return gallery.clicked_logits(cosine, likeness, Gallery(example).readings[0], self.calibration)

    def page(self, page_id: str) -> IndexedPage:
        """The page of that id. Raises MarkError if there is none."""
        page = self.pages.get(page_id)
        if page is None:
            raise MarkError("That page is no longer in the collection.")
        return page

    def _row_logits(self, row: int) -> np.ndarray:
        logits = self.gallery.cached.get(row)
        if logits is None:
            logits = self.gallery.cache(row, self.compare(self.gallery.encoding.select([row])))
        return logits

    def _reference_logits(self, reference: Reference, rows: np.ndarray) -> np.ndarray:
        """Log-odds, shaped as those of ``phrase_logits``, of the same words as those of a confirmed or rejected hit.

        rows: (N, W) rows of the gallery in which the query finds a hit that begins at each word.
        """
        if is_place(reference):
            page_id, first = reference
            last = min(first + rows.shape[1], len(self.page(page_id).words))
            own = rows[self._word_number(page_id, first)][: max(1, last - first)]
            each = [self._row_logits(row) for row in own.tolist()]
        else:
            crops = cast("Sequence[np.ndarray]", reference)
            each = [self._crop_logits(crop) for crop in crops[: rows.shape[1]]]
        if rows.shape[1] > 1 and len(each) == 1:
            return self.candidates.best(each[0])[0]
        return phrase_logits(self.candidates, self.places, each)[0]

    def _crop_logits(self, crop: np.ndarray) -> np.ndarray:
        key = crop.shape, blake2b(np.ascontiguousarray(crop).data, digest_size=16).digest()
        logits = self.gallery.cached.get(key)
        if logits is None:
            logits = self.gallery.cache(key, self.compare(self.model.encode([crop], self._script)))
        return logits

    def _crop(self, example: Place | np.ndarray) -> np.ndarray:
        if isinstance(example, np.ndarray):
            return example
        return crop_word(self.page(example[0]).page.grey, self._word(*example))

    def _word_number(self, page_id: str, word: int) -> int:
        """The number, 0..N-1, of a word of a page. Raises MarkError if there is none."""
        self._word(page_id, word)
        return self.places.index((page_id, word))

    def _word(self, page_id: str, word: int) -> Word:
        page = self.page(page_id)
        if not 0 <= word < len(page.words):
            raise MarkError("That word is no longer on the page.")
        return page.words[word]

    def _hits(self, order: np.ndarray, logit: np.ndarray, scores: QueryScores) -> list[Hit]:
        """The words of ``order`` as hits, ranked from 1. logit: (N,) log-odds."""
        gallery, row_words = self.gallery, self.candidates.row_words
        hits = []
        for rank, (word, score) in enumerate(zip(order.tolist(), probability(logit[order]), strict=True), 1):
            page_id, number = self.places[word]
            rows = scores.rows_of(word)
            boxes = scores.boxes.get(word) or tuple(row_words[row].box for row in rows)
            divided = len(boxes) > 1 and word in scores.boxes
            reads = [*rows[:1], word + 1] if divided else rows
            hits.append(
                Hit(
                    page=page_id,
                    word=number,
                    box=boxes[0],
                    score=float(score),
                    rank=rank,
                    line=self.page(page_id).words[number].line,
                    reads=("" if divided else " ").join(gallery.readings[row] for row in reads),
                    boxes=boxes,
                    certainty=float(gallery.certainties[reads].min()),
                    example_weight=scores.example_weight,
                    divided=divided,
                )
            )
        return hits
