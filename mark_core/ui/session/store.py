"""The sessions of a server, kept within bounds and closed when their time is up."""

from __future__ import annotations

import hashlib
import hmac
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
    """Sessions by random key. A session outlives its tab for a while. Sessions are closed when their time is up, and
    when a bound is passed: then those without pages of their own first, and the longest unused before others.

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
        self._sessions: dict[str, Session] = {}  # by the hash of its key, so that no look-up compares keys
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, tab: str | None = None, key: str | None = None) -> Session:
        """A new session.

        tab: the loaded page of a browser that it belongs to, see `Presence`.
        key: of the closed session it replaces; a random one by default.
        """
        session = Session(
            key=key or secrets.token_urlsafe(32),
            collection=Collection(self._new_index()),
            root=self.root,
            limits=self.limits,
            used=self._clock(),
            clock=self._clock,
            new_index=self._new_index,
            samples=self.samples,
            upload_folder=self.upload_folder,
            tab=tab,
        )
        with self._lock:
            self._sessions[_hash(session.key)] = session
        self.sweep()
        return session

    def find(self, key: Any) -> Session | None:
        """The session of this key; None when it was closed or never was. Keys are compared in constant time."""
        self.sweep()
        if not isinstance(key, str):
            return None
        with self._lock:
            session = self._sessions.get(_hash(key))
        same = session is not None and hmac.compare_digest(
            session.key.encode(), key.encode("utf-8", "replace")
        )
        return session if same else None

    def get(self, key: Any) -> Session | None:
        """The same, and it was used now."""
        session = self.find(key)
        if session is not None:
            session.used = self._clock()
        return session

    def leave(self, tab: str | None) -> None:
        """A tab was closed or is being reloaded: its session waits for it, or for a tab that has its key."""
        with self._lock:
            sessions = list(self._sessions.values())
        for session in sessions:
            if tab is not None and session.presence.is_of(tab):
                session.presence.leave()

    def close(self, key: str) -> None:
        """Close a session and delete its files."""
        with self._lock:
            session = self._sessions.pop(_hash(key), None)
        if session is not None:
            session.close()

    def sweep(self) -> None:
        """Close sessions whose time is up, then others until every bound is kept; never the one used last."""
        now = self._clock()
        with self._lock:
            sessions = list(self._sessions.values())
        doomed = [session for session in sessions if self._is_over(session, now)]
        kept = [session for session in sessions if session not in doomed]
        for session in kept:
            session.removed.expire()
        sizes = {session: session.nbytes for session in kept}
        total = sum(sizes.values())
        kept.sort(key=lambda session: session.used)
        # what a visitor has added goes last, and of that what somebody has left first
        order = sorted(
            kept[:-1],
            key=lambda one: (sizes[one] > 0, sizes[one] > 0 and not one.presence.is_gone(), one.used),
        )
        while order and (len(order) + 1 > self.limits.sessions or total > self.limits.total_bytes):
            total -= sizes[order[0]]
            doomed.append(order.pop(0))
        for session in doomed:
            self.close(session.key)

    def _is_over(self, session: Session, now: float) -> bool:
        return (
            now - session.used > self.limits.time_to_live
            or session.presence.away_for(now) > self.limits.away_seconds
        )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
