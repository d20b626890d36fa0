"""All words of the open pages, gathered into one index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mark_core.errors import MarkError

if TYPE_CHECKING:
    from mark_core import WordIndex
    from mark_core.segmentation.word import Box
    from mark_core.ui.session import Session
    from mark_core.ui.sheet import Sheet

GATHERING = "Looking at every word"

Place = tuple["Sheet", int, "Box"]  # a word of a sheet


def gathered(session: Session) -> tuple[WordIndex, list[Place]]:
    """An index of the pages in their order, and where each of its words is. To be called while the session is
    ``working``. Raises MarkError when no page is open."""
    sheets = session.sheets
    if not sheets:
        raise MarkError("Add a page or open a sample first.")
    index = session.index.merged([(sheet.index, sheet.page_id) for sheet in sheets])
    return index, [
        (sheet, number, tuple(word.box)) for sheet in sheets for number, word in enumerate(sheet.entry.words)
    ]
