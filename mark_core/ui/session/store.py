"""The sessions of a server, closed when their time is up. Nobody's pages are deleted to make room for another's."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mark_core.memory import give_back
from mark_core.ui.collection.collection import Collection
from mark_core.ui.collection.school_classes import SchoolClasses
from mark_core.ui.session.budgets import Budgets, User
from mark_core.ui.session.limits import Limits
from mark_core.ui.session.session import Session

if TYPE_CHECKING:
    from mark_core import WordIndex
    from mark_core.ui.uploads.samples import Samples

LARGE = 8 << 20  # bytes of a session, above which its end is worth asking the allocator


class SessionStore:
    """Sessions by random key. A session outlives its tab for a while, and is closed when its time is up. Of more than
    the limits allow, those are closed in which nobody has done anything yet, the longest unused first. For what
    sessions hold see `Budgets`: who would pass these is refused.

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
        self.clock = clock
        self._sessions: dict[str, Session] = {}  # by the hash of its key, so that no look-up compares keys
        self._lock = threading.Lock()
        self.classes = SchoolClasses(root, self.limits.class_seconds, clock)
        self.budgets = Budgets(self.limits, clock, self._users)

    def sessions(self) -> list[Session]:
        """All that are open."""
        with self._lock:
            return list(self._sessions.values())

    def _users(self) -> list[User]:
        """Whoever has pages in memory: sessions, and classes whatever became of their teachers."""
        return [*self.sessions(), *self.classes.shared()]

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, tab: str | None = None, key: str | None = None, address: str = "") -> Session:
        """A new session.

        tab: the loaded page of a browser that it belongs to, see `Presence`. address: of the visitor's network.
        key: of the closed session it replaces; a random one by default.
        """
        session = Session(
            key=key or secrets.token_urlsafe(32),
            collection=Collection(self._new_index()),
            root=self.root,
            limits=self.limits,
            used=self.clock(),
            clock=self.clock,
            new_index=self._new_index,
            samples=self.samples,
            uploads=self.upload_folder,
            tab=tab,
            address=address,
            shared_budgets=self.budgets,
            classes=self.classes,
        )
        with self._lock:
            self._sessions[_hash(session.key)] = session
        self.sweep()
        return session

    def find(self, key: Any) -> Session | None:
        """The session of this key; None when it was closed or never was. Keys are compared in constant time."""
        if not isinstance(key, str):
            return None
        with self._lock:
            session = self._sessions.get(_hash(key))
        if session is None or not hmac.compare_digest(session.key.encode(), key.encode("utf-8", "replace")):
            return None
        if self._is_over(session, self.clock()):
            self.close(session.key)
            return None
        session.removed.expire()
        return session

    def get(self, key: Any) -> Session | None:
        """The same, and it was used now."""
        session = self.find(key)
        if session is not None:
            session.used = self.clock()
        return session

    def leave(self, tab: str | None) -> None:
        """A tab was closed or is being reloaded: its session waits for it, or for a tab that has its key."""
        for session in self.sessions():
            if tab is not None and session.presence.is_of(tab):
                session.presence.leave()

    def close(self, key: str) -> None:
        """Close a session and delete its files."""
        with self._lock:
            session = self._sessions.pop(_hash(key), None)
        if session is None:
            return
        large = session.nbytes >= LARGE
        session.close()
        del session
        if large:
            give_back()

    def sweep(self) -> None:
        """Close sessions whose time is up, and of those in which nothing was done yet as many as there are too many;
        never the one used last."""
        now = self.clock()
        self.classes.sweep()
        for session in self.sessions():
            if self._is_over(session, now):
                self.close(session.key)
            else:
                session.removed.expire()
                session.received.expire()
        kept = sorted(self.sessions(), key=lambda session: session.used)
        addresses = {session.address for session in kept}
        for address in addresses if len(kept) > self.limits.address_sessions else ():
            own = [session for session in kept if session.address == address]
            self._close_spare(own, len(own) - self.limits.address_sessions)
        self._close_spare(kept, len(self) - self.limits.sessions)

    def _close_spare(self, sessions: list[Session], number: int) -> None:
        """Close so many of these, the last one excepted, in which nothing was done yet; those that nobody looks at
        first."""
        if number <= 0:
            return
        spare = [session for session in sessions[:-1] if session.is_empty and not session.closed]
        spare.sort(key=lambda session: (not session.presence.is_gone(), session.used))
        for session in spare[:number]:
            self.close(session.key)

    def _is_over(self, session: Session, now: float) -> bool:
        return (
            now - session.used > self.limits.time_to_live
            or session.presence.away_for(now) > self.limits.away_seconds
        )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
