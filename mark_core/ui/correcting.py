"""Boxes of a page are corrected by the visitor: boxes, hits, decisions and names change at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.ui.corrections import Correction, follow, fresh, told
from mark_core.ui.question import Question, answered_again
from mark_core.ui.remarks import followed

if TYPE_CHECKING:
    from mark_core.segmentation.edit import Words
    from mark_core.ui.session import Session
    from mark_core.ui.sheet import Sheet

GONE = "The box of the clicked word was deleted, so it is no longer searched for."


def correct(session: Session, sheet_id: str, version: int, correction: Correction, seq: int = 0) -> None:
    """Corrects the boxes of a page and searches the last query again.

    version: of the boxes that the correction was made on. seq: number of the browser's question. The first
    correction of a sample makes it a page of this session's own. What happened is in ``session.corrected``.
    """
    with session.working:
        sheet = session.sheet(sheet_id)
        entry, history = sheet.entry, sheet.history
        before = tuple(entry.words)
        correction = history.rebase(correction, sheet.version - version, before)
        after, history = history.step(correction, before, (sheet.width, sheet.height))
        owned = session.collection.owns(sheet)
        if not owned:
            sheet = sheet.lent_to(session.index, session.root)
        text, words = told(correction, before, after), fresh(before, after)
        answer = {"seq": seq, "error": None, "text": text, "words": words}
        try:
            session.index.edit_words(sheet.page_id, after)
            _show(session, sheet.revised(after, history), before, after, answer)
        except Exception:
            if not owned:  # the sample is shown as before, so nobody needs the copy
                session.index.remove(sheet.page_id)
                sheet.delete_files()
            raise


def _show(session: Session, sheet: Sheet, before: Words, after: Words, answer: dict[str, Any]) -> None:
    sheets = [sheet if other.id == sheet.id else other for other in session.sheets]
    decisions = session.decisions.followed(sheet.id, before, after)
    question, result = _followed(session, sheet, before, after), session.result
    if question is not None:
        result = answered_again(question, result, sheets, decisions)
    elif result is not None and not result["error"]:
        result = {**result, "turn": result["turn"] + 1, "example": None, "hits": [], "error": GONE}
    with session.at_once:
        if session.closed:
            sheet.delete_files()
            raise MarkError("This session has ended.")
        session.collection.put(sheet)
        session.decisions, session.question, session.result = decisions, question, result
        session.corrected = answer
        session.answers = session.answers.followed(sheet.id, before, after)
        session.word_names = followed(session.word_names, sheet.id, before, after)


def _followed(session: Session, sheet: Sheet, before: Words, after: Words) -> Question | None:
    """The last question about the corrected words of a sheet; None if nothing is left of it."""
    question = session.question
    if question is None or question.example is None or question.example[0] != sheet.id:
        return question
    place = follow(question.example[1], before, after)
    if place is not None:
        return replace(question, example=(sheet.id, place))
    if question.text is None:
        return None
    session.tell(GONE)
    return replace(question, example=None)
