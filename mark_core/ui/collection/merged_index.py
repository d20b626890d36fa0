"""All words of the open pages in one index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.ui.collection.collection import NO_PAGES

if TYPE_CHECKING:
    from mark_core import WordIndex
    from mark_core.segmentation.word import Box
    from mark_core.ui.collection.open_page import OpenPage
    from mark_core.ui.session.session import Session

MERGING = Message("Looking at every word")

Place = tuple["OpenPage", int, "Box"]  # a word: its page, number and box


def merged_index(session: Session) -> tuple[WordIndex, list[Place]]:
    """An index of the pages in their order, and the place of each of its words. Call it with ``session.words_lock``
    held. Raises MarkError when no page is open."""
    pages = session.pages
    if not pages:
        raise MarkError(NO_PAGES)
    index = session.index.merged([(page.index, page.page_id) for page in pages])
    return index, [(page, number, word.box) for page in pages for number, word in enumerate(page.entry.words)]
