"""Open pages are turned, one after the other like uploads; what was done on them keeps up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.pages.turn import turn_page, turned_box
from mark_core.segmentation.turn import turned_words
from mark_core.ui.collection import word_labels
from mark_core.ui.collection.edits import STALE, Moves, turn_mapping
from mark_core.ui.ended import ENDED, SessionReference
from mark_core.ui.tasks import Task
from mark_core.ui.uploads.upload_queue import INDEXING, WAITING_TO_INDEX

if TYPE_CHECKING:
    from mark_core.segmentation.edit import Words
    from mark_core.segmentation.word import Box
    from mark_core.ui.collection.open_page import OpenPage
    from mark_core.ui.search.query import SearchQuery
    from mark_core.ui.session.session import Session

TURNING = Message("Turning the page")


@dataclass
class _Wanted:
    """degrees: clockwise, of all that was asked for since ``job`` was put into the queue."""

    job: Task
    degrees: int


class Turning:
    """Pages that are to be turned. What is asked for while a page waits is done in one go."""

    def __init__(self, session: Session) -> None:
        self._of = SessionReference(session)
        self._wanted: dict[str, _Wanted] = {}  # by page id

    @property
    def _session(self) -> Session:
        return self._of()

    def ask(self, page_id: str, degrees: int) -> None:
        """Turn a page clockwise by a multiple of 90 degrees. Raises MarkError when it is not open."""
        title = str(self._session.page(page_id).title)
        with self._session.state_lock:
            waiting = self._wanted.get(page_id)
            if waiting is not None and not waiting.job.stop.is_set():
                waiting.degrees += degrees
                return
            job = Task(title, lambda job: self._work(job, page_id))
            self._wanted[page_id] = _Wanted(job, degrees)
        self._session.upload_queue.put([job])

    def _work(self, job: Task, page_id: str) -> None:
        with job.hold(INDEXING, waiting=WAITING_TO_INDEX):
            with self._session.state_lock:
                degrees = self._wanted.pop(page_id).degrees % 360
            job.report(TURNING, 0.0)
            if degrees:
                turn(self._session, job, page_id, degrees)


def turn(session: Session, job: Task, page_id: str, degrees: int) -> None:
    """Turn an open page clockwise. Its words are found anew, unless a person or a file has brought their boxes: these
    are turned with it. Raises MarkError when it was edited or closed meanwhile, or has no words any more."""
    before = session.page(page_id)
    model, then = session.index.model, tuple(before.entry.words)
    page = turn_page(before.entry.page, degrees)
    along = turned_words(then, (before.width, before.height), degrees)
    kept = along if before.keeps_boxes else None
    entry = session.index.encoded(page, kept, progress=job.report, script=before.entry.script)
    with session.words_lock:
        now = session.page(page_id)
        if now.version != before.version:
            raise MarkError(STALE)
        if not session.collection.owns(now):
            now = now.copy_to(session.index, session.root)
        moves = turn_mapping(page_id, then, along, entry.words)
        query = session.query
        if query is not None and query.example is not None and query.example[0] == page_id:
            box = moves(page_id, then[query.example[1]].box)[1]
            numbers = {word.box: number for number, word in enumerate(entry.words)}
            query = replace(query, example=(page_id, numbers[box]) if box in numbers else None)
        session.index.replace_page(now.page_id, entry, model)
        _show(session, now, moves, query, partial(_text_box, now, then, moves, degrees))


def _text_box(page: OpenPage, then: Words, moves: Moves, degrees: int, box: Box) -> Box:
    """Where a word of the text is: with the word of the page, else turned as the page was."""
    if any(word.box == box for word in then):
        return moves(page.id, box)[1]
    return turned_box(box, (page.width, page.height), degrees)


def _show(
    session: Session,
    page: OpenPage,
    moves: Moves,
    query: SearchQuery | None,
    text_moves: Callable[[Box], Box],
) -> None:
    """Show the turned page, with everything that was kept by its boxes."""
    turned = page.rewritten(session.root)
    with session.state_lock:
        if session.closed:
            turned.delete_files()
            raise MarkError(ENDED)
        session.collection.put(turned)
        session.decisions = session.decisions.moved(moves)
        session.transcriptions = session.transcriptions.moved(moves)
        session.transcripts = session.transcripts.moved(page.id, text_moves)
        session.word_names = word_labels.moved(session.word_names, moves)
        session.query = query
    page.delete_files()
    session.search_again()
