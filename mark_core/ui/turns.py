"""Whose turn it is where a server does only one thing of a kind at a time."""

from __future__ import annotations

import threading
from collections import deque

import mark_core as mark


class Turns:
    """One at a time, in the order in which they came. A turn is any object that its owner keeps."""

    def __init__(self, most: int, full: str) -> None:
        """most: turns that may wait or run; one more is refused with the sentence ``full``."""
        self._most, self._full = most, full
        self._queue: deque[object] = deque()
        self._moved = threading.Condition()

    def join(self) -> object:
        """A new turn at the end. Raises MarkError when there are too many."""
        with self._moved:
            if len(self._queue) >= self._most:
                raise mark.MarkError(self._full)
            turn = object()
            self._queue.append(turn)
            return turn

    def ahead(self, turn: object) -> int:
        """How many come before."""
        with self._moved:
            return self._queue.index(turn)

    def wait(self, turn: object, stop: threading.Event) -> bool:
        """Waits for the turn; False if ``stop`` was set before it came. Call `wake` after setting it."""
        with self._moved:
            self._moved.wait_for(lambda: stop.is_set() or self._queue[0] is turn)
            return not stop.is_set()

    def leave(self, turn: object) -> None:
        with self._moved:
            self._queue.remove(turn)
            self._moved.notify_all()

    def wake(self) -> None:
        with self._moved:
            self._moved.notify_all()
