"""Transcripts from files: plain text, tables, PAGE XML, ALTO, hOCR and TEI, by pages and lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mark_core.errors import MarkError
from mark_core.export.layout_file import is_layout, read_root
from mark_core.export.names import any_stem_key
from mark_core.export.text.read_table import read_table
from mark_core.export.text.read_tei import ROOTS, read_tei
from mark_core.export.xmlfile import MAX_BYTES, decoded_text, local_name, parse_layout
from mark_core.pages.page import Page

MAX_LETTERS = 200_000  # of the text of one page; a newspaper page has about 60,000
MAX_LINES = 1000  # of the text of one page
TEXT_SUFFIXES = (".txt", ".csv", ".tsv", ".tei", ".md")
_TABLES = (".csv", ".tsv")
_NO_TEXT = "There is no text in this file."
_UNKNOWN = "The text of this file cannot be read: it is not plain text, a table, PAGE XML, ALTO, hOCR or TEI."


@dataclass(frozen=True)
class TextPage:
    """The text of one page. image: name of its picture, "" if not stated. lines: not blank, in reading order."""

    image: str
    lines: tuple[str, ...]


def read_transcript(data: bytes, name: str) -> list[TextPage]:
    """The pages of a file that have text. name: of the file; its ending tells tables from other text.

    Plain text is cut into pages at form feeds. Raises MarkError if the file has no text, is too large or damaged, or of
    another kind.
    """
    if len(data) > MAX_BYTES:
        raise MarkError("This file is larger than {limit} MB and is not read.", limit=MAX_BYTES >> 20)
    text = decoded_text(data)
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        found = _read_markup(data)
    elif "\0" in text[:4096]:
        raise MarkError(_UNKNOWN)
    elif name.lower().endswith(_TABLES):
        found = read_table(text)
    else:
        found = [("", part.splitlines()) for part in text.split("\f")]
    pages = [TextPage(image, lines_of("\n".join(lines))) for image, lines in found]
    pages = [page for page in pages if page.lines]
    if not pages:
        raise MarkError(_NO_TEXT)
    return pages


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text that are not blank, each with single spaces. Raises MarkError if the text is too long."""
    if len(text) > MAX_LETTERS:
        raise MarkError(
            "The text is too long; at most {limit} letters of one page are taken.", limit=MAX_LETTERS
        )
    printable = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    lines = tuple(" ".join(line.split()) for line in printable.split("\n") if line.strip())
    if len(lines) > MAX_LINES:
        raise MarkError("The text is too long; at most {limit} lines of one page are taken.", limit=MAX_LINES)
    return lines


def text_of_page(pages: Sequence[TextPage], page: Page) -> TextPage:
    """The text among several that belongs to a page: the only one, the one that names its picture, or, in a file of
    many pages, that of the same number. Raises MarkError where that cannot be told."""
    if len(pages) == 1:
        return pages[0]
    key = any_stem_key(page.name)
    named = [one for one in pages if one.image and any_stem_key(one.image) == key]
    if len(named) == 1:
        return named[0]
    among = named or ([] if any(one.image for one in pages) else list(pages))
    if page.number < len(among) and (named or page.number):
        return among[page.number]
    raise MarkError(
        "This file has the text of {count} pages, and none of them is called {name}; paste the text of this page.",
        count=len(pages),
        name=page.name,
    )


def _read_markup(data: bytes) -> list[tuple[str, list[str]]]:
    root = parse_layout(data)
    if local_name(root) in ROOTS:
        return read_tei(root)
    if not is_layout(root):
        raise MarkError(_UNKNOWN)
    return [(page.image, list(page.text_lines().values())) for page in read_root(root)]
