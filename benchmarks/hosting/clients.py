"""A class at work: clients that each upload one page and search every other second, on a server of their own.

    python benchmarks/hosting/clients.py PAGES --clients 30 --minutes 5

PAGES: a folder of pictures, taken in turn. Every client opens a session, uploads its page and searches from then on.
The table has the errors, the time of a search until its reply is there, while pages are on their way and afterwards,
the time until all pages are searchable, what the server has sent, its processor time for each page until then, with all
that was searched, and its memory: with nobody there, at most, and some time after all have left. Linux.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from own_server import OwnServer
from tab_client import Gone, TabClient, View

EVERY = 2.0  # seconds between two searches
WORDS = ("letter", "company", "orders", "october", "virginia", "captain", "soldiers", "fort", "men", "send")
PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff")
OPTIONS: dict[str, Any] = {"example": None, "variants": False, "page": None, "example_weight": None}


@dataclass
class Log:
    """searches: the moment of each and its seconds. ready: when each page was searchable. received: bytes of views.
    errors: what went wrong. Moments are of the monotonic clock."""

    searches: list[tuple[float, float]] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    received: int = 0
    errors: list[str] = field(default_factory=list)


class LiveTab(TabClient):
    """A tab that asks for views all the time beside its requests, as the page does. ready: is called once, when a page
    of its own is searchable."""

    def __init__(self, address: str, ready: Callable[[], None]) -> None:
        super().__init__(address)
        self._ready: Callable[[], None] | None = ready
        self._news = threading.Condition()
        self._error: Exception | None = None
        self._listening = False

    def listen(self) -> None:
        self._listening = True
        threading.Thread(target=self._listen, daemon=True).start()

    def wait(self, condition: Callable[[View], bool], seconds: float) -> View:
        if not self._listening:
            return super().wait(condition, seconds)
        with self._news:
            met = self._news.wait_for(lambda: self._error or condition(self.view), seconds)
        if self._error:
            raise self._error
        if not met:
            raise TimeoutError
        return self.view

    def leave(self) -> None:
        self._listening = False
        super().leave()

    def _listen(self) -> None:
        while self._listening:
            try:
                self.look()
            except Exception as error:
                self._error = error
                self._listening = False
            if self._ready and any(page["sample"] is None for page in self.view["pages"]):
                self._ready()
                self._ready = None
            with self._news:
                self._news.notify_all()


def work(address: str, file: Path, until: float, log: Log, number: int) -> None:
    """One client until a moment."""
    words = cycle(WORDS[number % len(WORDS) :] + WORDS[: number % len(WORDS)])
    try:
        tab = LiveTab(address, lambda: log.ready.append(time.monotonic()))
        tab.arrive(300.0)
        tab.listen()
        entry = tab.upload(file.name, file.read_bytes())
        if entry is None:
            log.errors.append("upload refused")
            return
        tab.send("uploads", "add_files", files=[entry], direction="auto", flatten=False)
        while time.monotonic() < until:
            begun = time.monotonic()
            reply = tab.ask("search", "search", text=next(words), **OPTIONS)
            log.searches.append((begun, time.monotonic() - begun))
            if reply is None or reply["state"] != "done":
                log.errors.append(str(reply and reply["error"]))
            time.sleep(max(0.0, begun + EVERY - time.monotonic()))
        log.received += tab.received
        tab.leave()
    except (Gone, TimeoutError, httpx.HTTPError) as error:
        log.errors.append(f"{type(error).__name__}: {error}"[:200])


def measure(options: argparse.Namespace, server: OwnServer) -> list[tuple[str, str]]:
    files = sorted(path for path in options.pages.iterdir() if path.suffix.lower() in PICTURES)
    server.wait()
    while httpx.get(f"{server.address}/healthz").status_code != 200:
        time.sleep(0.5)
    time.sleep(3.0)
    start, seconds, begun = server.memory(), server.processor_seconds(), time.monotonic()
    log, until = Log(), begun + 60 * options.minutes
    clients = [
        threading.Thread(target=work, args=(server.address, files[n % len(files)], until, log, n))
        for n in range(options.clients)
    ]
    for client in clients:
        client.start()
    spent = None
    while any(client.is_alive() for client in clients):
        time.sleep(0.5)
        if spent is None and len(log.ready) == len(clients):
            spent = server.processor_seconds() - seconds
    total = server.processor_seconds() - seconds
    time.sleep(60 * options.after + 5)
    last = max(log.ready, default=until)
    during = [took for moment, took in log.searches if moment < last]
    later = [took for moment, took in log.searches if moment >= last]
    return [
        ("clients, minutes", f"{options.clients}, {options.minutes:g}"),
        ("errors", f"{len(log.errors)} {sorted(set(log.errors)) or ''}".strip()),
        ("search while pages are read, p50 / p95 s", _times(during)),
        ("search afterwards, p50 / p95 s", _times(later)),
        ("pages searchable", f"{len(log.ready)} of {options.clients}"),
        ("until all are searchable, s", f"{last - begun:.0f}"),
        ("processor s a page until then", "–" if spent is None else f"{spent / options.clients:.2f}"),
        ("processor s in all", f"{total:.0f}"),
        (
            "views sent, kB a client and minute",
            f"{log.received / 1000 / options.clients / options.minutes:.0f}",
        ),
        (
            f"memory MB: start, peak, {options.after:g} min after",
            ", ".join(f"{size / 2**20:.0f}" for size in (start, server.peak, server.memory())),
        ),
    ]


def _times(seconds: list[float]) -> str:
    if not seconds:
        return "–"
    return f"{np.quantile(seconds, 0.5):.2f} / {np.quantile(seconds, 0.95):.2f} ({len(seconds)})"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", type=Path)
    parser.add_argument("--clients", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--after", type=float, default=2.0, help="minutes after all have left")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "tmp"
        root.mkdir()
        server = OwnServer(root, MARK_KEEP_MINUTES="1")
        try:
            rows = measure(options, server)
        finally:
            server.stop()
    for name, value in rows:
        print(f"{name:44} {value}")


if __name__ == "__main__":
    main()
