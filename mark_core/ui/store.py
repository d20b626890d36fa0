"""The sessions of a server, kept within bounds and forgotten in time."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mark_core.ui.collection import Collection
from mark_core.ui.limits import Limits
from mark_core.ui.session import Session

if TYPE_CHECKING:
    from mark_core import WordIndex


class SessionStore:
    """Sessions by random key. The oldest idle ones go when a bound is passed or their time is up."""

    def __init__(
        self,
        new_index: Callable[[], WordIndex],
        root: Path,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits or Limits()
        self.root = root
        self._new_index = new_index
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self._tabs: dict[str, str] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, tab: str | None = None, key: str | None = None) -> Session:
        """A new session.

        tab: the browser tab that owns it, see `close_tab`.
        key: of the ended session it takes the place of; a random one by default.
        """
        key = key or secrets.token_urlsafe(24)
        collection = Collection(self._new_index())
        session = Session(key, collection, self.root, self.limits, self._clock(), self._clock)
        session.new_index = self._new_index
        with self._lock:
            self._sessions[session.key] = session
            if tab is not None:
                self._tabs[tab] = session.key
        self.sweep()
        return session

    def get(self, key: Any) -> Session | None:
        """The session of this key, now used; None when it has expired or never was."""
        self.sweep()
        with self._lock:
            session = self._sessions.get(key) if isinstance(key, str) else None
            if session is not None:
                session.used = self._clock()
            return session

    def close_tab(self, tab: str | None) -> None:
        """Closes the session of a tab, also one that took the place of an expired one."""
        with self._lock:
            key = self._tabs.pop(tab, None) if tab else None
        if key is not None:
            self.close(key)

    def close(self, key: str) -> None:
        """Forgets a session and deletes its files."""
        with self._lock:
            session = self._sessions.pop(key, None)
        if session is not None:
            session.close()

    def sweep(self) -> None:
        """Closes sessions whose time is up, then the longest idle ones until every bound is kept."""
        now = self._clock()
        with self._lock:
            oldest_first = sorted(self._sessions.values(), key=lambda session: session.used)
        doomed = [s for s in oldest_first if now - s.used > self.limits.time_to_live]
        kept = [s for s in oldest_first if s not in doomed]
        for session in kept:
            session.way_back.tidy()
        total = sum(session.nbytes for session in kept)
        while kept and (len(kept) > self.limits.sessions or total > self.limits.total_bytes):
            if len(kept) == 1:
                break  # the one in use
            total -= kept[0].nbytes
            doomed.append(kept.pop(0))
        for session in doomed:
            self.close(session.key)
