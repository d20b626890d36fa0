"""Pages, progress and notes of the commands that read pages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

import mark_core as mark
from mark_core.errors import MarkError
from mark_core.message import Message

_FAILURES = 3  # pages of one address in a row that cannot be fetched, before the rest is given up


def read_pages(sources: Sequence[str]) -> list[mark.Page]:
    """All pages of files and web addresses, in this order. Raises MarkError on one that cannot be used."""
    from mark_core.pages.iiif import is_url

    pages: list[mark.Page] = []
    for source in sources:
        pages += _fetched(source) if is_url(source) else mark.load_pages(source)
    return pages


def read_pages_with_words(
    sources: Sequence[str], direction: str
) -> list[tuple[mark.Page, list[mark.Word] | None]]:
    """All pages, those of a zip with the words of the layout files in it, others with None.

    What is left out is said on stderr. Raises MarkError on a file that cannot be used.
    """
    from mark_core.export.page_words import words_of
    from mark_core.export.read import Layouts, about, add_archive
    from mark_core.pages.iiif import is_url
    from mark_core.pages.load import ArchivePages

    found: list[tuple[mark.Page, list[mark.Word] | None]] = []
    for source in sources:
        pages = _fetched(source) if is_url(source) else mark.load_pages(source)
        layouts = Layouts()
        if isinstance(pages, ArchivePages):
            left = [*pages.archive.heic, *pages.archive.others, *add_archive(layouts, pages.archive)]
            if left:
                print(f"mark: {source}: left out: {', '.join(left)}", file=sys.stderr)
        for page in pages:
            layout = layouts.take(page)
            words = None
            if layout is not None:
                words = words_of(layout[1], page, direction, about(layout[0], print_note))
            found.append((page, words))
        if layouts.unclear or len(layouts):
            names = ", ".join([*layouts.unclear, *layouts.left])
            print(f"mark: {source}: boxes of no page: {names}", file=sys.stderr)
    return found


def print_note(sentence: Message) -> None:
    """Print a sentence to stderr."""
    print(f"mark: {sentence}", file=sys.stderr)


def _fetched(url: str) -> list[mark.Page]:
    """Pages of a web address. For a page that cannot be fetched a sentence goes to stderr; the others are kept.

    Raises MarkError if there is none, or if ``_FAILURES`` in a row cannot be fetched.
    """
    from tqdm import tqdm

    pages: list[mark.Page] = []
    failures = 0
    with tqdm(desc="fetching", unit="page", disable=None, leave=False) as bar:

        def progress(done: int, total: int, label: str) -> None:
            bar.total = total
            bar.set_postfix_str(label)
            bar.update(done - bar.n)

        iterator = mark.iiif_pages(url, progress, notify=print_note)
        while True:
            try:
                pages.append(next(iterator))
                failures = 0
            except StopIteration:
                break
            except MarkError as error:
                failures += 1
                if failures == _FAILURES:
                    raise
                bar.clear()
                print(f"mark: {error}", file=sys.stderr)
    if not pages:
        raise MarkError("No page could be fetched from this address.")
    return pages


def read_example(value: str | None, pages: Sequence[Any]) -> Any:
    """The example that ``WordIndex.search`` takes.

    value: ``PAGE:WORD``, both counted from 1, or the path of an image of one word. pages: those of the index.
    Raises MarkError if there is no such page, or the image cannot be read.
    """
    if value is None:
        return None
    page, _, word = value.partition(":")
    if page.isdigit() and word.isdigit():
        if not 1 <= int(page) <= len(pages):
            raise MarkError(
                "There is no page {page}; the collection has {count}.", page=page, count=len(pages)
            )
        return pages[int(page) - 1].id, int(word) - 1
    return mark.load_page(value).grey


def progress_bar(items: list[Any], text: str, options: argparse.Namespace) -> Any:
    """The items, with a bar on stderr unless there is one item only or the output is JSON."""
    from tqdm import tqdm

    return tqdm(items, desc=text, unit="page", disable=len(items) < 2 or options.json, leave=False)


def note_printer(page: mark.Page) -> Callable[[Message], None]:
    """A function that prints a sentence about a page to stderr."""
    return lambda sentence: print(f"mark: {page.name}: {sentence}", file=sys.stderr)
