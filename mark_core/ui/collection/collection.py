"""The open pages of a session, in their order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.ui.collection.open_page import OpenPage

if TYPE_CHECKING:
    from mark_core import WordIndex

NO_PAGES = "Add a page or open a sample first."


@dataclass(eq=False)
class Collection:
    """Pages in their order. A visitor's own pages are in ``index``, each sample in a shared one until it is edited.

    Not thread-safe: the session guards it with its ``state_lock``.
    """

    index: WordIndex
    _pages: dict[str, OpenPage] = field(default_factory=dict)

    @property
    def pages(self) -> list[OpenPage]:
        return list(self._pages.values())

    @property
    def nbytes(self) -> int:
        """Memory held by the visitor's own pages; samples are shared."""
        return sum(page.nbytes for page in self._pages.values() if self.owns(page))

    @property
    def disk(self) -> int:
        """Bytes of the files of the visitor's own pages."""
        return sum(page.disk for page in self._pages.values() if self.owns(page))

    def owns(self, page: OpenPage) -> bool:
        return page.index is self.index

    def page(self, page_id: str) -> OpenPage:
        """Raises MarkError when the page is not open."""
        if page_id not in self._pages:
            raise MarkError("This page is no longer open.")
        return self._pages[page_id]

    def put(self, page: OpenPage) -> None:
        """A new page goes to the end; one with the id of an open page replaces it."""
        self._pages[page.id] = page

    def put_at(self, page: OpenPage, place: int) -> None:
        """Put a page at a 0-based place, or at the end when there are fewer."""
        pages = [other for other in self._pages.values() if other.id != page.id]
        pages.insert(place, page)
        self._pages = {other.id: other for other in pages}

    def take(self, page_id: str) -> tuple[OpenPage, int]:
        """Take a page out; returns it and its 0-based place. Raises MarkError when it is not open."""
        page = self.page(page_id)
        place = list(self._pages).index(page_id)
        del self._pages[page_id]
        return page, place

    def rename(self, page_id: str, title: str | Message) -> None:
        self.put(replace(self.page(page_id), title=title))

    def delete_files(self) -> None:
        """Delete the files of the visitor's own pages; the collection is empty afterwards."""
        for page in self._pages.values():
            if self.owns(page):
                page.delete_files()
        self._pages.clear()
