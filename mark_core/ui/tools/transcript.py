"""Feature "transcript": the text of a page is read from a file, aligned with its words, corrected and taken away.

Replies: ``read`` {data: path of a JSON file with the lines, lines: how many}; ``align`` {attached, words, placed}: a
text that does not seem to be that of the page is kept until ``attach``. Texts stand in the view as ``transcript``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import mark_core as mark
from mark_core.errors import MarkError
from mark_core.export.text.transcript_file import MAX_LETTERS, lines_of, text_of_page
from mark_core.isolation.files import Upload
from mark_core.message import Message
from mark_core.transcript.page_text import MAX_LETTERS as WORD_LETTERS
from mark_core.transcript.page_text import PageText
from mark_core.ui import requests
from mark_core.ui.collection.edits import STALE
from mark_core.ui.fifo_lock import FifoLock
from mark_core.ui.replies import Reply, done
from mark_core.ui.requests import INVALID, MAX_COUNT, Request

if TYPE_CHECKING:
    from mark_core.ui.collection.open_page import OpenPage
    from mark_core.ui.session.session import Session
    from mark_core.ui.tasks import Task

TOO_LONG = "The text is too long; at most {limit} letters of one page are taken."
EMPTY = "Paste the text of this page first, or choose a file."
CHANGED = "The transcript has changed in the meantime; please look again and repeat it."
NONE_OFFERED = "This text is no longer here; please align it again."
LOCK = FifoLock(slots=2)  # texts that are aligned at a time on a server
OFFERED = 8  # texts that wait for an answer
Report = Callable[[str | Message, float], None]


def handle(session: Session, request: Request) -> Reply | Iterator[Reply]:
    """Carry out one action; aligning is done in the background. Raises MarkError if it cannot be done."""
    action = request.chosen(("align", *ACTIONS))
    if action == "align":
        page, lines = _page(session, request), read_lines(request)
        return session.tasks.run(request, lambda task: _align(session, page, lines, task), LOCK)
    return done(request, **ACTIONS[action](session, request))


def read_lines(request: Request) -> tuple[str, ...]:
    """The text of a request by lines. Raises MarkError if there is none."""
    lines = lines_of(requests.long_text(request.get("text"), MAX_LETTERS, TOO_LONG))
    if not lines:
        raise MarkError(EMPTY)
    return lines


def align_text(page: OpenPage, lines: Sequence[str], before: PageText | None, report: Report) -> PageText:
    """A text placed on an open page. before: the same text, of which a person has said something. Raises MarkError as
    ``align`` does."""
    found = mark.align(page.index, lines, page_id=page.page_id, progress=report, rebreak=True)
    return PageText.aligned(found, before)


def place_text(
    session: Session, page: OpenPage, lines: Sequence[str], report: Report
) -> tuple[PageText, bool]:
    """Align the text of an open page. If it is that of the page it is attached, else kept to be offered; returns the
    text and whether it is attached. Raises MarkError if the page was turned or closed meanwhile."""
    session.budgets.check_time(session)
    begun = time.monotonic()
    try:
        text = align_text(page, lines, session.transcripts.now.get(page.id), report)
    finally:
        session.budgets.spend(session, seconds=time.monotonic() - begun)
    with session.words_lock:
        if session.page(page.id).folder != page.folder:
            raise MarkError(STALE)
        if text.belongs:
            attach(session, page.id, text)
        else:
            with session.state_lock:
                offered = {**session.offered_texts, page.id: text}
                session.offered_texts = dict(list(offered.items())[-OFFERED:])
    return text, text.belongs


def attach(session: Session, page: str, text: PageText | None) -> None:
    """Give a page a text, or take it away, and repeat the last search."""
    with session.words_lock:
        with session.state_lock:
            session.transcripts = session.transcripts.with_text(page, text)
            session.offered_texts = {of: kept for of, kept in session.offered_texts.items() if of != page}
        session.search_again()


def _align(session: Session, page: OpenPage, lines: Sequence[str], task: Task) -> dict[str, Any]:
    text, attached = place_text(session, page, lines, task.report)
    return {"attached": attached, "words": len(text.words), "placed": text.placed}


def _page(session: Session, request: Request) -> OpenPage:
    return session.page(requests.page_id(request.get("page"), session))


def _read(session: Session, request: Request) -> dict[str, Any]:
    """The lines of the page in a file that was sent."""
    page = _page(session, request)
    (path, name), *_ = requests.files(request.get("files"), session.upload_folder)
    try:
        text = text_of_page(Upload(path).texts(name), page.entry.page)
    finally:
        session.received.forget(path)
    data = session.downloads.write("lines.json", json.dumps(text.lines).encode())
    return {"data": data, "lines": len(text.lines)}


def _attach(session: Session, request: Request) -> dict[str, Any]:
    """A text that was aligned is taken although it does not seem to belong to the page."""
    page = _page(session, request)
    text = session.offered_texts.get(page.id)
    if text is None:
        raise MarkError(NONE_OFFERED)
    attach(session, page.id, text)
    return {}


def _dismiss(session: Session, request: Request) -> dict[str, Any]:
    """A text that was aligned is not taken."""
    page = _page(session, request)
    with session.state_lock:
        session.offered_texts = {of: kept for of, kept in session.offered_texts.items() if of != page.id}
    return {}


def _correct(session: Session, request: Request) -> dict[str, Any]:
    """Another text of a word of the transcript, as a person has read it; without one the word is taken out."""
    page, typed = _page(session, request), _typed(request)
    number = requests.whole_number(request.get("number_of_word"), 0, MAX_COUNT)
    with session.words_lock:
        text = session.page_texts.of(page)
        if text is None or number >= len(text.words) or text.words[number].text != request.get("was"):
            raise MarkError(CHANGED)
        at = text.on_words(page.entry.words)[number]
        place = (page.id, page.entry.words[at].box) if at is not None else None
        if (
            place is not None and place in session.transcriptions.now
        ):  # what was typed there outranks the transcript
            session.transcriptions = session.transcriptions.transcribed(place, typed or None)
        attach(session, page.id, text.corrected(number, typed))
    return {}


def _type(session: Session, request: Request) -> dict[str, Any]:
    """The text of a word of the page that has none yet."""
    page, typed = _page(session, request), _typed(request)
    with session.words_lock:
        place = requests.word_place(request.fields, session)
        if place is None or not typed:
            raise MarkError(INVALID)
        text = session.page_texts.of(page) or PageText(())
        attach(session, page.id, text.typed(page.entry.words, place[1], typed))
    return {}


def _typed(request: Request) -> str:
    return (requests.text(request.get("text")) or "")[:WORD_LETTERS]


def _remove(session: Session, request: Request) -> dict[str, Any]:
    """The page has no text any more."""
    attach(session, _page(session, request).id, None)
    return {}


def _undo(session: Session, request: Request) -> dict[str, Any]:
    with session.words_lock:
        session.transcripts = session.transcripts.undone()
        session.search_again()
    return {}


def _cancel(session: Session, request: Request) -> dict[str, Any]:
    session.tasks.cancel(request.feature)
    return {}


ACTIONS: dict[str, Callable[[Session, Request], dict[str, Any]]] = {
    "read": _read,
    "attach": _attach,
    "dismiss": _dismiss,
    "correct": _correct,
    "type": _type,
    "remove": _remove,
    "undone": _undo,
    "cancel": _cancel,
}
