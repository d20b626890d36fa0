"""The way back: what left the desk last, kept for a while in case it was a mistake."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mark_core.errors import MarkError

LATE = "That is deleted for good by now, so it cannot be undone."


@dataclass(frozen=True, eq=False)
class Kept:
    """number: counts what was kept, so that a late press undoes nothing else. text: one sentence. until: seconds of
    the clock. nbytes: memory held by it. back: lays it back. forget: deletes it for good."""

    number: int
    text: str
    until: float
    nbytes: int
    back: Callable[[], None]
    forget: Callable[[], None]


class WayBack:
    """Of one session; every method may be called from any thread.

    seconds: for how long something can be brought back, by the clock.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._kept: Kept | None = None
        self._count = 0
        self._closed = False
        self._lock = threading.RLock()

    @property
    def nbytes(self) -> int:
        with self._lock:
            return self._kept.nbytes if self._kept else 0

    def to_view(self) -> dict[str, Any] | None:
        with self._lock:
            return {"number": self._kept.number, "text": self._kept.text} if self._kept else None

    def keep(self, text: str, nbytes: int, back: Callable[[], None], forget: Callable[[], None]) -> None:
        """Keeps something in place of what was kept before, which is deleted for good."""
        with self._lock:
            last, self._count = self._kept, self._count + 1
            self._kept = Kept(self._count, text, self._clock() + self._seconds, nbytes, back, forget)
            closed = self._closed
        if last is not None:
            last.forget()
        if closed:
            self.drop()

    def bring(self, number: int) -> None:
        """Lays back what was kept under this number. Raises MarkError when that is something else or gone."""
        self.tidy()
        with self._lock:
            kept = self._kept
            if kept is None or kept.number != number:
                raise MarkError(LATE)
            self._kept = None  # so that it is not deleted meanwhile
        try:
            kept.back()
        except BaseException:  # it cannot be laid back just now
            with self._lock:
                last, self._kept = self._kept, kept
            if last is not None:
                last.forget()
            raise

    def tidy(self) -> None:
        """Deletes for good what can no longer be brought back."""
        with self._lock:
            if self._kept is None or self._clock() <= self._kept.until:
                return
        self.drop()

    def drop(self) -> None:
        """Deletes for good what is kept."""
        with self._lock:
            last, self._kept = self._kept, None
        if last is not None:
            last.forget()

    def close(self) -> None:
        """Nothing is kept any more."""
        with self._lock:
            self._closed = True
        self.drop()
