"""Feature "active_learning": MARK asks about the words whose text helps it most, and keeps what the visitor types.

Replies: ``ask`` {data: path of a JSON file with the questions}; answers {learnable: whether learning can use the text}.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.ui import requests
from mark_core.ui.collection.merged_index import MERGING, merged_index
from mark_core.ui.fifo_lock import FifoLock
from mark_core.ui.learning.learning import Plan, plan_lexicon, read_plan
from mark_core.ui.learning.transcriptions import MAX_LETTERS, is_learnable
from mark_core.ui.replies import Reply, done
from mark_core.ui.requests import INVALID, Request

if TYPE_CHECKING:
    from mark_core.ui.session.session import Session
    from mark_core.ui.tasks import Task

QUESTIONS = 10  # at once
EMBEDDING_LIST, CHOOSING = Message("Learning the word list"), Message("Choosing the words")
ANSWERS = ("answered", "unreadable", "withdrawn", "undone", "cleared")
LOCK = FifoLock(slots=2)  # sessions that choose questions at a time on a server


def handle(session: Session, request: Request) -> Reply | Iterator[Reply]:
    """Choose questions, in the background; keep an answer; or cancel the choice. Raises MarkError if an answer makes no
    sense."""
    action = request.chosen(("ask", "cancel", *ANSWERS))
    if action == "ask":
        plan = read_plan(request)
        return session.tasks.run(request, lambda task: choose(session, plan, task), LOCK)
    if action == "cancel":
        session.tasks.cancel(request.feature)
        return done(request)
    with session.words_lock:
        return done(request, learnable=answer(session, request))


def choose(session: Session, plan: Plan, task: Task) -> dict[str, Any]:
    """The next questions as a file for the browser. Raises MarkError when no page is open or the word list is empty."""
    from mark_core.training.active_learning import choose_questions
    from mark_core.training.labelers import make_labeler

    task.report(MERGING, 0.0)
    with session.words_lock:
        index, places = merged_index(session)
        known, transcribed = session.known_texts, session.transcriptions.now
    words = [(row, (page.id, box)) for row, (page, _, box) in enumerate(places)]
    labeler = make_labeler(index.model, plan_lexicon(plan), lambda share: task.report(EMBEDDING_LIST, share))
    task.report(CHOOSING, 0.95)
    encoding = index.encoding
    rows = choose_questions(
        encoding,
        labeler.confidence(encoding),
        QUESTIONS,
        [row for row, place in words if place in known],
        [row for row, place in words if place in transcribed],
    )
    questions = [
        {
            "page": page.id,
            "word": word,
            "version": page.version,
            "box": [int(side) for side in box],
            "turned": page.entry.words[word].direction == "ttb",
        }
        for page, word, box in (places[row] for row in rows)
    ]
    return {"data": session.downloads.write("questions.json", json.dumps(questions).encode())}


def answer(session: Session, request: Request) -> bool:
    """Keep an answer, or take it back; whether the next learning can use it. Raises MarkError if it makes no sense."""
    if request.action == "undone":
        session.transcriptions = session.transcriptions.undone()
        return True
    if request.action == "cleared":
        session.transcriptions = session.transcriptions.cleared()
        return True
    place = requests.word_place(request.fields, session)
    if place is None:
        raise MarkError(INVALID)
    box = session.page(place[0]).entry.words[place[1]].box
    text = None if request.action == "withdrawn" else ""
    if request.action == "answered":
        text = (requests.text(request.get("text")) or "")[:MAX_LETTERS] or None
    session.transcriptions = session.transcriptions.transcribed((place[0], box), text)
    return not text or is_learnable(text)
