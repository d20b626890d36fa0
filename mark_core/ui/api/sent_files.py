"""Files that programs send for a call of the API, until the call that names them is answered.

The address and the form are those of gradio's own upload, so that its clients can send files; the place is a session
of the sender's address, so that the budgets of the server hold and nothing can be read by others.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from mark_core.errors import MarkError
from mark_core.ui.doors.address import address_of, trusted_proxies
from mark_core.ui.session.session import Session
from mark_core.ui.session.store import SessionStore
from mark_core.ui.tools.projects import MAX_UPLOAD_MB

MAX_BYTES = MAX_UPLOAD_MB << 20
MAX_FILES = 40  # of one request
PATIENCE = 600.0  # seconds in which a request has to arrive
GONE = "{file} is not here: a file has to be sent to this server first, and is deleted when it was answered."


class SentFiles:
    """store: of the sessions in which the files lie."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self._proxies = trusted_proxies()
        self._keys: dict[str, str] = {}  # of sessions, by the name of the folder of their files

    async def receive(self, request: Request) -> Response:
        """The endpoint: a form with files; answers a list of their paths."""
        length = request.headers.get("content-length", "")
        if not length.isdecimal():
            return Response(status_code=411)
        if int(length) > MAX_BYTES:
            return Response(status_code=413)
        session = await asyncio.to_thread(self._store.open, address=address_of(request, self._proxies))
        try:
            paths = await asyncio.wait_for(self._keep(session, int(length), request), PATIENCE)
        except BaseException as error:
            await asyncio.to_thread(self._store.close, session.key)
            if isinstance(error, MarkError):
                return PlainTextResponse(str(error), 413)
            if isinstance(error, ClientDisconnect | asyncio.TimeoutError | HTTPException):
                return Response(status_code=400)
            raise
        return JSONResponse([str(path) for path in paths], headers={"Cache-Control": "no-store"})

    async def _keep(self, session: Session, length: int, request: Request) -> list[Path]:
        """Write the files of the form. Raises MarkError where there is no room for them."""
        with session.budgets.hold(session, disk=length):
            async with request.form(max_files=MAX_FILES, max_fields=MAX_FILES) as form:
                sent = [one for _, one in form.multi_items() if isinstance(one, UploadFile)]
                paths = [session.received.reserve(one.filename or "file") for one in sent]
                for one, path in zip(sent, paths, strict=True):
                    await asyncio.to_thread(_copy, one, path)
        self._keys = {name: key for name, key in self._keys.items() if self._store.find(key) is not None}
        self._keys[session.received.folder.name] = session.key
        return paths

    def file(self, path: str) -> Path:
        """A file that was sent, by the path that was answered. Raises MarkError if it is none, or gone."""
        file = Path(path)
        session = self._session(file)
        if session is None or not file.resolve().is_relative_to(session.received.folder.resolve()):
            raise MarkError(GONE, file=file.name[:80])
        return file

    def forget(self, paths: Iterable[str]) -> None:
        """Delete files that are not needed any more."""
        for path in paths:
            session = self._session(Path(path))
            if session is not None:
                session.received.forget(Path(path))
                if not session.received.nbytes:
                    self._store.close(session.key)

    def _session(self, file: Path) -> Session | None:
        """The session in whose folder a file lies: each has a folder of its own there."""
        return self._store.get(self._keys.get(file.parent.parent.name))


def sent_path(given: Any) -> str:
    """The path or address that a client names: a text, or the object that gradio's clients make of a file. Raises
    MarkError if it is neither."""
    path = given.get("path") if isinstance(given, dict) else given
    if not isinstance(path, str) or not path.strip() or len(path) > 4000 or "\0" in path:
        raise MarkError("Name each page by its web address, or by the path under which it was sent.")
    return path.strip()


def _copy(sent: UploadFile, path: Path) -> None:
    with path.open("wb") as file:
        shutil.copyfileobj(sent.file, file)
