"""Read PAGE XML (2010 to 2019), ALTO (1 to 4) and hOCR 1.2: boxes, order and text of words, whoever wrote them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from lxml import etree

from mark_core.errors import MarkError
from mark_core.export.extract import page_stems
from mark_core.export.layout import LayoutPage
from mark_core.export.read_alto import read_alto
from mark_core.export.read_hocr import read_hocr
from mark_core.export.read_pagexml import read_page_xml
from mark_core.export.xmlfile import MAX_BYTES, NOT_LAYOUT, local_name, parse_layout
from mark_core.pages.page import Page
from mark_core.segmentation.word import Word

_READERS: dict[str, Callable[[etree._Element], list[LayoutPage]]] = {
    "PcGts": read_page_xml,
    "alto": read_alto,
    "html": read_hocr,
}


def read_layout(source: str | os.PathLike | bytes) -> list[LayoutPage]:
    """The pages of a file, in its order; PAGE XML has one.

    Raises MarkError if the file cannot be opened, is too large, or is not PAGE XML, ALTO or hOCR.
    """
    root = parse_layout(source if isinstance(source, bytes) else _file_bytes(Path(source)))
    reader = _READERS.get(local_name(root))
    if reader is None:
        raise MarkError(NOT_LAYOUT)
    try:
        return reader(root)
    except MarkError:
        raise
    except (ValueError, OverflowError) as error:  # text where a number belongs
        raise MarkError("This file has a box whose coordinates are not numbers.") from error


class Layouts:
    """Files of boxes, each page of which waits for the page it belongs to.

    A file belongs to the page whose image it names or whose stem it bears (``page_stems``); a stem tells only where
    the file has one page.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[str, set[str], LayoutPage]] = []

    def __len__(self) -> int:
        """Pages that no page has taken yet."""
        return len(self._waiting)

    @property
    def left(self) -> list[str]:
        """Names of the files that have such pages, each once."""
        return list(dict.fromkeys(name for name, _, _ in self._waiting))

    def read(self, file: str | os.PathLike, name: str | None = None) -> None:
        """Adds a file, called ``name`` if that is not its path's. Raises MarkError as `read_layout` does."""
        name = name or Path(file).name
        layouts = read_layout(file)
        for layout in layouts:
            names = {_stem(layout.image)} | ({_stem(name)} if len(layouts) == 1 else set())
            self._waiting.append((name, names - {""}, layout))

    def take(self, page: Page, stem: str = "", alone: bool = False) -> tuple[str, LayoutPage] | None:
        """The name of its file and the boxes of a page, which are then no longer waiting; None without any.

        stem: the page's unique one, which comes before that of its image. alone: it is the only page there is, so
        that the only boxes there are belong to it whatever they are called.
        """
        places = [i for i, (_, names, _) in enumerate(self._waiting) if stem in names] or [
            i for i, (_, names, _) in enumerate(self._waiting) if _stem(page.name) in names
        ]
        if not places and alone and len(self._waiting) == 1:
            places = [0]
        if not places:
            return None
        name, _, layout = self._waiting.pop(places[0])
        return name, layout


def words_for(pages: Sequence[Page], files: Sequence[str | os.PathLike]) -> list[list[Word]]:
    """Words of every page, from files of boxes instead of by segmentation, see `Layouts`; one page and one file with
    one page belong together whatever they are called.

    Raises MarkError if a page has no file, or a file no page.
    """
    layouts = Layouts()
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
        words.append(_named(name, layout.words_on, page))
    if len(layouts):
        raise MarkError("The boxes of {name} belong to none of the pages.", name=layouts.left[0])
    return words


def _named(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call, and say in which file it went wrong."""
    try:
        return function(*arguments)
    except MarkError as error:
        raise MarkError("{title}: {sentence}", title=name, sentence=error.message) from error


def _stem(name: str) -> str:
    """Of a path of either system, because the file may come from another one."""
    return PurePosixPath(PureWindowsPath(name).name).stem


def _file_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise MarkError("This file is larger than {limit} MB and is not read.", limit=MAX_BYTES >> 20)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise MarkError("There is no file called {file}.", file=path.name) from error
    except OSError as error:
        raise MarkError("The file {file} cannot be opened.", file=path.name) from error
