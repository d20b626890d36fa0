"""The server side of the page: every request goes to its feature's handler and is answered by a view of the session."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.ui.features import FEATURES
from mark_core.ui.replies import Progress, Reply, error_reply, failed
from mark_core.ui.requests import Request
from mark_core.ui.session.session import Session
from mark_core.ui.session.store import SessionStore
from mark_core.ui.session.view import View
from mark_core.ui.uploads.samples import Sample, open_sample
from mark_core.ui.watching.counters import Counters
from mark_core.ui.watching.json_log import log_event

if TYPE_CHECKING:
    from mark_core.ui.collection.school_classes import SchoolClass

GETTING_READY = Message("Getting ready")
NO_SAMPLE = Message("The sample page of this link is not here any more, so another one is open.")
FEWER_SAMPLES = Message("Not all sample pages of this link are here any more.")
ENDED = Message("This session had ended, so its pages are gone; please add them again.")


class Server:
    """Answers the events of all tabs. store: their sessions."""

    def __init__(self, store: SessionStore, counters: Counters | None = None) -> None:
        self.store = store
        self.counters = counters or Counters()

    def arrive(
        self,
        tab: str | None,
        wanted: Any = "",
        ended: bool = False,
        address: str = "",
        school_class: SchoolClass | None = None,
    ) -> Iterator[tuple[str, View]]:
        """A tab was opened: a new session with the first sample open, or those of a link. wanted: their names as in the
        address, one a line; may be anything. ended: the tab had a session with pages of its own, which is no more.
        address: of its network. school_class: whose pages are opened in place of the first sample. Yields the session
        key and a view."""
        session = self.store.open(tab=tab, address=address)
        session.busy = Progress.of(GETTING_READY, 0.0), ""
        if ended:
            session.notify(ENDED)
        yield session.key, session.view()
        _open_class(session, school_class)
        for _ in self._open_samples(session, wanted, otherwise_first=not session.pages):
            yield session.key, session.view()
        if session.pages:
            session.focus = session.pages[0].id  # that of the clicked word, not the last one opened
        session.busy = None
        yield session.key, session.view()

    def follow(
        self, session: Session, wanted: Any, school_class: SchoolClass | None = None
    ) -> Iterator[None]:
        """A link was followed in the tab of a session: its samples or the pages of its class join the pages that are
        open. Yields whenever there is something new."""
        _open_class(session, school_class)
        first = yield from self._open_samples(session, wanted, otherwise_first=False)
        places = [page.id for page in session.pages if first and page.sample == first.file]
        session.focus = places[0] if places else session.focus
        yield

    def _open_samples(
        self, session: Session, wanted: Any, otherwise_first: bool
    ) -> Generator[None, None, Sample | None]:
        """Open the samples of a link, or the first of all where it names none that is here. Returns the first one."""
        samples = self.store.samples
        linked, complete = samples.linked(wanted) if samples else ([], True)
        if not complete:
            session.notify(FEWER_SAMPLES if linked else NO_SAMPLE)
        first = samples.first if samples and otherwise_first else None
        chosen = linked or ([first] if first else [])
        for sample in chosen:
            error = yield from open_sample(session, sample.file)
            if error is not None:
                session.notify(error)
        return chosen[0] if chosen else None

    def leave(self, tab: str | None) -> None:
        """A tab was closed or is being reloaded: its session waits to be taken up again."""
        self.store.leave(tab)

    def respond(self, feature: str, key: str, event: Any) -> Iterator[View]:
        """Views of the session, at least one, while a request is carried out; the reply is among ``replies``."""
        session = self._session(key)
        for _ in self.carry_out(feature, session, event):
            yield session.view()

    def carry_out(self, feature: str, session: Session, event: Any) -> Iterator[None]:
        """Does what a request asks for, whether or not anybody listens; yields whenever there is something new."""
        begun = time.monotonic()
        for reply in _replies(feature, session, event):
            if reply is not None:
                session.keep_reply(reply)
                self._count(reply, time.monotonic() - begun)
            self.store.get(session.key)  # it is in use
            yield

    def _count(self, reply: Reply, seconds: float) -> None:
        if reply.state == "working":
            return
        name, state = reply.feature, reply.state
        self.counters.add("mark_features_total", feature=name, state=state)
        log_event("feature", feature=name, state=state, milliseconds=round(1000 * seconds))

    def _session(self, key: str) -> Session:
        session = self.store.get(key)
        if session is None:
            session = self.store.open(key=key)
            session.notify(ENDED)
        return session


def _open_class(session: Session, school_class: SchoolClass | None) -> None:
    """Open the pages of a class beside those that are open; a page that the session has already stays as it is."""
    if school_class is None:
        return
    for page in school_class.pages:
        session.keep(page)
    session.focus = school_class.pages[0].id


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
