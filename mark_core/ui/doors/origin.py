"""Who sends a request: a page of this server, another site, or no browser at all."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from starlette.datastructures import Headers

HOSTS_VARIABLE = "MARK_HOSTS"
LOCAL = frozenset(("localhost", "127.0.0.1", "::1"))


def known_hosts() -> tuple[str, ...]:
    """The host names of MARK_HOSTS, such as ``mark.example.org, *.example.org``; none: any name is taken."""
    return tuple(
        host.strip().lower() for host in os.environ.get(HOSTS_VARIABLE, "").split(",") if host.strip()
    )


def is_known_host(headers: Headers, hosts: tuple[str, ...]) -> bool:
    """Whether the server is addressed by one of its names. Names of this computer itself always are: a page of another
    site cannot make the browser send them."""
    if not hosts:
        return True
    names = [_name(headers.get("host", ""))]
    forwarded = headers.get("x-forwarded-host")
    names += [_name(forwarded.split(",")[0].strip())] if forwarded else []
    return all(name in LOCAL or any(_matches(name, host) for host in hosts) for name in names)


def is_foreign(method: str, headers: Headers, hosts: tuple[str, ...]) -> bool:
    """Whether a page of another site has made the browser send this. Links to the page, also in a frame, are no such
    requests."""
    site = headers.get("sec-fetch-site")
    if site in ("same-origin", "none"):
        return False
    if site is not None:
        return not (method in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate")
    origin = headers.get("origin")
    return origin is not None and not _is_own(origin, headers, hosts)


def _is_own(origin: str, headers: Headers, hosts: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(origin)
        place = parts.netloc.lower()
        name = (parts.hostname or "").lower()
    except ValueError:
        return False
    named = [headers.get("host", ""), *headers.get("x-forwarded-host", "").split(",")]
    return bool(place) and (
        place in (one.strip().lower() for one in named) or any(_matches(name, host) for host in hosts)
    )


def _name(host: str) -> str:
    """A host without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _matches(name: str, host: str) -> bool:
    return name.endswith(host[1:]) if host.startswith("*.") else name == host
