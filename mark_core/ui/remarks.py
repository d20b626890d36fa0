"""What a visitor has said of single words: their names, what is written there. Kept by the box it was said of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.ui import browser
from mark_core.ui.corrections import followed_box
from mark_core.ui.decisions import box_of

if TYPE_CHECKING:
    from mark_core.segmentation.edit import Words
    from mark_core.segmentation.word import Box

Remarks = Mapping[tuple[str, "Box"], str]  # by the sheet and the box of the word


def followed(remarks: Remarks, page: str, then: Words, now: Words) -> Remarks:
    """The remarks after a correction of a page's boxes. One whose box is gone is kept: the correction may be undone."""
    moved = followed_box(page, then, now)
    return {(sheet, moved(sheet, box)): text for (sheet, box), text in remarks.items()}


def to_rows(remarks: Remarks, pages: Mapping[str, str], key: str) -> list[dict[str, Any]]:
    """For a file. pages: what the sheets that are written are called in it. key: what the text is called."""
    return [
        {"page": pages[sheet], "box": list(box), key: text}
        for (sheet, box), text in remarks.items()
        if sheet in pages
    ]


def from_rows(rows: Any, sheets: Mapping[str, str], key: str, most: int, letters: int) -> Remarks:
    """Read what `to_rows` wrote. sheets: the sheet that each page stands for. most: remarks, each of at most so many
    letters. Raises MarkError if damaged."""
    try:
        if len(rows) > most:
            raise ValueError("too many")
        remarks: dict[tuple[str, Box], str] = {}
        for row in rows:
            remarks[sheets[row["page"]], box_of(row["box"])] = (browser.text(row[key]) or "")[:letters]
        return remarks
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise MarkError("What is said of words in this file is damaged.") from error
