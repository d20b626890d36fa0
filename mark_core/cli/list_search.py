"""``search --list`` on the command line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.retrieval.list_search import read_terms, search_list
from mark_core.textfile import read_text_file

if TYPE_CHECKING:
    from mark_core.pages.page import Page
    from mark_core.retrieval.hit import Hit
    from mark_core.retrieval.index import WordIndex


def hit_row(hit: Hit, page: Page) -> dict[str, Any]:
    """A hit as a row of JSON. page: the page of the hit."""
    return {
        "score": round(hit.score, 4),
        "page": page.name,
        "number": page.number,
        "line": hit.line,
        "word": hit.word,
        "box": list(hit.box),
        "reads": hit.reads,
    }


def search_list_command(options: argparse.Namespace, index: WordIndex) -> list[dict[str, Any]]:
    """One row per term of the file ``options.list``. Raises MarkError if it cannot be read or has no terms."""
    if options.text is not None or options.example is not None:
        raise MarkError("Give either --list or --text and --example.")
    terms = read_terms(read_text_file(options.list, "The list"))
    names = {page.id: page.page for page in index.pages}
    rows = []
    for found in search_list(
        [(index, None)], terms, options.threshold, options.variants, abbreviations=options.abbreviations
    ):
        row: dict[str, Any] = {"term": found.term, "hits": found.count, "problem": str(found.problem or "")}
        if (best := found.best) is not None:
            row["best"] = hit_row(best, names[best.page])
        rows.append(row)
    return rows


def show_list(rows: list[dict[str, Any]]) -> None:
    width = min(30, max(len(row["term"]) for row in rows))
    for row in rows:
        best = row.get("best")
        text = row["problem"] or "nothing"
        if best:
            place = (
                f"{best['page']} page {best['number'] + 1} line {best['line'] + 1} word {best['word'] + 1}"
            )
            text = f"best {100 * best['score']:5.1f} %  {place}  reads “{best['reads']}”"
        print(f"{row['term']:{width}}  {row['hits']:4d} hits  {text}")
