"""A lock for a few holders at a time, granted in the order in which they joined (first in, first out)."""

from __future__ import annotations

import threading
from collections import deque

from mark_core.errors import MarkError
from mark_core.message import Message


class Ticket:
    """A place in the queue of a `FifoLock`."""


class FifoLock:
    """At most ``slots`` tickets hold the lock at a time. Every method may be called from any thread."""

    def __init__(self, slots: int = 1, capacity: int | None = None, full: Message | str = "") -> None:
        """capacity: tickets that may hold or wait, None for any number; ``full`` is the sentence for one more."""
        self.slots = slots
        self._capacity, self._full = capacity, full
        self._queue: deque[Ticket] = deque()
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

    def wait(self, ticket: Ticket, stop: threading.Event) -> bool:
        """Wait until the ticket holds the lock; False if ``stop`` was set before. Call `wake` after setting it."""
        with self._changed:
            self._changed.wait_for(lambda: stop.is_set() or self._queue.index(ticket) < self.slots)
            return not stop.is_set()

    def leave(self, ticket: Ticket) -> None:
        """Give the lock, or the place in the queue, back."""
        with self._changed:
            self._queue.remove(ticket)
            self._changed.notify_all()

    def wake(self) -> None:
        """Let everyone who waits look at their ``stop`` again."""
        with self._changed:
            self._changed.notify_all()
