"""The index of a collection: pages go in once, queries are answered from vectors."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.pages.page import Page
from mark_core.retrieval.explanation import Explanation
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.hit import Hit
from mark_core.retrieval.indexed import IndexedPage, encode_words, index_page
from mark_core.retrieval.scoring import Calibration
from mark_core.retrieval.snapshot import Query, Reference, Snapshot
from mark_core.retrieval.typed import Place
from mark_core.segmentation.word import Word

Progress = Callable[[str, float], None]  # name of the step, share done 0..1


class WordIndex:
    """Words of many pages, searched by a typed word, by an example, or by both.

    Searching touches no pixels of the pages. Adding, removing and searching from several threads is safe.
    """

    def __init__(self, model: MarkModel) -> None:
        self.model = model
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
    ) -> str:
        """Find the words of ``page`` (unless given), learn their shapes, and return the page's id.

        direction, flatten, notify: see ``segmentation.segment.segment``.

        Raises MarkError if there are no words; the index is then as before.
        """
        from mark_core.segmentation.segment import SegmentedPage, segment_page

        report = progress or (lambda step, done: None)
        report("Finding words", 0.0)
        given = None if words is None else SegmentedPage(list(words), [], [])
        found = given or segment_page(page, direction, flatten, notify)
        if not found.words:
            raise MarkError("No words were found on this page; is it blank, or a picture?")
        seen = index_page(
            self.model,
            "",
            page,
            found.words,
            found.alternatives,
            found.lines,
            lambda share: report("Learning their shapes", share),
        )
        with self._lock:
            page_id = f"p{next(self._numbers)}"
            self._pages[page_id] = replace(seen, id=page_id)
            self._now = None
        report("Learning their shapes", 1.0)
        return page_id

    def remove(self, page_id: str) -> None:
        """Forget a page. Raises MarkError if there is none of that id."""
        with self._lock:
            self._page(page_id)
            del self._pages[page_id]
            self._now = None

    def edit_words(self, page_id: str, words: Sequence[Word]) -> None:
        """Take over corrected boxes (see ``segmentation.edit``). Only crops that changed are embedded again.

        Raises MarkError if there is no page of that id.
        """
        with self._lock:
            page = self._page(page_id)
        known = {_seen(word): row for row, word in enumerate(page.words)}
        fresh = [word for word in words if _seen(word) not in known]
        encoded = encode_words(self.model, page.page, fresh)
        known |= {_seen(word): len(page.words) + row for row, word in enumerate(fresh)}
        rows = [known[_seen(word)] for word in words]
        encoding = Encoding.join([page.encoding, encoded]).select(rows)
        with self._lock:
            self._page(page_id)
            self._pages[page_id] = page.corrected(tuple(words), encoding)
            self._now = None

    def copy_from(self, other: WordIndex, page_id: str) -> str:
        """Take a page of another index over as one of this one's own, without looking at it again if both use the
        same weights; returns its id here. The other index stays as it is."""
        page = other._page(page_id)
        if other.model is not self.model:
            page = page.encoded_by(self.model)
        with self._lock:
            own_id = f"p{next(self._numbers)}"
            self._pages[own_id] = replace(page, id=own_id)
            self._now = None
        return own_id

    def set_model(self, model: MarkModel, progress: Progress | None = None) -> None:
        """Look at every page again with other weights, as after learning a hand. Searches go on meanwhile with the
        old ones; pages that are added or corrected meanwhile are looked at as well."""
        report = progress or (lambda step, done: None)
        seen: dict[str, tuple[IndexedPage, IndexedPage]] = {}  # by id: the page before and after
        while True:
            with self._lock:
                pages = list(self._pages.values())
                missing = [page for page in pages if page.id not in seen or seen[page.id][0] is not page]
                if not missing:
                    self.model, self.calibration = model, Calibration.from_card(model.card)
                    self._pages = {page.id: seen[page.id][1] for page in pages}
                    self._now = None
                    return
            for page in missing:
                report("Looking at every word again", 1 - len(missing) / len(pages))
                seen[page.id] = (page, page.encoded_by(model))

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
    ) -> list[Hit]:
        """The ``top`` most probable words, best first.

        text: a typed word, phrase or pattern, see ``retrieval.query``; variants: old spellings count as the same.
        example: (page id, word number) of an indexed word, which then comes first, or a crop (H, W[, 3]) uint8.
        Both together: example_weight, 0..1, is how much the example counts; None: as much as was learnt for such a
        query, see
        ``retrieval.composed``. pages: ids to search in (default: all). confirmed, rejected: hits
        that a person has judged, see ``retrieval.feedback``, each as (page id, word number), or as crops (H, W[, 3])
        uint8 if it is of another index: one, or of a phrase those of all its words. Raises MarkError for an empty
        query, letters that cannot be typed, an id that does not exist, or another example_weight.
        """
        query = Query(text, example, variants, confirmed, rejected, example_weight)
        return self._snapshot().search(query, top, pages)

    def weight(self, text: str, example: Place | np.ndarray, variants: bool = False) -> float:
        """How much the example counts beside the typed word in ``search``, 0..1, as learnt. Raises MarkError as it."""
        return self._snapshot().ask(Query(text, example, variants)).example_weight

    def threshold(self, typed: bool = True) -> float:
        """The probability from which a word is best taken for a hit, of queries with a typed word or without."""
        return self.calibration.threshold[0 if typed else 1]

    def measures(
        self, text: str | None = None, example: Place | np.ndarray | None = None, variants: bool = False
    ) -> Mapping[str, np.ndarray]:
        """What the scores of a query rest on: (N,) values for all words by the kind of ``why.Ground``, more is better.

        Raises MarkError as the search does.
        """
        return self._snapshot().measures(Query(text, example, variants))

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
    ) -> Explanation:
        """Why the word at ``place`` (page id, word number) is found by a query; the others are those of ``search``, and
        beside the `measures` of other indexes that the word is compared with.

        Looks at the pixels of two words at most. Raises MarkError as the search does.
        """
        query = Query(text, example, variants, confirmed, rejected, example_weight)
        return self._snapshot().explain(place, query, beside)

    @property
    def encoding(self) -> Encoding:
        """What the model sees in all words, page by page in their order."""
        return self._snapshot().encoding

    def readings(self, page_id: str) -> list[str]:
        """What the reading head makes of every word of a page, in their order; "" where it reads nothing.

        Raises MarkError if there is no page of that id.
        """
        return Gallery(self._page(page_id).encoding).readings

    def _snapshot(self) -> Snapshot:
        with self._lock:
            if self._now is None:
                self._now = Snapshot(self.model, self.calibration, dict(self._pages))
            return self._now

    def _page(self, page_id: str) -> IndexedPage:
        return self._snapshot().page(page_id)

    def merged(self, places: Sequence[tuple[WordIndex, str]]) -> WordIndex:
        """Another index of these pages (index, page id) in this order, with the weights of this one."""
        index = WordIndex(self.model)
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
        """Put pages back under the ids they had, after removing or from disk. model: the weights that looked at them;
        pages that others than the present ones have seen are looked at again."""
        if model is not None and model is not self.model:
            pages = [page.encoded_by(self.model) for page in pages]
        with self._lock:
            self._pages.update((page.id, page) for page in pages)
            highest = max((int(id_[1:]) for id_ in self._pages if id_[1:].isdigit()), default=0)
            self._numbers = itertools.count(max(highest + 1, next(self._numbers)))
            self._now = None


def _seen(word: Word) -> tuple[object, ...]:
    """All of a word that its crop depends on."""
    return word.box, word.context_box, word.direction
