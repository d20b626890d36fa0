"""Feature "search": hits for a typed word, a clicked one, or both. The result is ``search`` in the view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mark_core.errors import MarkError
from mark_core.retrieval.variants.abbreviations import LANGUAGES
from mark_core.ui import requests
from mark_core.ui.replies import Reply, done, error_message, failed
from mark_core.ui.requests import Request
from mark_core.ui.search.query import SearchQuery, SearchResult, search

if TYPE_CHECKING:
    from mark_core.ui.session.session import Session


def handle(session: Session, request: Request) -> Reply:
    """Search; the result replaces the last one, also if it is an error."""
    with session.words_lock:
        query = None
        try:
            request.chosen(("search",))
            query = read_query(request, session)
            texts = session.page_texts.all()
            result = search(request.number, query, session.pages, session.decisions, texts=texts)
            session.own_queries.add(query, session.pages)
        except Exception as error:
            result = SearchResult(
                request.number, query or SearchQuery(), error=error_message(error, "a search")
            )
        session.query, session.result = query, result
    return failed(request, result.error) if result.error else done(request)


def read_query(request: Request, session: Session) -> SearchQuery:
    """What is searched for, how and where. Raises MarkError if it makes no sense."""
    variants, page = requests.flag(request.fields.get("variants", False)), request.get("page")
    only = None if page is None else requests.page_id(page, session)
    weight = request.get("example_weight")
    weight = None if weight is None else requests.real_number(weight, 0.0, 1.0)
    example = requests.word_place(request.get("example"), session)
    abbreviations = read_abbreviations(request)
    return SearchQuery(requests.text(request.get("text")), example, variants, only, weight, abbreviations)


def read_abbreviations(request: Request) -> str | None:
    """The language whose abbreviations count; None for none. Raises MarkError for one without a table."""
    language = request.get("abbreviations")
    if not language:
        return None
    if not isinstance(language, str) or language not in LANGUAGES:
        raise MarkError(requests.INVALID)
    return language
