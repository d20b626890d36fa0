"""Errands: what a panel asks for and takes longer than a moment. It names its steps and can be cancelled."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from mark_core.ui.intake import Stopped
from mark_core.ui.trouble import told_in

if TYPE_CHECKING:
    from mark_core.ui.session import Session

Report = Callable[[str, float], None]
Work = Callable[["Session", dict[str, Any], Report], dict[str, Any]]
STEP = 0.02  # share of the whole after which the browser is told again


class Errands:
    """The errands of one session, one a panel: a newer one ends the one before."""

    def __init__(self) -> None:
        self._stops: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    def begin(self, panel: str) -> threading.Event:
        """What ends the new errand when it is set."""
        stop = threading.Event()
        with self._lock:
            last = self._stops.get(panel)
            self._stops[panel] = stop
        if last is not None:
            last.set()
        return stop

    def stop(self, panel: str | None = None) -> None:
        """Cancels the errand of a panel, or all."""
        with self._lock:
            doomed = [stop for name, stop in self._stops.items() if panel in (None, name)]
        for stop in doomed:
            stop.set()


def run(session: Session, panel: str, seq: int, data: dict[str, Any], work: Work) -> Iterator[None]:
    """Does ``work(session, data, report)`` in a thread; yields whenever the answer of the panel has changed.

    While it runs the answer has ``step`` and ``fraction``; at last what ``work`` returned, an ``error``, or, if it
    was cancelled, ``cancelled``. An errand that a newer one has ended leaves no answer.
    """
    stop = session.errands.begin(panel)
    reports: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    told = -1.0

    def report(step: str, fraction: float) -> None:
        nonlocal told
        if stop.is_set():
            raise Stopped
        if not 0 <= fraction - told < STEP:
            told = fraction
            reports.put({"step": step, "fraction": round(min(1.0, max(0.0, fraction)), 3)})

    def go() -> None:
        answer: dict[str, Any] = {"step": None}
        with told_in(answer, panel):
            try:
                report("Beginning", 0.0)
                answer |= work(session, data, report)
            except Stopped:
                answer["cancelled"] = True
        reports.put(answer)

    threading.Thread(target=go, daemon=True).start()
    while True:
        answer = reports.get()
        if not (answer.get("cancelled") and session.panels.get(panel, {}).get("seq", seq) != seq):
            session.answer(panel, {"seq": seq, "error": None, **answer})
        yield
        if answer["step"] is None:
            return
