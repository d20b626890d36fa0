"""Whether the browser's tab that a session belongs to is there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Presence:
    """The tab of one session. Every method may be called from any thread.

    A tab is one loading of the page: after a reload it is another one, and so is a copy of a tab. clock: seconds.
    tab: its random name, None for a session that no tab has taken. heard: seconds of the clock when it was last heard.
    times: how often it was heard.
    """

    def __init__(self, tab: str | None, clock: Callable[[], float]) -> None:
        self.tab = tab
        self.heard = clock()
        self.times = 0
        self._clock = clock
        self._listening = 0  # requests of the tab that wait for news
        self._gone = False
        self._lock = threading.Lock()

    def is_gone(self) -> bool:
        """Whether nobody would be disturbed if another tab took the session."""
        return self.tab is None or self._gone

    def is_of(self, tab: str) -> bool:
        return self.tab == tab

    def take(self, tab: str) -> None:
        """The session belongs to another tab from now on."""
        with self._lock:
            self.tab, self._listening = tab, 0
        self.hear()

    def hear(self) -> None:
        """Its tab has asked for something."""
        with self._lock:
            self.heard, self._gone = self._clock(), False
            self.times += 1

    def leave(self) -> None:
        """Its tab was closed or is being reloaded."""
        with self._lock:
            self.heard, self._gone = self._clock(), True

    @contextmanager
    def listening(self, tab: str) -> Iterator[Callable[[], None]]:
        """The tab waits for news in this block. Gives a function to call when its connection was lost meanwhile, which
        means nothing as long as another of its requests waits."""
        lost = False

        def lose() -> None:
            nonlocal lost
            lost = True

        with self._lock:
            self._listening += 1
        try:
            yield lose
        finally:
            with self._lock:
                if self.tab == tab:
                    self._listening -= 1
                    self._gone = self._gone or (lost and self._listening == 0)

    def away_for(self, now: float) -> float:
        """Seconds since its tab was last heard of; 0 for a session without a tab, which nobody can leave."""
        return 0.0 if self.tab is None else now - self.heard
