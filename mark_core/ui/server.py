"""The server side of the page: every request goes to its feature's handler and is answered by a view of the session."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.ui.features import FEATURES
from mark_core.ui.replies import Progress, Reply, error_reply, failed
from mark_core.ui.requests import Request
from mark_core.ui.session.session import Session
from mark_core.ui.session.store import SessionStore
from mark_core.ui.session.view import View
from mark_core.ui.uploads.samples import open_sample

GETTING_READY = Message("Getting ready")
NO_SAMPLE = Message("The sample page of this link is not here any more, so another one is open.")
FEWER_SAMPLES = Message("Not all sample pages of this link are here any more.")
ENDED = Message("This session had ended, so its pages are gone; please add them again.")


class Server:
    """Answers the events of all tabs. store: their sessions."""

    def __init__(self, store: SessionStore) -> None:
        self.store = store

    def arrive(self, tab: str | None, wanted: Any = "") -> Iterator[tuple[str, View]]:
        """A tab was opened: a new session with the first sample open, or those of a link. wanted: their names as in the
        address, one a line; may be anything. Yields the session key and a view."""
        session = self.store.open(tab=tab)
        session.busy = Progress.of(GETTING_READY, 0.0), ""
        yield session.key, session.view()
        samples = self.store.samples
        linked, complete = samples.linked(wanted) if samples else ([], True)
        if not complete:
            session.notify(FEWER_SAMPLES if linked else NO_SAMPLE)
        for sample in linked or (samples.samples[:1] if samples else []):
            error = yield from _views(session, open_sample(session, sample.file))
            if error is not None:
                session.notify(error)
        if session.pages:
            session.focus = session.pages[0].id  # that of the clicked word, not the last one opened
        session.busy = None
        yield session.key, session.view()

    def leave(self, tab: str | None) -> None:
        """A tab was closed: everything in it is deleted."""
        self.store.close_tab(tab)

    def respond(self, feature: str, key: str, event: Any) -> Iterator[View]:
        """Views of the session, at least one, while a request is carried out; the reply is among ``replies``."""
        session = self._session(key)
        for reply in _replies(feature, session, event):
            if reply is not None:
                session.keep_reply(reply)
            self.store.get(key)  # somebody waits for it, so it does not expire
            yield session.view()

    def _session(self, key: str) -> Session:
        session = self.store.get(key)
        if session is None:
            session = self.store.open(key=key)
            session.notify(ENDED)
        return session


def _replies(feature: str, session: Session, event: Any) -> Iterator[Reply | None]:
    """The replies of a feature's handler; an exception becomes the last one."""
    try:
        request = Request.of_event(feature, event)
    except MarkError as error:
        yield failed(Request(feature, "", 0), error.message)
        return
    try:
        replies = FEATURES[feature].handle(session, request)
        if isinstance(replies, Reply):
            yield replies
        else:
            yield from replies
    except Exception as error:
        yield error_reply(request, error)


def _views(
    session: Session, steps: Generator[None, None, Message | None]
) -> Generator[tuple[str, View], None, Message | None]:
    """The session's key and a view for every step of a generator; returns what the generator returns."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value
        yield session.key, session.view()
