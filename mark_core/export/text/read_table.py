"""Reader of the text of tables, CSV or TSV: a line a row, or a word a row as MARK exports them."""

from __future__ import annotations

import csv
import io

from mark_core.errors import MarkError

_TEXT = ("text", "transcription", "transcript", "line_text", "content", "txt")  # names of a column of text
_PAGE = ("file", "image", "filename", "page")  # names of a column that tells pages apart
_WORDS = {"line", "word", "text"}  # columns of a table of MARK
_MAX_CELL = 100_000  # characters


def read_table(text: str) -> list[tuple[str, list[str]]]:
    """The pages of a table as (image, lines). Without a column of a known name, the one with most letters is taken.

    Raises MarkError if a cell is too long.
    """
    csv.field_size_limit(_MAX_CELL)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=_delimiter(text)) if any(row)]
    except csv.Error as error:
        raise MarkError("This table cannot be read; please save it as CSV or as plain text.") from error
    if not rows:
        return []
    head = [cell.strip().casefold() for cell in rows[0]]
    if set(head) >= _WORDS:
        return _by_words(head, rows[1:])
    named = next((head.index(name) for name in _TEXT if name in head), None)
    body = rows if named is None else rows[1:]
    column = _fullest(body) if named is None else named
    page = next((head.index(name) for name in _PAGE if name in head), None) if named is not None else None
    pages: dict[str, list[str]] = {}
    for row in body:
        cell = _cell(row, column)
        if cell:
            pages.setdefault("" if page is None else _cell(row, page), []).append(cell)
    return list(pages.items())


def _by_words(head: list[str], rows: list[list[str]]) -> list[tuple[str, list[str]]]:
    """A word a row; the words of a line follow each other, and those without text are left out."""
    places = {name: head.index(name) for name in ("line", "text")}
    of_page = [head.index(name) for name in ("file", "file_page", "page") if name in head]
    pages: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for row in rows:
        text = _cell(row, places["text"])
        if text:
            page = tuple(_cell(row, place) for place in of_page)
            pages.setdefault(page, {}).setdefault(_cell(row, places["line"]), []).append(text)
    named = "file" in head
    return [
        (page[0] if named else "", [" ".join(words) for words in lines.values()])
        for page, lines in pages.items()
    ]


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max("\t;,", key=first.count) if any(mark in first for mark in "\t;,") else ","


def _fullest(rows: list[list[str]]) -> int:
    """The column with most letters."""
    width = max(len(row) for row in rows)
    letters = [sum(sum(map(str.isalpha, _cell(row, place))) for row in rows) for place in range(width)]
    return letters.index(max(letters))


def _cell(row: list[str], place: int) -> str:
    """Without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    cell = " ".join(row[place].split()) if place < len(row) else ""
    return cell[1:] if cell.startswith("'") and cell[1:2] in ("=", "+", "-", "@") else cell
