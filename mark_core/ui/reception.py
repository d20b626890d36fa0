"""Files on their way from a tab to its session: one a request, written to the session's folder as they come.

The body is the file. Headers say whose it is: ``X-Mark-Token`` and ``X-Mark-Tab`` as in the other requests of a tab
(see `connection`), ``X-Mark-Name`` the name, percent-encoded. No form of another site can set them. The answer is JSON
with a ``state``: ``received`` with a ``path`` for "add_files", ``gone``, ``taken``, or ``told``: the file was refused
with a notice to the session.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.ui.requests import MAX_NAME
from mark_core.ui.session.session import Session
from mark_core.ui.session.store import SessionStore
from mark_core.ui.tools.projects import MAX_UPLOAD_MB
from mark_core.ui.watching.counters import Counters

MAX_BYTES = MAX_UPLOAD_MB << 20
PATIENCE = 60.0  # seconds that the next bytes are waited for
AT_ONCE = 4  # files of one session on their way at a time
BLOCK = 1 << 20  # bytes that are written at a time
TOO_MANY = "Too many files are being sent at a time; please add this one again when the others have arrived."
Run = Callable[..., Awaitable[Any]]


class Reception:
    """Takes the files of all tabs. run: has a function done that may wait for a lock or the disk."""

    def __init__(self, store: SessionStore, run: Run, counters: Counters) -> None:
        self._store = store
        self._counters = counters
        self._run = run
        self._coming: dict[str, int] = {}  # files on their way, by session

    async def receive(self, request: HttpRequest) -> Response:
        """The endpoint."""
        session = await self._run(self._store.get, request.headers.get("x-mark-token"))
        if session is None:
            return _answer("gone")
        if not session.presence.is_of(request.headers.get("x-mark-tab", "")):
            return _answer("taken")
        name = unquote(request.headers.get("x-mark-name", ""))[:MAX_NAME] or "file"
        length = request.headers.get("content-length", "")
        if not length.isdecimal():
            return Response(status_code=411)
        if int(length) > MAX_BYTES:
            return Response(status_code=413)
        try:
            return _answer("received", path=str(await self._keep(session, name, int(length), request)))
        except MarkError as error:
            session.notify(Message("{title}: {sentence}", {"title": name, "sentence": error.message}))
            session.changes.tell()
            return _answer("told")
        except (ClientDisconnect, asyncio.TimeoutError):
            return Response(status_code=408)

    async def _keep(self, session: Session, name: str, length: int, request: HttpRequest) -> Path:
        """Write the body to the session's folder. Raises MarkError where there is no room for it, ClientDisconnect or
        TimeoutError where it does not come."""
        if self._coming.get(session.nonce, 0) >= AT_ONCE:
            raise MarkError(TOO_MANY)
        self._coming[session.nonce] = self._coming.get(session.nonce, 0) + 1
        try:
            with ExitStack() as held:
                await self._run(held.enter_context, session.budgets.hold(session, disk=length))
                path = await self._run(session.received.reserve, name)
                try:
                    await self._write(path, request)
                except BaseException:
                    session.received.forget(path)
                    raise
            self._counters.add("mark_received_bytes_total", length)
            return path
        finally:
            self._coming[session.nonce] -= 1
            if not self._coming[session.nonce]:
                del self._coming[session.nonce]

    async def _write(self, path: Path, request: HttpRequest) -> None:
        parts = request.stream()
        block = bytearray()
        with path.open("wb") as file:
            while True:
                try:
                    block += await asyncio.wait_for(anext(parts), PATIENCE)
                except StopAsyncIteration:
                    break
                if len(block) >= BLOCK:
                    await self._run(file.write, bytes(block))
                    block.clear()
            await self._run(file.write, bytes(block))


def _answer(state: str, **more: str) -> Response:
    return JSONResponse({"state": state, **more}, headers={"Cache-Control": "no-store"})
