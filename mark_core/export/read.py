"""Words of pages from layout files (PAGE XML, ALTO, hOCR) instead of segmentation."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mark_core.errors import MarkError
from mark_core.export.extract import page_stems
from mark_core.export.layout import LayoutPage
from mark_core.export.layout_file import peek, read_layout
from mark_core.export.layouts import Layouts
from mark_core.export.page_words import Notify, words_of
from mark_core.message import Message
from mark_core.pages.archive import Archive
from mark_core.pages.page import Page
from mark_core.segmentation.word import Word

__all__ = ["Layouts", "about", "add_archive", "read_layout", "words_for"]

LAYOUT_KINDS = ("page", "alto", "hocr")
_SILENT = ("mets",)  # tables of contents that come with boxes


def words_for(
    pages: Sequence[Page],
    files: Sequence[str | os.PathLike[str]],
    direction: str = "auto",
    notify: Notify = lambda sentence: None,
) -> list[list[Word]]:
    """Words of every page from layout files, see `layouts.Layouts` and `page_words.words_of`.

    One page and one file with one page belong together whatever their names.

    Raises MarkError if a page has no file, or a file no page.
    """
    layouts = Layouts()
    layouts.expect(dict.fromkeys(page.name for page in pages))
    for file in files:
        _named(Path(file).name, layouts.read, file)
    alone = len(pages) == len(layouts) == 1
    words = []
    for page, unique in zip(pages, page_stems(pages), strict=True):
        found = layouts.take(page, unique, alone)
        if found is None:
            raise MarkError(
                "None of the files has the boxes of {name}, page {page}.",
                name=page.name,
                page=page.number + 1,
            )
        name, layout = found
        words.append(_named(name, words_of, layout, page, direction, about(name, notify)))
    if len(layouts):
        raise MarkError("The boxes of {name} belong to none of the pages.", name=layouts.left[0])
    return words


def about(name: str, notify: Notify) -> Notify:
    """A function that says a sentence with the name of a file in front."""
    return lambda sentence: notify(Message("{title}: {sentence}", {"title": name, "sentence": sentence}))


def add_archive(layouts: Layouts, archive: Archive) -> list[str]:
    """Add the layout files of a zip to those that wait for its pages. Returns the names of the others, which are
    neither boxes nor tables of contents."""
    others = []
    layouts.expect(archive.paths)
    for number, name in enumerate(archive.layouts):
        try:
            kind, image = peek(archive.read_layout(number))
        except MarkError:
            kind, image = "", ""
        if kind in LAYOUT_KINDS:
            layouts.add_later(name, kind, image, partial(_read_member, archive, number))
        elif kind.lower() not in _SILENT:
            others.append(name)
    return others


def _read_member(archive: Archive, number: int) -> list[LayoutPage]:
    return read_layout(archive.read_layout(number))


def _named(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function; a MarkError gets the name of the file in front."""
    try:
        return function(*arguments)
    except MarkError as error:
        raise MarkError("{title}: {sentence}", title=name, sentence=error.message) from error
