"""The time that learning may take, and how fast this processor does each kind of its work.

Nothing is known of a processor beforehand: every kind of work is measured while it is done, and what is still to be
done is planned from that.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_FORGET = 0.9  # what an older measurement counts beside the next one: other programs come and go
_MARGIN = 1.1  # of what is planned, for what varies


class Stopped(Exception):
    """Learning was stopped by a person."""


class TimeBudget:
    """``seconds`` of a clock from now on; None: as long as it takes.

    clock: seconds, as ``time.monotonic``. stop: set to end early.
    """

    def __init__(
        self,
        seconds: float | None,
        clock: Callable[[], float] = time.monotonic,
        stop: threading.Event | None = None,
    ) -> None:
        self.seconds, self.clock, self._stop = seconds, clock, stop or threading.Event()
        self._begun = clock()
        self._pace: dict[str, tuple[float, float]] = {}  # seconds and units by kind of work

    @property
    def spent(self) -> float:
        return self.clock() - self._begun

    @property
    def left(self) -> float:
        return math.inf if self.seconds is None else self.seconds - self.spent

    @property
    def share(self) -> float:
        """Share of the time that is over, 0..1; 0 without an end."""
        return 0.0 if not self.seconds else min(1.0, self.spent / self.seconds)

    def check(self) -> None:
        """Raises Stopped once ``stop`` is set."""
        if self._stop.is_set():
            raise Stopped

    @contextmanager
    def measured(self, kind: str, units: float = 1.0) -> Iterator[None]:
        """Measure a piece of work of so many units. Work that raises is not counted. Raises Stopped before it."""
        self.check()
        since = self.clock()
        yield
        seconds, before = self._pace.get(kind, (0.0, 0.0))
        self._pace[kind] = _FORGET * seconds + self.clock() - since, _FORGET * before + units

    def cost(self, kind: str, units: float = 1.0) -> float:
        """Seconds that so many units will take, with a margin; 0 for a kind that was not measured yet."""
        seconds, before = self._pace.get(kind, (0.0, 0.0))
        return _MARGIN * units * seconds / before if before else 0.0
