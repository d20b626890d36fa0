"""The desk: what each thing a visitor does changes in the session, answered by a view of it."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

import mark_core as mark
from mark_core.ui import browser, judging, take_away
from mark_core.ui.question import Question
from mark_core.ui.samples import SampleShelf
from mark_core.ui.session import Session
from mark_core.ui.store import SessionStore

View = dict[str, Any]
Report = Callable[[str, float], None]

READING = "Reading the page"
ENDED = "This session had ended, so its pages are gone; please add them again."
TROUBLE = "Something went wrong here. Nothing you had open is lost; please try again."

_log = logging.getLogger(__name__)


class Desk:
    """Event handlers. Each takes the session key and the browser's event, and returns or yields a view."""

    def __init__(self, store: SessionStore, shelf: SampleShelf, uploads: Path) -> None:
        self.store = store
        self.shelf = shelf
        self.uploads = uploads

    def arrive(self, request: gr.Request) -> Iterator[tuple[str, View]]:
        """A tab was opened: a new session with the first sample on the desk."""
        session = self.store.open(tab=request.session_hash)
        _busy(session, "Getting ready", 0.0)
        yield session.key, self._view(session)
        samples = self.shelf.samples
        for view in self._open_sample(session, samples[0].file) if samples else []:
            yield session.key, view
        session.busy = None
        yield session.key, self._view(session)

    def leave(self, request: gr.Request) -> None:
        """The tab was closed: everything in it is deleted."""
        self.store.close_tab(request.session_hash)

    def add(self, key: str, event: gr.EventData) -> Iterator[View]:
        """Uploaded files become pages; a file that cannot be used costs one sentence and nothing else."""
        session = self._session(key)
        data = browser.payload(event)
        try:
            direction = browser.direction(data.get("direction"))
            files = browser.files(data.get("files"), self.uploads)
        except mark.MarkError as error:
            session.tell(str(error))
            files = []
        for path, name in files:
            try:
                for _ in self._add_file(session, path, name, direction):
                    yield self._view(session)
            except mark.MarkError as error:
                session.tell(f"{name}: {error}")
            except Exception:
                _log.exception("adding a file failed")
                session.tell(f"{name}: {TROUBLE}")
            session.busy = None
        yield self._view(session)

    def open_sample(self, key: str, event: gr.EventData) -> Iterator[View]:
        """A sample page joins the pages on the desk."""
        file = browser.payload(event).get("file")
        yield from self._open_sample(self._session(key), file if isinstance(file, str) else "")

    def remove(self, key: str, event: gr.EventData) -> View:
        """A page leaves the desk."""
        session = self._session(key)
        try:
            session.remove(browser.sheet_id(browser.payload(event).get("page"), session))
        except mark.MarkError as error:
            session.tell(str(error))
        return self._view(session)

    def search(self, key: str, event: gr.EventData) -> View:
        """Hits for a typed word, a clicked one, or both."""
        session = self._session(key)
        data = browser.payload(event)
        result: dict[str, Any] = {"seq": 0, "turn": 0, **Question().to_view(), "hits": [], "error": None}
        with session.working:
            question = None
            try:
                result["seq"] = browser.number(data.get("seq"), 0, browser.MAX_COUNT)
                question = browser.question(data, session)
                result |= question.to_view()
                result |= question.answer(session.sheets, session.decisions)
            except mark.MarkError as error:
                result["error"] = str(error)
            except Exception:
                _log.exception("a search failed")
                result["error"] = TROUBLE
            session.question, session.result = question, result
        return self._view(session)

    def judge(self, key: str, event: gr.EventData) -> View:
        """A hit is confirmed or rejected, or that is undone; the list is in its new order at once."""
        return self._ask(key, event, "judged", judging.serve)

    def correct(self, key: str, event: gr.EventData) -> View:
        """A box is drawn, changed, deleted, joined or split, or that is undone."""
        session = self._session(key)
        data = browser.payload(event)
        failed: dict[str, Any] = {"seq": 0, "done": False, "text": "", "words": []}
        try:
            failed["seq"] = seq = browser.number(data.get("seq"), 0, browser.MAX_COUNT)
            session.correct(*browser.correction(data, session), seq)
            return self._view(session)
        except mark.MarkError as error:
            failed["text"] = str(error)
        except Exception:
            _log.exception("a correction failed")
            failed["text"] = TROUBLE
        session.corrected = failed
        return self._view(session)

    def take_away(self, key: str, event: gr.EventData) -> View:
        """Words or hits become a file that the browser saves."""
        return self._ask(key, event, "taken", take_away.serve)

    def _ask(
        self,
        key: str,
        event: gr.EventData,
        panel: str,
        serve: Callable[[Session, dict[str, Any]], dict[str, Any]],
    ) -> View:
        """What ``serve`` answers is kept for a panel, with the number of the browser's question."""
        session = self._session(key)
        data = browser.payload(event)
        answer: dict[str, Any] = {"seq": 0, "error": None}
        try:
            answer["seq"] = browser.number(data.get("seq"), 0, browser.MAX_COUNT)
            answer |= serve(session, data)
        except mark.MarkError as error:
            answer["error"] = str(error)
        except Exception:
            _log.exception("%s failed", panel)
            answer["error"] = TROUBLE
        session.answer(panel, answer)
        return self._view(session)

    def _session(self, key: str) -> Session:
        session = self.store.get(key)
        if session is None:
            session = self.store.open(key=key)
            session.tell(ENDED)
        return session

    def _open_sample(self, session: Session, file: str) -> Iterator[View]:
        try:
            for sheet in _steps(session, file, lambda report: self.shelf.sheet(file, report)):
                if sheet is None:
                    yield self._view(session)
                else:
                    session.keep(sheet)
                    session.focus = sheet.id
        except mark.MarkError as error:
            session.tell(str(error))
        except Exception:
            _log.exception("opening a sample failed")
            session.tell(TROUBLE)
        session.busy = None
        yield self._view(session)

    def _add_file(self, session: Session, path: Path, name: str, direction: str) -> Iterator[None]:
        _busy(session, READING, 0.0, name)
        yield
        pages = mark.load_pages(path, name=name)
        for number, page in enumerate(pages, start=1):
            title = name if number == 1 else f"{name}, page {number}"
            _busy(session, READING, 1.0, title)
            yield

            def add(report: Report, page: Any = page, title: str = title) -> Any:
                return session.add(page, title, direction, report)

            for sheet in _steps(session, title, add):
                if sheet is not None:
                    session.focus = sheet.id
                yield

    def _view(self, session: Session) -> View:
        shelf = [{"file": s.file, "title": s.title, "note": s.note} for s in self.shelf.samples]
        return {**session.view(), "samples": shelf}


def _busy(session: Session, step: str, fraction: float, subject: str = "") -> None:
    session.busy = {"step": step, "fraction": round(min(1.0, max(0.0, fraction)), 3), "subject": subject}


def _steps(session: Session, subject: str, work: Callable[[Report], Any]) -> Iterator[Any]:
    """Runs ``work(report)`` in a thread; yields None after each report and at last the result."""
    reports: queue.SimpleQueue[tuple[str, float] | None] = queue.SimpleQueue()
    outcome: dict[str, Any] = {}

    def run() -> None:
        try:
            outcome["result"] = work(lambda step, fraction: reports.put((str(step), float(fraction))))
        except BaseException as error:
            outcome["error"] = error
        reports.put(None)

    threading.Thread(target=run, daemon=True).start()
    while (report := reports.get()) is not None:
        _busy(session, *report, subject)
        yield None
    if "error" in outcome:
        raise outcome["error"]
    yield outcome["result"]
