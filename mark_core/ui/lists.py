"""Looking up a list of names: every line of it is searched for on all open pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import mark_core as mark
from mark_core.export.table import list_search_to_csv
from mark_core.retrieval.list_search import Found, read_terms, search_list
from mark_core.ui import browser
from mark_core.ui.errands import Report

if TYPE_CHECKING:
    from mark_core import Page
    from mark_core.ui.session import Session

MAX_LETTERS = 100_000
NAME = "mark-list.csv"


def serve(session: Session, data: dict[str, Any], report: Report) -> dict[str, Any]:
    """Looks up what the browser sent. Raises MarkError with a sentence."""
    terms = read_terms(browser.long_text(data.get("terms"), MAX_LETTERS, "The list"))
    threshold = browser.number(data.get("threshold"), 0, 100) / 100
    variants = data.get("variants") is True
    sheets = session.sheets
    if not sheets:
        raise mark.MarkError("Add a page or open a sample first.")
    sources = [
        (index, [sheet.page_id for sheet in sheets if sheet.index is index])
        for index in {id(sheet.index): sheet.index for sheet in sheets}.values()
    ]
    found = search_list(sources, terms, threshold, variants, report)
    places = {(id(sheet.index), sheet.page_id): place for place, sheet in enumerate(sheets)}
    rows: list[dict[str, Any]] = []
    table: list[tuple[Found, int, Page | None]] = []
    for one in found:
        row: dict[str, Any] = {"term": one.term, "hits": one.count, "problem": one.problem}
        if one.best is None:
            table.append((one, 0, None))
        else:
            place = places[id(sources[one.source][0]), one.best.page]
            row |= {"score": round(one.best.score, 4), "page": sheets[place].id, "line": one.best.line}
            row["box"] = [int(side) for side in one.best.box]
            table.append((one, place + 1, sheets[place].entry.page))
        rows.append(row)
    return {
        "data": str(session.handouts.write("list.json", json.dumps(rows).encode())),
        "file": str(session.handouts.write(NAME, list_search_to_csv(table))),
        "name": NAME,
    }
