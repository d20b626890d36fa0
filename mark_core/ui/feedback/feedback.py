"""Feature "feedback": hits of the last search are confirmed or rejected, and the list is ranked again (relevance
feedback)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mark_core.errors import MarkError
from mark_core.ui import requests
from mark_core.ui.collection.decisions import KINDS, Decision, Decisions
from mark_core.ui.collection.edits import read_box
from mark_core.ui.replies import Reply, done
from mark_core.ui.requests import Request
from mark_core.ui.search.query import NO_HIT, SearchQuery, SearchResult

if TYPE_CHECKING:
    from mark_core.ui.session.session import Session

ACTIONS = (*KINDS, "withdrawn", "undone", "cleared")
STALE = "Another search was made in the meantime; please decide again."


@dataclass(frozen=True)
class FeedbackAction:
    """search: number of the search request it is about. action: one of ACTIONS. place: the hit as (page id, word
    number), for the first three actions."""

    search: int
    action: str
    place: tuple[str, int] | None = None


def handle(session: Session, request: Request) -> Reply:
    """Carry out one action; the new ranking is in the view. Raises MarkError if it cannot be done."""
    with session.words_lock:
        give_feedback(session, read_action(request, session))
    return done(request)


def read_action(request: Request, session: Session) -> FeedbackAction:
    """The action of a request. Raises MarkError if it makes no sense."""
    search = requests.whole_number(request.get("search"), 0, requests.MAX_COUNT)
    action = request.chosen(ACTIONS)
    place = None if action in ("undone", "cleared") else requests.word_place(request.fields, session)
    return FeedbackAction(search, action, place)


def give_feedback(session: Session, action: FeedbackAction) -> None:
    """Change the decisions and repeat the last search. Raises MarkError when that is another search by now, when there
    is no such hit or nothing to undo."""
    with session.words_lock:
        query, result = session.query, session.result
        if query is None or result is None or result.error or result.number != action.search:
            raise MarkError(STALE)
        session.decisions = _decided(session, query, result, action)
        session.search_again()


def _decided(session: Session, query: SearchQuery, result: SearchResult, action: FeedbackAction) -> Decisions:
    decisions, key = session.decisions, query.key(session.pages)
    if action.action == "undone":
        return decisions.undone(key)
    if action.action == "cleared":
        return decisions.cleared(key)
    hit = result.hit(action.place)
    if hit is None:
        raise MarkError(NO_HIT)
    box = session.page(hit["page"]).entry.words[hit["word"]].box  # of the page, in whichever it was found
    if action.action == "withdrawn":
        return decisions.withdrawn(key, hit["page"], box)
    span, found = len(hit.get("boxes", [box])), read_box(hit["box"])
    decision = Decision(
        page=hit["page"],
        box=box,
        kind=action.action,
        rank=hit["rank"],
        only=query.page,
        score=hit["score"],
        span=span,
        found=found if found != box else None,
    )
    return decisions.decided(key, decision)
