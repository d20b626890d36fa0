"""The connection of the browser's tabs to their sessions, over plain HTTP requests of the app.

A tab sends each request once it is sure that the one before has arrived, and asks for the next view as soon as it
has one. Neither needs a connection that lasts: the server's work goes on without a tab, and a tab that comes back asks
again. gradio's own queue is not used: its client gives a page up when a connection breaks, and reloads it.

Every body is JSON with ``token``, the key of the session, and ``tab``, the random name of the loaded page; every answer
is JSON with a ``state``:

==========  ==========================================================================================================
arrive      ``here``: with the token, the minutes a session is kept without a tab, whether it was taken up again, the
            number of the last request that was begun, ``changes`` and a view; ``busy``: to be asked again later
request     ``accepted`` (also when it had arrived before), ``busy``: to be sent again later, or ``refused``
views       ``view``: with ``changes`` and the parts of the view that differ from the one with the ``changes`` that
            the tab has seen, all if that was not the last one sent; ``same``: nothing new, to be asked again
leave       ``left``
all         ``gone``: there is no such session (any more); ``taken``: it belongs to another tab
==========  ==========================================================================================================
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Mount, Route

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.ui.doors.access import SlowedTries
from mark_core.ui.doors.address import address_of, trusted_proxies
from mark_core.ui.features import FEATURES
from mark_core.ui.fifo_lock import FifoLock
from mark_core.ui.reception import Reception
from mark_core.ui.requests import INVALID, MAX_COUNT, MAX_ID, flag, whole_number
from mark_core.ui.server import Server
from mark_core.ui.session.sent_view import Parts
from mark_core.ui.session.session import Session

if TYPE_CHECKING:
    from mark_core.ui.collection.school_classes import SchoolClass

WAIT_SECONDS = 10.0  # that a tab waits for news before it asks again; less than proxies allow
PROBE_SECONDS = 3.0  # within which a tab answers that is still there
PROBE_STEP = 0.05
MAX_BODY = 8 << 20  # bytes; lists and word lists are text
MAX_REQUESTS = 200  # begun at a time on a server, those that wait their turn among them
MAX_OF_SESSION = 32  # the same of one session
MAX_ARRIVALS = 8  # tabs at a time whose first pages are opened
THREADS = 8  # that make views

Answer = dict[str, Any]
GONE: Answer = {"state": "gone"}
REFUSED: Answer = {"state": "refused"}
BUSY: Answer = {"state": "busy"}
NO_CLASS = Message("There is no class of this code, or it is over. Ask your teacher for the code.")
NEVER = threading.Event()  # is not set: a turn is waited for, however long that takes


class Connection:
    """The routes by which tabs reach the sessions of a server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.store = server.store
        self.turns = {name: FifoLock(feature.limit) for name, feature in FEATURES.items()}
        self._arrivals = FifoLock(MAX_ARRIVALS)
        self._begun = 0
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="views")
        self._proxies = trusted_proxies()
        self._codes = SlowedTries(self.store.clock)
        self.reception = Reception(self.store, self._run, server.counters)

    def route(self) -> Mount:
        """What the app serves below ``/session``."""
        handlers = {
            "arrive": self._arrive,
            "request": self._request,
            "views": self._views,
            "leave": self._leave,
        }
        routes = [
            Route(f"/{name}", _endpoint(handle), methods=["POST"], include_in_schema=False)
            for name, handle in handlers.items()
        ]
        receive = self.reception.receive
        routes.append(Route("/upload", receive, methods=["POST"], include_in_schema=False))
        return Mount("/session", routes=routes, name="session")

    async def _arrive(self, body: Answer, request: HttpRequest) -> Answer:
        """A tab was opened, reloaded or copied. Its session is taken up again unless another tab has it."""
        tab, wanted, follow = _name(body.get("tab")), body.get("wanted"), flag(body.get("follow", False))
        session = await self._run(self.store.get, body.get("token"))
        copied = session is not None and not await self._is_free(session, tab)
        begins = session is None or copied
        found, right = await self._school_class(body, request) if begins or follow else (None, True)
        if right is None:
            return BUSY
        if session is None or copied:
            ended = session is None and flag(body.get("owned", False))
            return await self._begin(tab, wanted, request, found, right, ended=ended, copied=copied)
        if follow and not session.nbytes and not (found and session.has_work):
            await self._run(self.store.close, session.key)
            return await self._begin(tab, wanted, request, found, right)
        session.presence.take(tab)
        if follow:
            if not right:
                session.notify(NO_CLASS)
            self._work(session, self.server.follow(session, wanted, found))
        changes = session.changes.number
        view = await self._run(lambda: session.sent_view.whole(session.view(), changes))
        return self._here(session, changes, view, resumed=True)

    async def _begin(
        self,
        tab: str,
        wanted: Any,
        request: HttpRequest,
        found: SchoolClass | None,
        right: bool,
        ended: bool = False,
        copied: bool = False,
    ) -> Answer:
        if self._begun >= MAX_REQUESTS:
            return BUSY
        address = address_of(request, self._proxies)
        steps = self.server.arrive(tab, wanted, ended=ended, address=address, school_class=found)
        key, view = await self._run(next, steps)
        session = await self._run(self.store.get, key)
        if session is None:
            return GONE
        if not right:
            session.notify(NO_CLASS)
        changes = session.changes.number
        parts = await self._run(session.sent_view.whole, view, changes)
        self._work(session, steps, self._arrivals)
        return {**self._here(session, changes, parts, resumed=False), "copied": copied}

    async def _school_class(
        self, body: Answer, request: HttpRequest
    ) -> tuple[SchoolClass | None, bool | None]:
        """The class that an address names, and whether there is one of its code; None if too many are being tried."""
        code = body.get("code")
        if not code:
            return None, True
        found: list[SchoolClass] = []

        def check() -> bool:
            one = self.store.classes.find(code)
            found.extend([one] if one else [])
            return one is not None

        right = await self._codes.attempt(check, address_of(request, self._proxies))
        return (found[0] if found else None), right

    def _here(self, session: Session, changes: int, view: Any, resumed: bool) -> Answer:
        return {
            "state": "here",
            "token": session.key,
            "minutes": self.store.limits.away_minutes,
            "resumed": resumed,
            "copied": False,
            "number": session.last_number,
            "changes": changes,
            "view": view,
        }

    async def _is_free(self, session: Session, tab: str) -> bool:
        """Whether a tab may take a session: nobody has it, or whoever had it does not answer any more."""
        presence = session.presence
        if presence.is_gone() or presence.is_of(tab):
            return True
        before = presence.times
        session.changes.wake()  # a tab that is there asks again at once
        for _ in range(round(PROBE_SECONDS / PROBE_STEP)):
            await asyncio.sleep(PROBE_STEP)
            if presence.times != before:
                return False
            if presence.is_gone():
                break
        return True

    async def _request(self, body: Answer, request: HttpRequest) -> Answer:
        """A request of a feature is begun, each number once; what comes of it stands in the views."""
        session, answer = await self._session(body)
        if session is None:
            return answer
        feature, data = body.get("feature"), body.get("data")
        if feature not in FEATURES or not isinstance(data, dict):
            return REFUSED
        number = whole_number(data.get("number"), 1, MAX_COUNT)
        with self._lock:
            if number <= session.last_number:
                return {"state": "accepted"}  # the answer to it was lost
            if self._begun >= MAX_REQUESTS or session.begun >= MAX_OF_SESSION:
                return BUSY
            session.last_number = number
        event = SimpleNamespace(_data=data)
        self._work(session, self.server.carry_out(feature, session, event), self.turns[feature])
        return {"state": "accepted"}

    async def _views(self, body: Answer, request: HttpRequest) -> Answer:
        """The next view, as soon as there is one."""
        seen = whole_number(body.get("changes"), 0, MAX_COUNT)
        session, answer = await self._session(body)
        if session is None:
            return answer
        known, deadline = seen, time.monotonic() + WAIT_SECONDS
        while True:
            with session.presence.listening(_name(body.get("tab"))) as lose:
                if not await _wait(session, known, request, deadline - time.monotonic()):
                    lose()
            session, answer = await self._session(body, hear=False)
            if session is None:
                return answer
            changes = session.changes.number
            if changes == known:
                return {"state": "same"}
            parts = await self._run(_news, session, changes, seen)
            if parts:
                return {"state": "view", "changes": changes, "view": parts}
            known = changes  # something was done that shows nowhere

    async def _leave(self, body: Answer, request: HttpRequest) -> Answer:
        """The tab was closed or is being reloaded."""
        session, answer = await self._session(body)
        if session is None:
            return answer
        session.presence.leave()
        return {"state": "left"}

    async def _session(self, body: Answer, hear: bool = True) -> tuple[Session | None, Answer]:
        """The session of the tab, or the answer that it has none."""
        session = await self._run(self.store.find, body.get("token"))
        if session is None:
            return None, GONE
        if not session.presence.is_of(_name(body.get("tab"))):
            return None, {"state": "taken"}
        if hear:
            session.presence.hear()
        return session, {}

    async def _run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What a function returns that may wait for a lock or write files."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    def _work(self, session: Session, steps: Iterator[Any], turns: FifoLock | None = None) -> None:
        """Take all steps in a thread, in turn with others, and tell the session's tab of each."""
        ticket = None if turns is None else turns.join()
        with self._lock:
            self._begun += 1
            session.begun += 1

        def work() -> None:
            try:
                if turns is not None and ticket is not None:
                    turns.wait(ticket, NEVER)
                for _ in steps:
                    session.changes.tell()
            finally:
                if turns is not None and ticket is not None:
                    turns.leave(ticket)
                with self._lock:
                    self._begun -= 1
                    session.begun -= 1

        threading.Thread(target=work, daemon=True).start()


def _news(session: Session, changes: int, seen: int) -> Parts:
    return session.sent_view.news(session.view(), changes, seen)


async def _wait(session: Session, seen: int, request: HttpRequest, seconds: float) -> bool:
    """Wait for news, so long at most; False if the connection was lost meanwhile. The body has been read, so that
    nothing but the end of the connection is left to be received."""
    change = asyncio.create_task(session.changes.wait(seen, max(0.0, seconds)))
    lost: asyncio.Future[Any] = asyncio.ensure_future(request.receive())
    await asyncio.wait({change, lost}, return_when=asyncio.FIRST_COMPLETED)
    is_there = not lost.done()
    change.cancel()
    lost.cancel()
    return is_there


def _endpoint(
    handle: Callable[[Answer, HttpRequest], Awaitable[Answer]],
) -> Callable[[HttpRequest], Awaitable[Response]]:
    async def endpoint(request: HttpRequest) -> Response:
        try:
            answer = await handle(await _body(request), request)
        except MarkError:  # it makes no sense
            answer = REFUSED
        return Response(
            orjson.dumps(answer), media_type="application/json", headers={"Cache-Control": "no-store"}
        )

    return endpoint


async def _body(request: HttpRequest) -> Answer:
    """The JSON object of a request. Raises MarkError for anything else; other sites' pages can send no JSON."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise MarkError(INVALID)
    text = bytearray()
    async for part in request.stream():
        text += part
        if len(text) > MAX_BODY:
            raise MarkError(INVALID)
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MarkError(INVALID) from error
    if not isinstance(body, dict):
        raise MarkError(INVALID)
    return body


def _name(value: Any) -> str:
    """The name of a tab. Raises MarkError if it is none."""
    if not isinstance(value, str) or not 8 <= len(value) <= MAX_ID:
        raise MarkError(INVALID)
    return value
