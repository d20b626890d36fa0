"""What a person says is written in some crops of an index: questions as a table to fill in, and the answers."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.textfile import read_text_file

if TYPE_CHECKING:
    from mark_core.retrieval.index import WordIndex

COLUMNS = ("page", "word", "x", "y", "w", "h", "reads", "text")
_MAX_BYTES = 8 * 1024 * 1024


def write_questions(index: WordIndex, rows: Sequence[int], readings: Sequence[str], path: Path) -> None:
    """Write one line a question; ``text`` is left empty for the answer.

    rows: numbers of the words, counted through all pages; readings: what every word reads now.
    """
    places = _places(index)
    boxes = {entry.id: [word.box for word in entry.words] for entry in index.pages}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows:
            page, word = places[row]
            writer.writerow([page, word, *boxes[page][word], readings[row], ""])


def read_answers(index: WordIndex, path: Path) -> dict[int, str]:
    """Number of the word, counted through all pages, -> what is written there; lines without a text are skipped.

    Raises MarkError if the table cannot be read or names a word that the index does not have.
    """
    number = {place: row for row, place in enumerate(_places(index))}
    try:
        lines = list(csv.DictReader(read_text_file(path, "The table", _MAX_BYTES).splitlines()))
    except csv.Error as error:
        raise MarkError("The table {file} cannot be read as comma-separated text.", file=path.name) from error
    answers: dict[int, str] = {}
    for line in lines:
        text = (line.get("text") or "").strip()
        if not text:
            continue
        page, word = line.get("page") or "", line.get("word") or ""
        row = number.get((page, int(word))) if word.isascii() and word.isdigit() else None
        if row is None:
            raise MarkError(
                "The table {file} speaks of word “{word}” of page “{page}”, which is not there.",
                file=path.name,
                word=word,
                page=page,
            )
        answers[row] = text
    return answers


def known_texts(index: WordIndex, rows: Any) -> dict[int, str]:
    """Number of the word, counted through all pages, -> what a person has read there, from the answers of a project:
    rows of ``page``, ``box`` and ``text``. What is said of no word of the index, or is no text, is left out."""
    boxes = [(entry.id, tuple(word.box)) for entry in index.pages for word in entry.words]
    number = {place: row for row, place in enumerate(boxes)}
    known = {}
    for row in rows if isinstance(rows, list) else []:
        page, box, text = (row.get(key) if isinstance(row, dict) else None for key in ("page", "box", "text"))
        if isinstance(page, str) and isinstance(box, list) and isinstance(text, str) and text:
            place = (page, tuple(side for side in box if isinstance(side, int)))
            if place in number:
                known[number[place]] = text
    return known


def _places(index: WordIndex) -> list[tuple[str, int]]:
    return [(entry.id, word) for entry in index.pages for word in range(len(entry.words))]
