"""The work that an index has with its pages: finding words and encoding them. Here it is done in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.model.mark import MarkModel
from mark_core.model.word_script import script_named
from mark_core.pages.page import Page
from mark_core.retrieval.indexed import IndexedPage, index_page
from mark_core.segmentation.word import Word

Progress = Callable[[str, float], None]  # name of the step, share done 0..1


class Indexer:
    """Does the work of an index. What replaces it, such as processes of their own, gives the same results."""

    def index(
        self,
        model: MarkModel,
        page: Page,
        words: Sequence[Word] | None,
        direction: str,
        flatten: bool,
        script: str | None,
        report: Progress,
        notify: Callable[[Message], None],
    ) -> IndexedPage:
        """A page with its words and their encodings, without an id. Arguments and errors as for ``WordIndex.add``."""
        from mark_core.segmentation.segment import SegmentedPage, segment_page

        script_named(script)
        report("Finding words", 0.0)
        given = None if words is None else SegmentedPage(list(words), [], [])
        found = given or segment_page(page, direction, flatten, notify)
        if not found.words:
            raise MarkError("No words were found on this page; is it blank, or a picture?")
        return index_page(
            model,
            "",
            page,
            found.words,
            found.alternatives,
            found.lines,
            lambda share: report("Learning their shapes", share),
            script,
        )

    def encode(
        self, model: MarkModel, page: IndexedPage, report: Callable[[float], None] = lambda share: None
    ) -> IndexedPage:
        """The same page with the encodings of another model. report: called with the share done, 0..1."""
        return page.encoded_by(model, report)

    def turn(self, model: MarkModel, page: Page) -> int:
        """Degrees clockwise by which a page is to be turned, see ``retrieval.orientation``."""
        from mark_core.retrieval.orientation import turn_of

        return turn_of(model, page.grey)
