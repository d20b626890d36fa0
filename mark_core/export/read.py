"""Words of pages from layout files (PAGE XML, ALTO, hOCR) instead of segmentation."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

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


class LayoutArchive(Protocol):
    """The layout files of a zip. paths: of its page files. layouts: of the files that may be layouts."""

    @property
    def paths(self) -> list[str]: ...

    @property
    def layouts(self) -> list[str]: ...

    def peek(self) -> list[tuple[str, str]]:
        """The kind of each of ``layouts``, and the image that it names, as `layout_file.peek`; "" if damaged."""

    def read(self, number: int) -> list[LayoutPage]:
        """The pages of one of ``layouts``. Raises MarkError as `read_layout`."""


class _OwnArchive:
    """A zip that is read here."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.paths, self.layouts = archive.paths, archive.layouts

    def peek(self) -> list[tuple[str, str]]:
        return [self._peek(number) for number in range(len(self.layouts))]

    def _peek(self, number: int) -> tuple[str, str]:
        try:
            return peek(self._archive.read_layout(number))
        except MarkError:
            return "", ""

    def read(self, number: int) -> list[LayoutPage]:
        return read_layout(self._archive.read_layout(number))


def add_archive(layouts: Layouts, archive: Archive | LayoutArchive) -> list[str]:
    """Add the layout files of a zip to those that wait for its pages. Returns the names of the others, which are
    neither boxes nor tables of contents."""
    source = _OwnArchive(archive) if isinstance(archive, Archive) else archive
    others = []
    layouts.expect(source.paths)
    for number, (name, (kind, image)) in enumerate(zip(source.layouts, source.peek(), strict=True)):
        if kind in LAYOUT_KINDS:
            layouts.add_later(name, kind, image, partial(source.read, number))
        elif kind.lower() not in _SILENT:
            others.append(name)
    return others


def _named(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function; a MarkError gets the name of the file in front."""
    try:
        return function(*arguments)
    except MarkError as error:
        raise MarkError("{title}: {sentence}", title=name, sentence=error.message) from error
