"""The index of a collection: pages are encoded once, queries are answered from the encodings."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from mark_core.message import Message
from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.pages.page import Page
from mark_core.retrieval.explanation.explanation import Explanation
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.hit import Hit
from mark_core.retrieval.indexed import IndexedPage, encode_words
from mark_core.retrieval.indexer import Indexer, Progress
from mark_core.retrieval.lines.reading import ReadLine, page_reading
from mark_core.retrieval.query import Place, Query, Reference, parse_query
from mark_core.retrieval.query_kinds import KindWeights, kind_of
from mark_core.retrieval.scoring import Calibration
from mark_core.retrieval.snapshot import Snapshot
from mark_core.segmentation.word import Word

Encoded = dict[str, tuple[IndexedPage, IndexedPage]]  # pages by id: before and after another model


class WordIndex:
    """Words of many pages, searched by string, by example, or by both.

    A search reads no pixels of the pages. All methods may be called from several threads.
    """

    def __init__(self, model: MarkModel, indexer: Indexer | None = None) -> None:
        """indexer: does the work with pages, by default here."""
        self.model = model
        self.indexer = indexer or Indexer()
        self.calibration = Calibration.from_card(model.card)
        self._pages: dict[str, IndexedPage] = {}
        self._numbers = itertools.count(1)
        self._now: Snapshot | None = None
        self._lock = threading.RLock()

    @property
    def pages(self) -> list[IndexedPage]:
        """The pages in the order in which they were added."""
        with self._lock:
            return list(self._pages.values())

    def __len__(self) -> int:
        """Number of words."""
        with self._lock:
            return sum(len(page.words) for page in self._pages.values())

    def add(
        self,
        page: Page,
        words: Sequence[Word] | None = None,
        direction: str = "auto",
        progress: Progress | None = None,
        flatten: bool = False,
        notify: Callable[[Message], None] = lambda sentence: None,
        script: str | None = None,
    ) -> str:
        """Segment a page (unless ``words`` are given), encode its words, and return the id of the page.

        progress: called with the name of the step and the share done. direction, flatten, notify: see
        ``segmentation.segment.segment``. script: the name of the script that the page is written in, such as "greek",
        see ``model.alphabet.SCRIPTS``; None: its words tell. Raises MarkError if there are no words, or no script of
        that name; the index is then unchanged.
        """
        model = self.model
        page_id = self.insert(self.encoded(page, words, direction, progress, flatten, notify, script), model)
        (progress or _unheard)("Learning their shapes", 1.0)
        return page_id

    def insert(self, page: IndexedPage, model: MarkModel) -> str:
        """Add a page as `encoded` gave it, and return its id. It is encoded again if this index has another model than
        ``model`` by now."""
        page = page if model is self.model else page.encoded_by(self.model)
        with self._lock:
            page_id = f"p{next(self._numbers)}"
            self._pages[page_id] = replace(page, id=page_id)
            self._now = None
        return page_id

    def encoded(
        self,
        page: Page,
        words: Sequence[Word] | None = None,
        direction: str = "auto",
        progress: Progress | None = None,
        flatten: bool = False,
        notify: Callable[[Message], None] = lambda sentence: None,
        script: str | None = None,
    ) -> IndexedPage:
        """A page as `add` would add it, without an id. Arguments and errors as for `add`."""
        report = progress or _unheard
        return self.indexer.index(self.model, page, words, direction, flatten, script, report, notify)

    def replace_page(self, page_id: str, page: IndexedPage, model: MarkModel) -> None:
        """Put a page, encoded by ``model``, in the place of another. It is encoded again if this index has another
        model by now. Raises MarkError if there is no page of that id."""
        page = page if model is self.model else self.indexer.encode(self.model, page)
        page = replace(page, id=page_id)
        with self._lock:
            self._page(page_id)
            self._pages[page_id] = page
            self._now = None

    def upright(self, page: Page, notify: Callable[[Message], None] = lambda sentence: None) -> Page:
        """The page, turned if it clearly lies on its side or upside down, see ``retrieval.orientation``. notify: called
        with one sentence about that."""
        from mark_core.retrieval.orientation import turned_upright

        return turned_upright(page, self.indexer.turn(self.model, page), notify)

    def remove(self, page_id: str) -> None:
        """Remove a page. Raises MarkError if there is none of that id."""
        with self._lock:
            self._page(page_id)
            del self._pages[page_id]
            self._now = None

    def edit_words(self, page_id: str, words: Sequence[Word]) -> None:
        """Replace the words of a page (see ``segmentation.edit``). Only crops that changed are encoded again.

        Raises MarkError if there is no page of that id.
        """
        with self._lock:
            page = self._page(page_id)
        known = {_crop_key(word): row for row, word in enumerate(page.words)}
        fresh = [word for word in words if _crop_key(word) not in known]
        encoded = encode_words(self.model, page.page, fresh, page.script, page.encoding.scripts)
        known |= {_crop_key(word): len(page.words) + row for row, word in enumerate(fresh)}
        rows = [known[_crop_key(word)] for word in words]
        encoding = Encoding.join([page.encoding, encoded]).select(rows)
        with self._lock:
            self._page(page_id)
            self._pages[page_id] = page.with_words(tuple(words), encoding)
            self._now = None

    def copy_from(self, other: WordIndex, page_id: str) -> str:
        """Copy a page of another index and return its id here. It is encoded again only if the models differ."""
        page = other._page(page_id)
        if other.model is not self.model:
            page = self.indexer.encode(self.model, page)
        with self._lock:
            own_id = f"p{next(self._numbers)}"
            self._pages[own_id] = replace(page, id=own_id)
            self._now = None
        return own_id

    def set_model(
        self, model: MarkModel, progress: Progress | None = None, known: Encoded | None = None
    ) -> Encoded:
        """Encode every page again with another model, such as one that was adapted to a hand.

        Searches meanwhile use the old model. Pages that are added or edited meanwhile are encoded as well. progress:
        what it raises ends the work, and the index stays as it was. known: pages that are encoded by ``model``
        already, as `back` gives them. Returns every page before and after, by id.
        """
        report = progress or _unheard
        encoded: Encoded = dict(known or {})
        while True:
            with self._lock:
                pages = list(self._pages.values())
                missing = [
                    page for page in pages if page.id not in encoded or encoded[page.id][0] is not page
                ]
                if not missing:
                    self.model, self.calibration = model, Calibration.from_card(model.card)
                    self._pages = {page.id: encoded[page.id][1] for page in pages}
                    self._now = None
                    return {page.id: encoded[page.id] for page in pages}
            for number, page in enumerate(missing, start=len(pages) - len(missing)):
                tell = partial(_report_part, report, number, len(pages))
                tell(0.0)
                encoded[page.id] = (page, self.indexer.encode(model, page, tell))

    def search(
        self,
        text: str | None = None,
        example: tuple[str, int] | np.ndarray | None = None,
        top: int = 50,
        pages: Sequence[str] | None = None,
        variants: bool = False,
        confirmed: Sequence[Reference] = (),
        rejected: Sequence[Reference] = (),
        example_weight: float | None = None,
        abbreviations: str | None = None,
    ) -> list[Hit]:
        """The ``top`` most probable words, best first.

        text: a word, phrase or pattern, see ``retrieval.query``. variants: spelling variants match as well.
        abbreviations: a language of ``variants.abbreviations`` whose abbreviated forms match as well.
        example: (page id, word number) of an indexed word, which is then the first hit, or a crop (H, W[, 3]) uint8.
        example_weight: 0..1, weight of the example if there is a text too; None: predicted, see
        ``retrieval.composed``. pages: ids to search in (default: all). confirmed, rejected: relevance feedback, see
        ``retrieval.feedback``; each hit as (page id, word number), or, from another index, as the crops (H, W[, 3])
        uint8 of its words. Raises MarkError for an empty query, letters outside the alphabet, an id that does not
        exist, an example_weight outside 0..1, or a language without a table.
        """
        query = Query(text, example, variants, confirmed, rejected, example_weight, abbreviations)
        return self._snapshot().search(query, top, pages)

    def weight(
        self,
        text: str,
        example: Place | np.ndarray,
        variants: bool = False,
        abbreviations: str | None = None,
    ) -> float:
        """The predicted weight, 0..1, of the example in a composed query; 1 without a text.

        Raises MarkError as ``search``.
        """
        query = Query(text, example, variants, abbreviations=abbreviations)
        weight = self._snapshot().score(query).example_weight
        return 1.0 if weight is None else weight

    def threshold(self, typed: bool = True, text: str | None = None) -> float:
        """The probability from which a word counts as a hit. typed: the query has a typed word. text: what is typed, if
        that is a pattern or the like. Raises MarkError as ``search``."""
        usual = self.calibration.threshold[0 if typed else 1]
        if not text or not text.strip():
            return usual
        kind = kind_of(parse_query(text, alphabet=self.model.alphabet))
        return KindWeights.from_card(self.model.card).threshold(kind, usual)

    def measures(
        self,
        text: str | None = None,
        example: Place | np.ndarray | None = None,
        variants: bool = False,
        abbreviations: str | None = None,
    ) -> Mapping[str, np.ndarray]:
        """Evidence of a query: (N,) values of all words by the kind of ``explanation.Ground``, higher is better.

        Raises MarkError as ``search``.
        """
        return self._snapshot().measures(Query(text, example, variants, abbreviations=abbreviations))

    def explain(
        self,
        place: Place,
        text: str | None = None,
        example: Place | np.ndarray | None = None,
        variants: bool = False,
        confirmed: Sequence[Reference] = (),
        rejected: Sequence[Reference] = (),
        example_weight: float | None = None,
        beside: Sequence[Mapping[str, np.ndarray]] = (),
        abbreviations: str | None = None,
    ) -> Explanation:
        """Explain why a query finds the word at ``place`` (page id, word number).

        beside: the `measures` of other indexes, which count for the ranks. The other arguments are those of
        ``search``. Reads the pixels of at most two words. Raises MarkError as ``search``.
        """
        query = Query(text, example, variants, confirmed, rejected, example_weight, abbreviations)
        return self._snapshot().explain(place, query, beside)

    @property
    def encoding(self) -> Encoding:
        """The encodings of all words, page by page, in reading order."""
        return self._snapshot().encoding

    def readings(self, page_id: str) -> list[str]:
        """Text of the reading head for every word of a page, in reading order; "" for none.

        Raises MarkError if there is no page of that id.
        """
        return Gallery(self._page(page_id).encoding).readings

    def read(self, page_id: str) -> tuple[ReadLine, ...]:
        """What the lines of a page read, in reading order: a machine reading, see ``retrieval.lines.reading``.

        Raises MarkError if there is no page of that id, or if its lines were not read.
        """
        return page_reading(self._page(page_id))

    def _snapshot(self) -> Snapshot:
        with self._lock:
            if self._now is None:
                self._now = Snapshot(self.model, self.calibration, dict(self._pages))
            return self._now

    def _page(self, page_id: str) -> IndexedPage:
        return self._snapshot().page(page_id)

    def merged(self, places: Sequence[tuple[WordIndex, str]]) -> WordIndex:
        """A new index of these pages (index, page id), in this order, with the model of this index."""
        index = WordIndex(self.model, self.indexer)
        for other, page_id in places:
            index.copy_from(other, page_id)
        return index

    def save(self, path: str | Path) -> None:
        """Write the index to a folder, or to one file if the name ends in ``.mark``: see ``storage.index``."""
        from mark_core.storage.index import save_index

        save_index(self, path)

    @classmethod
    def load(cls, path: str | Path, model: MarkModel | None = None) -> WordIndex:
        """Read an index or a project from disk: see ``storage.index.load_index``, and what that raises."""
        from mark_core.storage.index import load_index

        return load_index(path, model)

    def restore(self, pages: Sequence[IndexedPage], model: MarkModel | None = None) -> None:
        """Add pages under the ids they have, after removal or from disk.

        model: that encoded them; if it is not the model of this index, they are encoded again.
        """
        if model is not None and model is not self.model:
            pages = [self.indexer.encode(self.model, page) for page in pages]
        with self._lock:
            self._pages.update((page.id, page) for page in pages)
            highest = max((int(id_[1:]) for id_ in self._pages if id_[1:].isdigit()), default=0)
            self._numbers = itertools.count(max(highest + 1, next(self._numbers)))
            self._now = None


def _unheard(step: str, share: float) -> None:
    """A progress that nobody watches."""


def _report_part(report: Progress, page: int, pages: int, share: float) -> None:
    report("Looking at every word again", (page + share) / pages)


def back(encoded: Encoded) -> Encoded:
    """What `WordIndex.set_model` gave, for the way back."""
    return {page_id: (after, before) for page_id, (before, after) in encoded.items()}


def _crop_key(word: Word) -> tuple[object, ...]:
    """All properties of a word that its crop depends on."""
    return word.box, word.context_box, word.direction
