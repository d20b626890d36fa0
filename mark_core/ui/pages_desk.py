"""The left column: pages come in, are named, put in order, taken away and brought back."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

import mark_core as mark
from mark_core.ui import browser, projects
from mark_core.ui.arrivals import address_job, listing_job, page_job, project_job
from mark_core.ui.boxes import Boxes, is_layout
from mark_core.ui.projects import is_project
from mark_core.ui.samples import SampleShelf
from mark_core.ui.session import Session
from mark_core.ui.store import SessionStore
from mark_core.ui.trouble import TROUBLE, told_in

View = dict[str, Any]
Report = Callable[[str, float], None]

NO_SAMPLE = "The sample page of this link is not here any more, so another one is open."
FEWER_SAMPLES = "Not all sample pages of this link are here any more."
ENDED = "This session had ended, so its pages are gone; please add them again."

_log = logging.getLogger(__name__)


class PagesDesk:
    """Event handlers. Each takes the session key and the browser's event, and returns or yields a view."""

    def __init__(self, store: SessionStore, shelf: SampleShelf, uploads: Path) -> None:
        self.store = store
        self.shelf = shelf
        self.uploads = uploads

    def arrive(self, request: gr.Request, wanted: Any = "") -> Iterator[tuple[str, View]]:
        """A tab was opened: a new session with the first sample on the desk, or those of a link. wanted: their names
        as they stand in the address, one a line, which may be anything."""
        session = self.store.open(tab=request.session_hash)
        _busy(session, "Getting ready", 0.0)
        yield session.key, self._view(session)
        linked, complete = self.shelf.linked(wanted)
        if not complete:
            session.tell(FEWER_SAMPLES if linked else NO_SAMPLE)
        for sample in linked or self.shelf.samples[:1]:
            for view in self._open_sample(session, sample.file):
                yield session.key, view
        if session.sheets:
            session.focus = session.sheets[0].id  # that of the clicked word, not the last one opened
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
            layout = browser.layout(data)
            files = browser.files(data.get("files"), self.uploads)
        except mark.MarkError as error:
            session.tell(str(error))
            files = []
        others = [(path, name) for path, name in files if not is_layout(name)]
        layouts = [(path, name) for path, name in files if is_layout(name)]
        session.expect(len(others))
        boxes = Boxes(session.tell, layouts, len(others))
        jobs = [
            project_job(session, path, name)
            if is_project(name)
            else page_job(session, name, partial(mark.load_pages, path, name=name), layout, boxes=boxes)
            for path, name in others
        ]
        session.intake.put([*boxes.before(), *jobs, *boxes.after()])
        yield from self._follow(session)

    def add_address(self, key: str, event: gr.EventData) -> Iterator[View]:
        """A web address is looked up: one page of it is added, of several the visitor chooses."""
        session = self._session(key)
        data = browser.payload(event)
        try:
            url, layout = browser.address(data.get("url")), browser.layout(data)
            session.expect(1)
            session.intake.ask(address_job(session, url, layout))
        except mark.MarkError as error:
            session.tell(str(error))
        yield from self._follow(session)

    def choose(self, key: str, event: gr.EventData) -> Iterator[View]:
        """The pages chosen of a manifest are fetched; with none chosen the offer is closed."""
        session = self._session(key)
        data = browser.payload(event)
        try:
            number = browser.number(data.get("number"), 0, browser.MAX_COUNT)
            if data.get("pages") is not None:
                offer = session.offers.get(number)
                chosen = offer.choose(browser.text(data["pages"]) or "", session.spare)
                session.expect(len(chosen))
                session.intake.put([listing_job(session, offer.listing, offer.layout, chosen)])
            session.offers.close(number)
        except mark.MarkError as error:
            session.tell(str(error))
        yield from self._follow(session)

    def save(self, key: str, event: gr.EventData) -> Iterator[View]:
        """All that is open becomes one file that the browser saves."""
        session = self._session(key)
        answer: dict[str, Any] = {"seq": 0, "error": None}
        with told_in(answer, "saving a project"):
            answer["seq"] = browser.number(browser.payload(event).get("seq"), 0, browser.MAX_COUNT)
            for done in _steps(session, "", lambda report: projects.save(session, report)):
                if done is None:
                    yield self._view(session)
                else:
                    answer |= done
        session.busy = None
        session.answer("project", answer)
        yield self._view(session)

    def follow(self, key: str) -> Iterator[View]:
        """Shows how far the pages are that are on their way, for a browser that has lost touch."""
        yield from self._follow(self._session(key))

    def stop(self, key: str, event: gr.EventData) -> View:
        """Cancels one thing on its way, or all; pages that are ready stay."""
        session = self._session(key)
        job = browser.payload(event).get("job")
        if session.intake.stop(job if isinstance(job, str) else None) and not isinstance(job, str):
            session.tell("Cancelled. The pages that were ready stay.", calm=True)
        return self._view(session)

    def open_sample(self, key: str, event: gr.EventData) -> Iterator[View]:
        """A sample page joins the pages on the desk."""
        file = browser.payload(event).get("file")
        yield from self._open_sample(self._session(key), file if isinstance(file, str) else "")

    def rename(self, key: str, event: gr.EventData) -> View:
        """A page gets another title."""
        return self._change(
            key, event, lambda session, page, data: session.rename(page, browser.title(data.get("title")))
        )

    def move(self, key: str, event: gr.EventData) -> View:
        """A page gets another place in the order."""
        return self._change(
            key,
            event,
            lambda session, page, data: session.move(
                page, browser.number(data.get("place"), 0, browser.MAX_COUNT)
            ),
        )

    def remove(self, key: str, event: gr.EventData) -> View:
        """A page leaves the desk; for a while it can be brought back."""
        return self._change(key, event, lambda session, page, data: session.remove(page))

    def undo(self, key: str, event: gr.EventData) -> View:
        """What left the desk last comes back."""
        session = self._session(key)
        try:
            session.undo(browser.number(browser.payload(event).get("number"), 0, browser.MAX_COUNT))
        except mark.MarkError as error:
            session.tell(str(error))
        return self._view(session)

    def _change(
        self, key: str, event: gr.EventData, change: Callable[[Session, str, dict[str, Any]], None]
    ) -> View:
        """Changes the page that an event names."""
        session = self._session(key)
        data = browser.payload(event)
        try:
            change(session, browser.sheet_id(data.get("page"), session), data)
        except mark.MarkError as error:
            session.tell(str(error))
        except Exception:
            _log.exception("changing a page failed")
            session.tell(TROUBLE)
        return self._view(session)

    def _session(self, key: str) -> Session:
        session = self.store.get(key)
        if session is None:
            session = self.store.open(key=key)
            session.tell(ENDED)
        return session

    def _follow(self, session: Session) -> Iterator[View]:
        yield self._view(session)
        for _ in session.intake.follow():
            self.store.get(session.key)  # somebody is waiting for it, so it does not expire
            yield self._view(session)

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

    def _view(self, session: Session) -> View:
        shelf = [
            {"file": s.file, "name": s.name, "title": s.title, "note": s.note} for s in self.shelf.samples
        ]
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
