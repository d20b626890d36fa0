"""Fetch one file over http or https, within limits and from the public internet only.

Built on httpcore, the lower half of httpx, because it lets the caller open the connection: the name is resolved
once, its addresses are checked, and that very address is connected to, so that a second answer of the name server
changes nothing. No proxy, cookie, log-in or other setting of the environment is used.
"""

from __future__ import annotations

import re
import ssl
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from mark_core.errors import MarkError
from mark_core.pages.address import Hosts, allowed_hosts, resolve
from mark_core.pages.limits import FETCH_SECONDS, MAX_FETCH_BYTES

MAX_REDIRECTS = 5
_MAX_URL = 4096  # characters
_MAX_WAITS = 2  # times that a busy server is asked again, as it proposes
_MAX_WAIT = 20.0  # seconds; a server that wants longer is given up
_SILENCE = 20.0  # seconds without a byte
_HOST = re.compile(rb"[A-Za-z0-9._:-]+")  # names after IDNA, IPv4 and IPv6 addresses without a zone
_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {429, 503}


class NotServed(MarkError):
    """The server answered, but not with a file; another address of the same image may do."""


@dataclass(frozen=True)
class Fetched:
    """data: the body, gzip undone. url: where it was found after redirects."""

    data: bytes
    url: str


def fetch(url: str, *, limit: int = MAX_FETCH_BYTES, allow: Iterable[str] | None = None) -> Fetched:
    """Fetches one file.

    url: http or https, without user name or password.
    limit: bytes of the body, counted while it comes in and after gzip is undone.
    allow: hosts outside the public internet, see `allowed_hosts`.

    Raises NotServed when the server refuses the file, MarkError on everything else; never another exception.
    """
    hosts = allowed_hosts(allow)
    deadline = time.monotonic() + FETCH_SECONDS
    target = _checked(url)
    redirects = waits = 0
    while True:
        try:
            answer = _request(target, hosts, deadline, limit)
        except httpcore.TimeoutException as error:
            raise MarkError(
                "{host} did not send the file in time: please try again later.", host=target.host
            ) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise MarkError(
                "The connection to {host} failed: please check the address or try again later.",
                host=target.host,
            ) from error
        if isinstance(answer, bytes):
            return Fetched(answer, str(target))
        status, headers = answer
        if status in _REDIRECTS and b"location" in headers:
            redirects += 1
            if redirects > MAX_REDIRECTS:
                raise MarkError(
                    "{host} passes the request on without end, so nothing can be fetched.", host=target.host
                )
            target = _checked(headers[b"location"].decode("utf-8", "replace"), target)
        elif status in _BUSY and waits < _MAX_WAITS and _may_wait(wait := _retry_after(headers), deadline):
            waits += 1
            time.sleep(wait)
        else:
            raise NotServed(_refusal(status), host=target.host, status=status)


def _checked(url: str, base: httpx.URL | None = None) -> httpx.URL:
    """The parsed URL, a relative one seen from ``base``."""
    if len(url) > _MAX_URL:
        raise MarkError("This address is too long to be one of a manifest or an image.")
    try:
        target = httpx.URL(url.strip()) if base is None else base.join(url)
    except (httpx.InvalidURL, ValueError) as error:  # ValueError: IDNA
        raise MarkError("This is not a web address that can be read: please copy it again.") from error
    if target.scheme not in {"http", "https"} or not target.host:
        raise MarkError("A web address is needed here that starts with https:// or http://.")
    if not _HOST.fullmatch(target.raw_host) or not 1 <= (target.port or 80) <= 65535:
        raise MarkError("This is not a web address that can be read: please copy it again.")
    if target.userinfo:
        raise MarkError("Addresses with a user name or password in them are not fetched.")
    return target


def _request(
    target: httpx.URL, hosts: Hosts, deadline: float, limit: int
) -> bytes | tuple[int, dict[bytes, bytes]]:
    """One request: the body of a good answer, or the status and the headers of any other."""
    from mark_core import __version__

    port = target.port or (443 if target.scheme == "https" else 80)
    url = httpcore.URL(scheme=target.raw_scheme, host=target.raw_host, port=port, target=target.raw_path)
    headers = [
        (b"Host", target.netloc),  # httpcore's own lacks the brackets of an IPv6 address
        (b"User-Agent", f"MARK/{__version__} (word search in historical documents)".encode()),
        (b"Accept", b"application/json, application/ld+json;q=0.9, image/*;q=0.8, */*;q=0.5"),
        (b"Accept-Encoding", b"gzip"),
    ]
    silence = dict.fromkeys(("connect", "read", "write", "pool"), _SILENCE)
    backend = _GuardedBackend(hosts, deadline)
    # A pool for each request: nothing stays open between two pages, which may be minutes apart.
    with (
        httpcore.ConnectionPool(ssl_context=_ssl_context(), network_backend=backend) as pool,
        pool.stream("GET", url, headers=headers, extensions={"timeout": silence}) as response,
    ):
        found = {name.lower(): value for name, value in response.headers}
        if not 200 <= response.status < 300:
            return response.status, found
        return _body(response, found, limit)


def _body(response: httpcore.Response, headers: dict[bytes, bytes], limit: int) -> bytes:
    too_large = MarkError(
        "The file at this address is larger than {limit} MB and is not fetched.", limit=round(limit / 2**20)
    )
    damaged = MarkError("The file at this address arrived damaged: please try again.")
    encoding = headers.get(b"content-encoding", b"identity").strip().lower()
    if encoding not in {b"identity", b"gzip", b"x-gzip", b""}:
        raise MarkError("The file at this address is packed in a way that cannot be read.")
    unpack = zlib.decompressobj(wbits=31) if b"gzip" in encoding else None
    if headers.get(b"content-length", b"").isdigit() and int(headers[b"content-length"][:18]) > limit:
        raise too_large
    data = bytearray()
    for chunk in response.iter_stream():
        try:
            data += chunk if unpack is None else unpack.decompress(chunk, limit + 1 - len(data))
        except zlib.error as error:
            raise damaged from error
        if len(data) > limit:
            raise too_large
    if unpack is not None and not unpack.eof:
        raise damaged
    return bytes(data)


def _retry_after(headers: dict[bytes, bytes]) -> float:
    """Seconds that a busy server asks for; infinite when it does not say or names a date."""
    stated = headers.get(b"retry-after", b"").strip()
    return float(stated) if stated.isdigit() else float("inf")


def _may_wait(seconds: float, deadline: float) -> bool:
    return seconds <= min(_MAX_WAIT, deadline - time.monotonic())


def _refusal(status: int) -> str:
    """The sentence for an HTTP status, with the placeholders ``host`` and ``status``."""
    if status in {401, 403, 407}:
        return "{host} does not give this file to everyone (answer {status}): it may need a log-in."
    if status in {404, 410}:
        return "{host} has nothing at this address (answer {status}): please check it."
    if status in _BUSY:
        return "{host} is busy (answer {status}): please try again later."
    return "{host} could not send this file (answer {status})."


@lru_cache(maxsize=1)
def _ssl_context() -> ssl.SSLContext:
    return httpcore.default_ssl_context()  # reading the certificates takes longer than a small request


class _GuardedBackend(httpcore.NetworkBackend):
    """Opens connections to checked addresses only."""

    def __init__(self, hosts: Hosts, deadline: float) -> None:
        self._hosts = hosts
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception | None = None
        for address in resolve(host, port, self._hosts):
            try:
                left = _time_left(self._deadline, timeout)
                stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
                return _TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")


class _TimedStream(httpcore.NetworkStream):
    """A connection with one deadline for all: a server that sends a byte now and then does not hold it open."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _time_left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _time_left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _time_left(self._deadline, timeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _time_left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("time limit of the whole file")
    return left if timeout is None else min(left, timeout)
