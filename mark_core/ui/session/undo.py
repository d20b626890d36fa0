"""The last thing that was removed, kept for a while so that it can be brought back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mark_core.errors import MarkError
from mark_core.message import Message

TOO_LATE = "That is deleted for good by now, so it cannot be undone."


@dataclass(frozen=True, eq=False)
class Removed:
    """number: counts the removals of a session, so that a late click undoes no other one. message: what was removed.
    until: seconds of the clock. nbytes: memory it holds. restore: brings it back. delete: deletes it for good."""

    number: int
    message: Message
    until: float
    nbytes: int
    restore: Callable[[], None]
    delete: Callable[[], None]


class Undo:
    """What one session removed last. Every method may be called from any thread.

    seconds: for how long it can be brought back, by the clock.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._removed: Removed | None = None
        self._count = 0
        self._closed = False
        self._lock = threading.RLock()

    @property
    def nbytes(self) -> int:
        """Memory held by what can be brought back."""
        with self._lock:
            return self._removed.nbytes if self._removed else 0

    def to_view(self) -> dict[str, Any] | None:
        with self._lock:
            removed = self._removed
            return {"number": removed.number, "message": removed.message.to_json()} if removed else None

    def keep(
        self, message: Message, nbytes: int, restore: Callable[[], None], delete: Callable[[], None]
    ) -> None:
        """Keep something in place of what was removed before, which is deleted for good."""
        with self._lock:
            last, self._count = self._removed, self._count + 1
            until = self._clock() + self._seconds
            self._removed = Removed(self._count, message, until, nbytes, restore, delete)
            closed = self._closed
        if last is not None:
            last.delete()
        if closed:
            self.drop()

    def restore(self, number: int) -> None:
        """Bring back the removal of this number. Raises MarkError when another thing was removed since, or too long
        ago."""
        self.expire()
        with self._lock:
            removed = self._removed
            if removed is None or removed.number != number:
                raise MarkError(TOO_LATE)
            self._removed = None  # so that it is not deleted meanwhile
        try:
            removed.restore()
        except BaseException:  # it cannot be brought back just now
            self._replace(removed)
            raise

    def expire(self) -> None:
        """Delete for good what was removed too long ago."""
        with self._lock:
            if self._removed is None or self._clock() <= self._removed.until:
                return
        self.drop()

    def drop(self) -> None:
        """Delete for good what can be brought back."""
        self._replace(None)

    def _replace(self, removed: Removed | None) -> None:
        """Delete for good what can be brought back, and keep ``removed`` in its place."""
        with self._lock:
            last, self._removed = self._removed, removed
        if last is not None:
            last.delete()

    def close(self) -> None:
        """Keep nothing from now on."""
        with self._lock:
            self._closed = True
        self.drop()
