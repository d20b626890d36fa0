"""Feature "list_search": every line of a list of names is searched on all open pages.

Reply: ``search`` {data: path of a JSON file with one row a line, file: path of the same as CSV, name: of that file}.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.export.table import list_search_to_csv
from mark_core.retrieval.list_search import Found, read_terms, search_list
from mark_core.ui import requests
from mark_core.ui.collection.collection import NO_PAGES
from mark_core.ui.fifo_lock import FifoLock
from mark_core.ui.replies import Reply, done, to_json
from mark_core.ui.requests import Request
from mark_core.ui.search.search import read_abbreviations

if TYPE_CHECKING:
    from mark_core import Page
    from mark_core.ui.collection.open_page import OpenPage
    from mark_core.ui.session.session import Session
    from mark_core.ui.tasks import Task

MAX_LETTERS = 100_000
TOO_LONG = "The list is too long; at most {limit} letters are taken."
NAME = "mark-list.csv"
LOCK = FifoLock(slots=2)  # lists at a time on a server


@dataclass(frozen=True)
class ListQuery:
    """terms: the lines. threshold: probability from which a word counts as a hit. variants: old spellings count as the
    same. abbreviations: language whose abbreviated forms do."""

    terms: list[str]
    threshold: float
    variants: bool
    abbreviations: str | None = None


def handle(session: Session, request: Request) -> Reply | Iterator[Reply]:
    """Search the list, in the background, or cancel that. Raises MarkError if the list makes no sense."""
    if request.chosen(("search", "cancel")) == "cancel":
        session.tasks.cancel(request.feature)
        return done(request)
    query = read_list(request)
    return session.tasks.run(request, lambda task: search_pages(session, query, task), LOCK)


def read_list(request: Request) -> ListQuery:
    """The list of a request. Raises MarkError if it makes no sense."""
    terms = read_terms(requests.long_text(request.get("terms"), MAX_LETTERS, TOO_LONG))
    threshold = requests.whole_number(request.get("threshold"), 0, 100) / 100
    return ListQuery(terms, threshold, request.get("variants") is True, read_abbreviations(request))


def search_pages(session: Session, query: ListQuery, task: Task) -> dict[str, Any]:
    """Search every term and write the results. Raises MarkError when no page is open."""
    pages = session.pages
    if not pages:
        raise MarkError(NO_PAGES)
    sources = [
        (index, [page.page_id for page in pages if page.index is index])
        for index in {id(page.index): page.index for page in pages}.values()
    ]
    found = search_list(
        sources, query.terms, query.threshold, query.variants, task.report, query.abbreviations
    )
    places = {(id(page.index), page.page_id): place for place, page in enumerate(pages)}
    rows: list[dict[str, Any]] = []
    table: list[tuple[Found, int, Page | None]] = []
    for one in found:
        place = None if one.best is None else places[id(sources[one.source][0]), one.best.page]
        rows.append(_row(one, None if place is None else pages[place]))
        table.append((one, 0, None) if place is None else (one, place + 1, pages[place].entry.page))
    return {
        "data": session.downloads.write("list_search.json", json.dumps(rows).encode()),
        "file": session.downloads.write(NAME, list_search_to_csv(table)),
        "name": NAME,
    }


def _row(found: Found, page: OpenPage | None) -> dict[str, Any]:
    """The result of one term for the browser, with its best word if there is one on ``page``."""
    row: dict[str, Any] = {"term": found.term, "hits": found.count, "problem": to_json(found.problem)}
    if found.best is not None and page is not None:
        row |= {"score": round(found.best.score, 4), "page": page.id, "line": found.best.line}
        row["box"] = [int(side) for side in found.best.box]
    return row
