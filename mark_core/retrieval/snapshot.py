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
from mark_core.retrieval.composed import Balance, compose, evidence
from mark_core.retrieval.feedback import fuse
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.hit import Hit
from mark_core.retrieval.indexed import IndexedPage
from mark_core.retrieval.query import Term, parse_query
from mark_core.retrieval.scoring import Calibration, probability
from mark_core.retrieval.typed import Place, row_logits, term_logits
from mark_core.retrieval.why import Asked, Explanation, explain
from mark_core.segmentation.crop import crop_word
from mark_core.segmentation.word import Word

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
    lam: float | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Pages by id in their order, all looked at by ``model``."""

    model: MarkModel
    calibration: Calibration
    pages: Mapping[str, IndexedPage]

    @cached_property
    def gallery(self) -> Gallery:
        """The words of all pages, page by page."""
        encodings = [page.encoding for page in self.pages.values()]
        return Gallery(Encoding.join(encodings, self.model.dim, self.model.shape_dim))

    @cached_property
    def places(self) -> list[Place]:
        """Where each word of the gallery is."""
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

    def explain(self, place: Place, query: Query) -> Explanation:
        """Why the word at ``place`` is found by a query. Raises MarkError as `ask`."""
        row = self._row(*place)
        asked = self.ask(query)
        page = self.page(place[0])
        found = range(place[1], min(place[1] + asked.span, len(page.words)))
        pair = [] if query.example is None else [self._crop(place), self._crop(query.example)]
        return explain(self.model, self.gallery, asked, row, found, pair)

    def ask(self, query: Query) -> Asked:
        """The query and the log-odds of every word. Raises MarkError for an empty query, letters that cannot be typed,
        a place that does not exist, or a lam outside 0..1."""
        text, example, lam = query.text, query.example, query.lam
        if not (text and text.strip()) and example is None:
            raise MarkError("Type a word, or click one on the page.")
        if lam is not None and not 0 <= lam <= 1:
            raise MarkError("The weight of the clicked word must lie between 0 and 1.")
        typed = clicked = itself = None
        terms: tuple[Term, ...] = ()
        if text and text.strip():
            terms = parse_query(text, query.variants, self.model.alphabet)
            each = [term_logits(self.gallery, self.model, self.calibration, term) for term in terms]
            typed = row_logits(each, self.places)
        if isinstance(example, np.ndarray):
            seen = self.model.encode([example])
            clicked = self.compare(seen)
        elif example is not None:
            itself = self._row(*example)
            seen = self.page(example[0]).encoding.select([example[1]])
            clicked = self._word_logits(example)
        if typed is None or clicked is None:
            lam, logit = None, np.array(clicked if typed is None else typed, np.float64)
        else:
            if lam is None:
                weigh = Balance.from_card(self.model.card)
                lam = weigh(evidence(Gallery(seen), typed, clicked, itself))
            logit = compose(typed, clicked, lam)
        judged = [
            [self._reference_logits(one, max(1, len(terms))) for one in group]
            for group in (query.confirmed, query.rejected)
        ]
        logit = fuse(logit, *judged)
        if itself is not None and typed is None:
            logit[itself] = np.inf  # the clicked word is what was asked for
        return Asked(terms, typed, clicked, *judged, lam, logit)

    def compare(self, example: Encoding) -> np.ndarray:
        """(N,) log-odds that each word is the same word as the one encoded crop."""
        gallery = self.gallery
        cosine, likeness = gallery.cosine(example.vectors[0]), gallery.likeness(example.shapes[0])
        return gallery.clicked_logits(cosine, likeness, Gallery(example).readings[0], self.calibration)

    def page(self, page_id: str) -> IndexedPage:
        """Raises MarkError if there is none of that id."""
        page = self.pages.get(page_id)
        if page is None:
            raise MarkError("That page is no longer in the collection.")
        return page

    def _word_logits(self, place: Place) -> np.ndarray:
        self._word(*place)
        logits = self.gallery.remembered.get(place)
        if logits is None:
            example = self.page(place[0]).encoding.select([place[1]])
            logits = self.gallery.remember(place, self.compare(example))
        return logits

    def _reference_logits(self, reference: Reference, span: int) -> np.ndarray:
        """(N,) log-odds that the same ``span`` words as those of a judged hit begin at each word."""
        if isinstance(reference[0], str):
            page_id, first = reference
            last = min(first + span, len(self.page(page_id).words))
            each = [self._word_logits((page_id, word)) for word in range(first, max(last, first + 1))]
        else:
            each = [self._crop_logits(crop) for crop in reference[:span]]
        return row_logits(each, self.places)

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
        readings, certainties, span = self.gallery.readings, self.gallery.certainties, asked.span
        hits = []
        for rank, (i, score) in enumerate(zip(order.tolist(), scores.tolist(), strict=True), start=1):
            page_id, number = self.places[i]
            row = self.page(page_id).words[number : number + span]
            reads = " ".join(readings[i : i + span])
            boxes, certainty = tuple(word.box for word in row), float(certainties[i : i + span].min())
            hits.append(
                Hit(page_id, number, row[0].box, score, rank, row[0].line, reads, boxes, certainty, asked.lam)
            )
        return hits
