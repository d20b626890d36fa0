"""Confirming and rejecting hits: what the visitor decides about the last search, and the list as it is then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.ui import browser
from mark_core.ui.decisions import KINDS, Decision, Decisions
from mark_core.ui.question import Question

if TYPE_CHECKING:
    from mark_core.ui.session import Session

ACTS = (*KINDS, "withdrawn", "undone", "cleared")
STALE = "Another search was made in the meantime; please decide again."
NO_HIT = "This word is no hit of the search any more."


@dataclass(frozen=True)
class Verdict:
    """search: number of the search it is about. act: one of ACTS. place: the hit as (sheet, word number), for the
    first three acts."""

    search: int
    act: str
    place: tuple[str, int] | None = None


def serve(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """Does what the browser asks for. Raises MarkError with a sentence."""
    with session.working:
        judge(session, verdict(data, session))
    return {}


def verdict(data: dict[str, Any], session: Session) -> Verdict:
    """A decision as the browser sends it. Raises MarkError if it makes no sense."""
    search, act = (
        browser.number(data.get("search"), 0, browser.MAX_COUNT),
        browser.choice(data.get("act"), ACTS),
    )
    return Verdict(search, act, None if act in ("undone", "cleared") else browser.example(data, session))


def judge(session: Session, verdict: Verdict) -> None:
    """Decides, and answers the last search again. Raises MarkError when that is another search by now, when there is
    no such hit or nothing to undo."""
    with session.working:
        question, result = session.question, session.result
        if question is None or result is None or result["error"] or result["seq"] != verdict.search:
            raise MarkError(STALE)
        session.decisions = _decided(session, question, result, verdict)
        session.repeat()


def _decided(session: Session, question: Question, result: dict[str, Any], verdict: Verdict) -> Decisions:
    decisions, topic = session.decisions, question.topic(session.sheets)
    if verdict.act == "undone":
        return decisions.undone(topic)
    if verdict.act == "cleared":
        return decisions.cleared(topic)
    hit = next((hit for hit in result["hits"] if (hit["page"], hit["word"]) == verdict.place), None)
    if hit is None:
        raise MarkError(NO_HIT)
    box = (
        session.sheet(hit["page"]).entry.words[hit["word"]].box
    )  # that of the page, whichever the hit was found in
    if verdict.act == "withdrawn":
        return decisions.withdrawn(topic, hit["page"], box)
    span, found = len(hit.get("boxes", [box])), tuple(hit["box"])
    elsewhere = found if found != box else None
    decision = Decision(
        hit["page"], box, verdict.act, hit["rank"], question.page, hit["score"], span, elsewhere
    )
    return decisions.decided(topic, decision)
