"""Changes of what a session shows: counted, and told to whoever waits for the next one."""

from __future__ import annotations

import asyncio
import threading


class Changes:
    """Counts the changes of one session, from 1. `tell` and `wake` may be called from any thread."""

    def __init__(self) -> None:
        self._number = 1
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._lock = threading.Lock()

    @property
    def number(self) -> int:
        return self._number

    def tell(self) -> None:
        """Something has changed."""
        with self._lock:
            self._number += 1
        self.wake()

    def wake(self) -> None:
        """Let everyone who waits go on, also without a change."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for event, loop in waiting.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    async def wait(self, seen: int, seconds: float) -> None:
        """Returns after a change that is not among the first ``seen``, a `wake`, or so many seconds."""
        event = asyncio.Event()
        with self._lock:
            if self._number != seen:
                return
            self._waiting[event] = asyncio.get_running_loop()
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except asyncio.TimeoutError:
            pass  # no news
        finally:
            with self._lock:
                self._waiting.pop(event, None)
