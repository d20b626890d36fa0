"""The doors of the server: a layer around gradio's app that lets through what the page needs, and nothing else.

Refused are names of other hosts (400), requests of other sites (403), whatever has no door (404), and, where an access
word is set, whoever has not typed it (401).
"""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from starlette._utils import get_route_path
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mark_core.message import Message as Sentence
from mark_core.ui.doors.access import COOKIE, HOURS, AccessWord
from mark_core.ui.doors.access_page import LATER, WRONG, access_page
from mark_core.ui.doors.address import address_of, trusted_proxies
from mark_core.ui.doors.headers import (
    file_policy,
    frame_ancestors,
    guard,
    new_nonce,
    page_policy,
    with_nonce,
)
from mark_core.ui.doors.origin import is_foreign, is_known_host, known_hosts
from mark_core.ui.doors.paths import Door, door_of
from mark_core.ui.watching.counters import Counters
from mark_core.ui.watching.json_log import log_event

MAX_FORM = 2000  # bytes of the form with the access word


class Doors:
    """files: the folder of the files that browsers may read. api: whether programs may ask. All else comes from the
    environment, see docs/hosting.md."""

    def __init__(self, app: ASGIApp, files: Path, counters: Counters, api: bool = False) -> None:
        self._app = app
        self._files = files
        self._api = api
        self._counters = counters
        self._hosts = known_hosts()
        self._frames = frame_ancestors()
        self._proxies = trusted_proxies()
        self._word = AccessWord.of_environment()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # the page has no WebSocket
            await send({"type": "websocket.close", "code": 1008})
            return
        begun = time.monotonic()
        scope = below_proxy(scope)
        path, method = get_route_path(scope), scope["method"]
        door = door_of(method, path, self._files, self._api)
        name = door.name if door else "none"
        watch = _Watch(send, file_policy(self._frames))
        if name in ("page", "access"):  # the question has a form
            watch.policy = watch.policy.replace("form-action 'none'", "form-action 'self'")
        refusal = self._refusal(scope, door)
        if refusal is not None and refusal[0] == "access" and await self._sends_word(HTTPConnection(scope)):
            refusal = None
        if refusal is not None:
            reason, response = refusal
            self._counters.add("mark_refused_total", reason=reason)
            await response(scope, receive, watch.send)
        elif name == "access":
            await (await self._enter(Request(scope, receive)))(scope, receive, watch.send)
        elif name == "page":
            await self._show(scope, receive, watch)
        else:
            await self._app(scope, receive, watch.send)
        self._counters.add("mark_requests_total", route=name, status=str(watch.status))
        log_event(
            "request",
            route=name,
            method=method if door else "",
            status=watch.status,
            milliseconds=round(1000 * (time.monotonic() - begun)),
        )

    def _refusal(self, scope: Scope, door: Door | None) -> tuple[str, Response] | None:
        """Why a request is not let through, and the answer; None if it is."""
        headers = Headers(scope=scope)
        if not is_known_host(headers, self._hosts):
            return "host", PlainTextResponse("This server has another name.", 400)
        if door is None:
            return "path", PlainTextResponse("There is nothing at this address.", 404)
        if is_foreign(scope["method"], headers, self._hosts):
            return "site", PlainTextResponse("Requests of other sites are refused.", 403)
        if door.most is not None and scope["method"] == "POST":
            length = headers.get("content-length", "")
            if not (length.isdecimal() and int(length) <= door.most):
                return "size", PlainTextResponse(
                    "This request is too large, or does not tell its length.", 413
                )
        if self._word is None or door.open:
            return None
        if self._word.is_good(HTTPConnection(scope).cookies.get(COOKIE)):
            return None
        if door.name != "page":
            return "access", PlainTextResponse("The access word is needed first.", 401)
        query = scope["query_string"].decode("latin-1")
        return "access", _asking(headers, query, 401, None)

    async def _sends_word(self, connection: HTTPConnection) -> bool:
        """Whether a program has sent the access word with its request; it has no cookie."""
        kind, _, word = connection.headers.get("authorization", "").partition(" ")
        if not self._api or self._word is None or kind.lower() != "bearer" or not word:
            return False
        return bool(await self._word.try_word(word, address_of(connection, self._proxies)))

    async def _enter(self, request: Request) -> Response:
        """The word was typed: a cookie, and back to the page, or the question again."""
        query = request.scope["query_string"].decode("latin-1")
        back = Response(status_code=303, headers={"Location": f"./?{query}" if query else "./"})
        if self._word is None:
            return back
        word = parse_qs((await _body(request)).decode("utf-8", "replace")).get("word", [""])[0]
        right = await self._word.try_word(word, address_of(request, self._proxies))
        if not right:
            self._counters.add("mark_refused_total", reason="word" if right is False else "words")
            sentence, status = (WRONG, 403) if right is False else (LATER, 429)
            return _asking(request.headers, query, status, sentence)
        secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", "").split(",")[0])
        # in a frame of another site, as on Spaces, a browser keeps a cookie only if it is partitioned
        kind = "SameSite=None; Secure; Partitioned" if secure else "SameSite=Lax"
        back.headers["Set-Cookie"] = (
            f"{COOKIE}={self._word.cookie()}; Path=/; Max-Age={3600 * HOURS}; HttpOnly; {kind}"
        )
        return back

    async def _show(self, scope: Scope, receive: Receive, watch: _Watch) -> None:
        """The page, with a nonce on its scripts. What stands in its address is for the scripts alone: gradio would look
        for deep links in it."""
        nonce = new_nonce()
        watch.policy = page_policy(nonce, self._frames)
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            headers = MutableHeaders(scope=start)
            html = bytes(body)
            if headers.get("content-type", "").startswith("text/html") and html:
                html = with_nonce(html, nonce)
                headers["content-length"] = str(len(html))
                headers["cache-control"] = "no-store"
            await watch.send(start)
            await watch.send({"type": "http.response.body", "body": html})

        await self._app({**scope, "query_string": b""}, receive, collect)


def below_proxy(scope: Scope) -> Scope:
    """The scope of a request with the path that a proxy has cut off, as ASGI wants it; without it, what is mounted
    below the app is not found. The root of the app may be told as a whole address."""
    root = urlsplit(scope.get("root_path", "")).path.rstrip("/")
    path = scope["path"]
    if root and path != root and not path.startswith(f"{root}/"):
        path = root + path
    raw = quote(path).encode()
    return {**scope, "root_path": root, "path": path, "raw_path": raw}


class _Watch:
    """Sets the headers of an answer on its way, and notes its status."""

    def __init__(self, send: Send, policy: str) -> None:
        self._send = send
        self.policy = policy
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            guard(MutableHeaders(scope=message), self.policy)
        await self._send(message)


def _asking(headers: Headers, query: str, status: int, sentence: Sentence | None) -> Response:
    html = access_page(headers.get("accept-language", ""), query, sentence)
    return Response(html, status, media_type="text/html", headers={"Cache-Control": "no-store"})


async def _body(request: Request) -> bytes:
    """The form, cut off where it is too long to be one."""
    text = bytearray()
    async for part in request.stream():
        text += part
        if len(text) > MAX_FORM:
            return b""
    return bytes(text)
