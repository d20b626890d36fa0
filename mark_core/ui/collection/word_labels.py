"""Texts that a visitor gave to single words, such as names and transcriptions. Kept by page and box of the word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.ui import requests
from mark_core.ui.collection.edits import Moves, box_mapping, read_box

if TYPE_CHECKING:
    from mark_core.segmentation.edit import Words
    from mark_core.segmentation.word import Box

WordLabels = Mapping[tuple[str, "Box"], str]  # by page id and box of the word


def mapped(labels: WordLabels, page: str, then: Words, now: Words) -> WordLabels:
    """The labels after an edit of a page's boxes. That of a deleted box is kept, because the edit may be undone."""
    return moved(labels, box_mapping(page, then, now))


def moved(labels: WordLabels, moves: Moves) -> WordLabels:
    """The labels after boxes have got other places."""
    return {moves(of_page, box): text for (of_page, box), text in labels.items()}


def to_rows(labels: WordLabels, names: Mapping[str, str], key: str) -> list[dict[str, Any]]:
    """For a project file. names: of the pages that are written, by page id. key: of the text in a row."""
    return [
        {"page": names[page], "box": list(box), key: text}
        for (page, box), text in labels.items()
        if page in names
    ]


def from_rows(rows: Any, pages: Mapping[str, str], key: str, limit: int, letters: int) -> WordLabels:
    """Read what `to_rows` wrote. pages: page ids by name. Texts are cut at ``letters`` characters. Raises MarkError if
    the rows are damaged or more than ``limit``."""
    try:
        if len(rows) > limit:
            raise ValueError("too many")
        labels: dict[tuple[str, Box], str] = {}
        for row in rows:
            labels[pages[row["page"]], read_box(row["box"])] = (requests.text(row[key]) or "")[:letters]
        return labels
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise MarkError("What is said of words in this file is damaged.") from error
