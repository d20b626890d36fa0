"""A lock for a few holders at a time, granted in the order in which they joined (first in, first out)."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from mark_core.errors import MarkError
from mark_core.message import Message

FORGETS = 0.2  # weight of the last time in the mean of all


class Ticket:
    """A place in the queue of a `FifoLock`."""


class FifoLock:
    """At most ``slots`` tickets hold the lock at a time. Every method may be called from any thread."""

    def __init__(self, slots: int = 1, capacity: int | None = None, full: Message | str = "") -> None:
        """capacity: tickets that may hold or wait, None for any number; ``full`` is the sentence for one more."""
        self.slots = slots
        self._capacity, self._full = capacity, full
        self._queue: deque[Ticket] = deque()
        self._begun: dict[Ticket, float] = {}  # when those that hold it got it, seconds
        self._held: float | None = None  # seconds for which it is held, a mean that forgets
        self._changed = threading.Condition()

    def join(self) -> Ticket:
        """A new ticket at the end of the queue. Raises MarkError when the queue is full."""
        with self._changed:
            if self._capacity is not None and len(self._queue) >= self._capacity:
                raise MarkError(self._full)
            ticket = Ticket()
            self._queue.append(ticket)
            return ticket

    @property
    def waiting(self) -> int:
        """How many tickets wait for the lock."""
        with self._changed:
            return max(0, len(self._queue) - self.slots)

    def ahead(self, ticket: Ticket) -> int:
        """How many tickets hold the lock or wait before this one."""
        with self._changed:
            return self._queue.index(ticket)

    def estimate(self, ahead: int) -> float | None:
        """Seconds until a ticket with so many ahead holds the lock; None as long as nobody has given it back."""
        with self._changed:
            return None if self._held is None else max(0, ahead - self.slots + 1) * self._held / self.slots

    def wait(
        self, ticket: Ticket, stop: threading.Event, moved: Callable[[int], None] = lambda ahead: None
    ) -> bool:
        """Wait until the ticket holds the lock; False if ``stop`` was set before. Call `wake` after setting it. moved:
        called with the number of tickets ahead, whenever there are fewer."""
        ahead = -1

        def is_news() -> bool:
            now = self._queue.index(ticket)
            return stop.is_set() or now < self.slots or now != ahead

        while True:
            with self._changed:
                self._changed.wait_for(is_news)
                if stop.is_set():
                    return False
                ahead = self._queue.index(ticket)
                if ahead < self.slots:
                    self._begun[ticket] = time.monotonic()
                    return True
            moved(ahead)

    def leave(self, ticket: Ticket) -> None:
        """Give the lock, or the place in the queue, back."""
        with self._changed:
            self._queue.remove(ticket)
            begun = self._begun.pop(ticket, None)
            if begun is not None:
                held = time.monotonic() - begun
                self._held = held if self._held is None else self._held + FORGETS * (held - self._held)
            self._changed.notify_all()

    def wake(self) -> None:
        """Let everyone who waits look at their ``stop`` again."""
        with self._changed:
            self._changed.notify_all()
