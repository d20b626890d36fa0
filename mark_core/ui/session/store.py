"""The sessions of a server, kept within bounds and closed when their time is up."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mark_core.ui.collection.collection import Collection
from mark_core.ui.session.limits import Limits
from mark_core.ui.session.session import Session

if TYPE_CHECKING:
    from mark_core import WordIndex
    from mark_core.ui.uploads.samples import Samples


class SessionStore:
    """Sessions by random key. The longest unused ones are closed when a bound is passed or their time is up.

    new_index: makes the index of a session. root: folder of everything that sessions write. samples: the sample pages
    that all sessions share. upload_folder: where the web server puts files that visitors send.
    """

    def __init__(
        self,
        new_index: Callable[[], WordIndex],
        root: Path,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        samples: Samples | None = None,
        upload_folder: Path | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.root = root
        self.samples = samples
        self.upload_folder = upload_folder or root / "uploads"
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
        key: of the closed session it replaces; a random one by default.
        """
        session = Session(
            key=key or secrets.token_urlsafe(24),
            collection=Collection(self._new_index()),
            root=self.root,
            limits=self.limits,
            used=self._clock(),
            clock=self._clock,
            new_index=self._new_index,
            samples=self.samples,
            upload_folder=self.upload_folder,
        )
        with self._lock:
            self._sessions[session.key] = session
            if tab is not None:
                self._tabs[tab] = session.key
        self.sweep()
        return session

    def get(self, key: Any) -> Session | None:
        """The session of this key, now used; None when it was closed or never was."""
        self.sweep()
        with self._lock:
            session = self._sessions.get(key) if isinstance(key, str) else None
            if session is not None:
                session.used = self._clock()
            return session

    def close_tab(self, tab: str | None) -> None:
        """Close the session of a tab, also one that replaced an expired one."""
        with self._lock:
            key = self._tabs.pop(tab, None) if tab else None
        if key is not None:
            self.close(key)

    def close(self, key: str) -> None:
        """Close a session and delete its files."""
        with self._lock:
            session = self._sessions.pop(key, None)
        if session is not None:
            session.close()

    def sweep(self) -> None:
        """Close sessions whose time is up, then the longest unused ones until every bound is kept."""
        now = self._clock()
        with self._lock:
            oldest_first = sorted(self._sessions.values(), key=lambda session: session.used)
        doomed = [session for session in oldest_first if now - session.used > self.limits.time_to_live]
        kept = [session for session in oldest_first if session not in doomed]
        for session in kept:
            session.removed.expire()
        total = sum(session.nbytes for session in kept)
        while kept and (len(kept) > self.limits.sessions or total > self.limits.total_bytes):
            if len(kept) == 1:
                break  # the one in use
            total -= kept[0].nbytes
            doomed.append(kept.pop(0))
        for session in doomed:
            self.close(session.key)
