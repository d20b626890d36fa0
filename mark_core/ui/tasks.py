"""Background tasks: work that takes longer than a moment, tells how far it is and can be cancelled."""

from __future__ import annotations

import queue
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from mark_core.isolation.pool import Stopped, stopped_by
from mark_core.message import Message
from mark_core.ui.fifo_lock import FifoLock, Ticket
from mark_core.ui.replies import UNEXPECTED, Progress, Reply, done, error_message, failed, reply
from mark_core.ui.requests import Request

WAITING, STARTING = Message("Waiting"), Message("Starting")
STOPPING, QUEUED = Message("Stopping"), Message("Waiting for other visitors")
AHEAD = "{step}: {count} ahead"
AHEAD_SECONDS = "{step}: {count} ahead, about {seconds} s"
AHEAD_MINUTES = "{step}: {count} ahead, about {minutes} min"
STEP = 0.02  # fraction by which a task moves before it is reported again
PATIENCE = (
    5.0  # seconds after which a view is sent without news, which shows whether the browser is still there
)

TaskState = Literal["waiting", "working", "done", "failed", "cancelled"]
Work = Callable[["Task"], Any]


Cancelled = Stopped  # raised inside a task that was cancelled, also while a file is read for it


@dataclass(eq=False)
class Task:
    """One piece of work in the background. Every method may be called from any thread.

    title: of what is worked on. work: does it, calls `report` on the way and returns the result; Cancelled ends it.
    number, total: of the item in hand, 1-based (0 before the first), and how many there are (0 if not known).
    progress: the last report. result: what ``work`` returned, once done. error: one sentence, once failed.
    """

    title: str
    work: Work
    total: int = 1
    number: int = 0
    progress: Progress = field(default_factory=lambda: Progress(WAITING, 0.0))
    state: TaskState = "waiting"
    result: Any = None
    error: Message | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    stop: threading.Event = field(default_factory=threading.Event)
    on_report: Callable[[], None] = lambda: None
    _wake: Callable[[], None] = lambda: None
    _sent: tuple[Message, int, float] | None = None

    @property
    def over(self) -> bool:
        return self.state in ("done", "failed", "cancelled")

    def report(self, step: Message | str, fraction: float) -> None:
        """Tell what is being done and how much of it is done, 0..1. Raises Cancelled after `cancel`."""
        self.check()
        self.progress = Progress.of(step, fraction)
        sent = self._sent
        news = (self.progress.step, self.number, self.progress.fraction)
        if sent is None or sent[:2] != news[:2] or not 0 <= news[2] - sent[2] < STEP:
            self._sent = news
            self.on_report()

    def check(self) -> None:
        """Raises Cancelled after `cancel`."""
        if self.stop.is_set():
            raise Cancelled

    def cancel(self) -> None:
        """End the task at its next report."""
        self.stop.set()
        if not self.over:
            self.progress = Progress(STOPPING, self.progress.fraction)
        self._wake()

    @contextmanager
    def hold(self, lock: FifoLock, ticket: Ticket | None = None, waiting: Message = QUEUED) -> Iterator[None]:
        """Hold a lock. waiting: the step while others hold it, told with the place in the queue. ticket: drawn before,
        by default now. Raises Cancelled if the task is cancelled while it waits."""
        ticket = ticket or lock.join()
        self._wake = lock.wake
        try:
            if not lock.wait(
                ticket,
                self.stop,
                lambda ahead: self.report(_place(waiting, ahead, lock.estimate(ahead)), 0.0),
            ):
                raise Cancelled
            yield
        finally:
            lock.leave(ticket)

    def to_view(self) -> dict[str, Any]:
        """For the browser's list of uploads."""
        return {
            "id": self.id,
            "title": self.title,
            "step": self.progress.step.to_json(),
            "fraction": self.progress.fraction,
            "number": self.number,
            "total": self.total,
        }

    def run(self) -> None:
        """Do the work in this thread. Never raises: what went wrong is in ``state`` and ``error``."""
        try:
            self.state = "working"
            with stopped_by(self.stop):
                self.result = self.work(self)
            self.state = "done"
        except Cancelled:
            self.state = "cancelled"
        except Exception as error:
            self.error = error_message(error, f"task {self.title}")
            self.state = "failed"
        finally:
            self.forget()

    def forget(self) -> None:
        """Hold nothing any more of what the work was about."""
        self.work, self.on_report = _over, _unheard

    def start(self) -> Iterator[Progress]:
        """Do the work in a thread of its own; yields every report, and the last again after PATIENCE seconds without
        one, until the task is over."""
        reports: queue.SimpleQueue[Progress | None] = queue.SimpleQueue()
        self.on_report = lambda: reports.put(self.progress)

        def run() -> None:
            self.run()
            reports.put(None)

        threading.Thread(target=run, daemon=True).start()
        return self._reports(reports)

    def _reports(self, reports: queue.SimpleQueue[Progress | None]) -> Iterator[Progress]:
        while True:
            try:
                progress = reports.get(timeout=PATIENCE)
            except queue.Empty:
                progress = self.progress
            if progress is None:
                return
            yield progress


class Tasks:
    """The background tasks of one session, at most one of each feature: a newer request ends the one before."""

    def __init__(self) -> None:
        self._running: dict[str, Task] = {}
        self._lock = threading.Lock()

    def run(self, request: Request, work: Work, lock: FifoLock | None = None) -> Iterator[Reply]:
        """Replies to a request while ``work`` is done in a thread, the last one with what it returned, a mapping.

        lock: held meanwhile, where the server does only a few such tasks at a time.
        """
        task = Task(request.feature, work if lock is None else _locked(work, lock))
        with self._lock:
            last, self._running[request.feature] = self._running.get(request.feature), task
        if last is not None:
            last.cancel()
        reports = task.start()
        yield reply(request, "working", Progress(STARTING, 0.0))
        for progress in reports:
            yield reply(request, "working", progress)
        yield _outcome(request, task)

    def cancel(self, feature: str | None = None) -> None:
        """Cancel the task of a feature, or all."""
        with self._lock:
            tasks = [task for name, task in self._running.items() if feature in (None, name)]
        for task in tasks:
            task.cancel()


def _place(waiting: Message, ahead: int, seconds: float | None) -> Message:
    """The step of a task that waits with so many ahead, for about so many seconds."""
    values = {"step": waiting, "count": ahead}
    if seconds is None:
        return Message(AHEAD, values)
    if seconds < 55:
        return Message(AHEAD_SECONDS, {**values, "seconds": max(5, 5 * round(seconds / 5))})
    return Message(AHEAD_MINUTES, {**values, "minutes": max(1, round(seconds / 60))})


def _over(task: Task) -> None:
    """The work of a task that is over."""


def _unheard() -> None:
    """Nobody waits for reports of a task that is over."""


def _locked(work: Work, lock: FifoLock) -> Work:
    def locked(task: Task) -> Any:
        with task.hold(lock):
            return work(task)

    return locked


def _outcome(request: Request, task: Task) -> Reply:
    if task.state == "done":
        return done(request, **task.result)
    if task.state == "failed":
        return failed(request, task.error or UNEXPECTED)
    return reply(request, "cancelled")
