"""Teach me ten: MARK asks about the words whose answers help it most, and keeps what the visitor reads there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mark_core.ui import browser
from mark_core.ui.answers import MAX_LETTERS, can_be_learnt
from mark_core.ui.errands import Report
from mark_core.ui.gathering import GATHERING, gathered
from mark_core.ui.learning import lexicon_of, plan

if TYPE_CHECKING:
    from mark_core.ui.session import Session

QUESTIONS = 10  # at once
LIST, CHOOSING = "Learning the word list", "Choosing the words"
ACTS = ("answered", "unreadable", "withdrawn", "undone", "cleared")


def ask(session: Session, data: dict[str, Any], report: Report) -> dict[str, Any]:
    """The next questions, as a file for the browser. data: as for learning. Raises MarkError with a sentence."""
    from mark_core.training.active_learning import choose_questions
    from mark_core.training.labelers import make_labeler

    wanted = plan(data)
    report(GATHERING, 0.0)
    with session.working:
        index, places = gathered(session)
        known, answers = session.known_texts, session.answers.now
    said = [(row, (sheet.id, box)) for row, (sheet, _, box) in enumerate(places)]
    labeler = make_labeler(index.model, lexicon_of(wanted), lambda share: report(LIST, share))
    report(CHOOSING, 0.95)
    encoding = index.encoding
    rows = choose_questions(
        encoding,
        labeler.confidence(encoding),
        QUESTIONS,
        [row for row, place in said if place in known],
        [row for row, place in said if place in answers],
    )
    questions = [
        {
            "page": sheet.id,
            "word": word,
            "version": sheet.version,
            "box": [int(side) for side in box],
            "turned": sheet.entry.words[word].direction == "ttb",
        }
        for sheet, word, box in (places[row] for row in rows)
    ]
    return {"data": str(session.handouts.write("questions.json", json.dumps(questions).encode()))}


def answer(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """Keeps an answer, or takes it back. ``learnt``: whether the next learning can use it. Raises MarkError with a
    sentence."""
    act = browser.choice(data.get("act"), ACTS)
    with session.working:
        if act == "undone":
            session.answers = session.answers.undone()
        elif act == "cleared":
            session.answers = session.answers.cleared()
        else:
            place = browser.example(data, session)
            box = tuple(session.sheet(place[0]).entry.words[place[1]].box)
            text = None if act == "withdrawn" else ""
            if act == "answered":
                text = (browser.text(data.get("text")) or "")[:MAX_LETTERS] or None
            session.answers = session.answers.answered((place[0], box), text)
            return {"learnt": not text or can_be_learnt(text)}
    return {"learnt": True}
