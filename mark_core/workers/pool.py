"""The workers of a server: started when there is work, and replaced when they end.

Some jobs are done at a time, first come first served; learning has a process of its own, so that it holds up no page. A
job whose worker ends is done once more by another. No lock is held while a job is done.
"""

from __future__ import annotations

import atexit
import logging
import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mark_core.errors import MarkError
from mark_core.isolation.pool import Stopped, stop_in_force
from mark_core.message import Message
from mark_core.model.mark import MarkModel, best_device
from mark_core.model.zero_gpu import SWITCH
from mark_core.workers.process import ENDED, Worker

VARIABLE = "MARK_WORKERS"
MOST = 64
BREAKS = Message(
    "The process that worked on this has ended twice, so it was given up; nothing else is lost. Please try it again, "
    "or with a smaller page."
)
TOO_SLOW = Message("This page takes too long, so it was given up; please cut it into parts.")
NO_WORKER = Message("No page can be worked on just now; please try again in a minute.")
_STEP = 0.1  # seconds between two looks at whether a job is still wanted
_PATIENCE = 1.5  # seconds in which a job that is not wanted any more ends by itself
_LONGEST = 600.0  # seconds of a job with a page
_IDLE_SECONDS = 60.0  # after which all workers but one are ended
_PRIORITY, _LOWER = 5, 15  # as `nice` counts it: the server itself comes first, learning last

_log = logging.getLogger(__name__)
Hear = Callable[..., None]


class WorkerPool:
    """Worker processes. Every method may be called from any thread. size: how many work at a time."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._working: set[Worker | None] = set()
        self._busy = 0
        self._idle: list[Worker] = []
        self._last = time.monotonic()
        self._closed = self._watched = False

    def run(self, job: str, model: MarkModel, *arguments: Any, **hear: Hear) -> Any:
        """What a job of `jobs` returns. hear: is called with what it tells, by the kind of that. What one of these
        raises ends the job.

        Raises MarkError if the job refuses, or cannot be done, Stopped if the task for which it is done is cancelled
        (see `isolation.pool.stopped_by`).
        """
        stop = stop_in_force()
        with self._place(stop):
            for _ in range(2):
                worker = self._worker()
                try:
                    answer = self._ask(worker, (job, model, arguments), hear, stop, _PATIENCE)
                finally:
                    self._give_back(worker)
                if stop is not None and stop.is_set():
                    raise Stopped  # also where it was done by then
                if answer is not ENDED:
                    return _result(job, *answer)
        raise MarkError(BREAKS)

    def run_long(
        self,
        job: str,
        model: MarkModel,
        *arguments: Any,
        stop: threading.Event,
        patience: float,
        **hear: Hear,
    ) -> Any:
        """The same in a process of its own, which is ended afterwards. stop: has the job end by itself within
        ``patience`` seconds with what it has done; Stopped is raised only if it does not."""
        worker = self._start(_LOWER)
        try:
            answer = self._ask(worker, (job, model, arguments), hear, stop, patience, None)
        finally:
            with self._changed:
                self._working.discard(worker)
            worker.end()
        if answer is ENDED:
            raise MarkError(BREAKS)
        return _result(job, *answer)

    def warm(self, model: MarkModel) -> None:
        """Have a worker ready, so that the first page need not wait for it."""
        try:
            self.run("ready", model)
        except MarkError:
            _log.exception("no worker can be started")

    def processes(self) -> list[int]:
        """The ids of the workers."""
        with self._changed:
            return [worker.id for worker in (*self._idle, *self._working) if worker is not None]

    def close(self) -> None:
        """End all workers. What is being done is given up."""
        with self._changed:
            self._closed = True
            doomed = [*self._idle, *(worker for worker in self._working if worker is not None)]
            self._idle = []
            self._changed.notify_all()
        for worker in doomed:
            worker.end()

    def _ask(
        self,
        worker: Worker,
        request: tuple[str, MarkModel, tuple[Any, ...]],
        hear: dict[str, Hear],
        stop: threading.Event | None,
        patience: float,
        longest: float | None = _LONGEST,
    ) -> tuple[Any, ...]:
        """The last message of a worker about a job. The worker is killed if it does not end in time."""
        worker.begin(*request, threads=self._threads())
        begun, stopped = time.monotonic(), None
        error: Exception | None = None
        message: tuple[Any, ...]
        while True:
            try:
                message = worker.messages.get(timeout=_STEP)
            except queue.Empty:
                message = ("",)
            now = time.monotonic()
            if stopped is None and (error is not None or (stop is not None and stop.is_set())):
                stopped = now
                worker.stop()
            if message is ENDED:
                worker.end()  # it says so only once
            if message[0] in ("done", "refused", "failed", "stopped", *ENDED):
                if error is not None:
                    raise error
                return message
            if stopped is not None and now - stopped > patience:
                worker.end()
                if error is not None:
                    raise error
                raise Stopped
            if longest is not None and now - begun > longest:
                worker.end()
                raise MarkError(TOO_SLOW)
            if message[0] and error is None:
                told: Hear = hear.get(message[0], _unheard)
                try:
                    told(*message[1:])
                except Exception as raised:
                    error, patience = raised, _PATIENCE

    def _threads(self) -> int:
        """Threads for a job that begins now: all cores for one that is alone."""
        with self._changed:
            jobs = min(self.size, self._busy + len(self._waiting))
        return max(1, cores() // max(1, jobs))

    @contextmanager
    def _place(self, stop: threading.Event | None) -> Iterator[None]:
        """A place among those that work, first come first served."""
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                while self._busy >= self.size or self._waiting[0] is not ticket:
                    if stop is not None and stop.is_set():
                        raise Stopped
                    if self._closed:
                        raise MarkError(NO_WORKER)
                    self._changed.wait(_STEP if stop is not None else None)
                self._busy += 1
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._last = time.monotonic()
                self._changed.notify_all()

    def _worker(self) -> Worker:
        with self._changed:
            while self._idle:
                worker = self._idle.pop()
                if not worker.has_ended():
                    self._working.add(worker)
                    return worker
                worker.end()
        return self._start(_PRIORITY)

    def _start(self, priority: int) -> Worker:
        try:
            worker = Worker(priority)
        except OSError as error:
            _log.exception("no worker can be started")
            raise MarkError(NO_WORKER) from error
        with self._changed:
            if not self._closed:
                self._working.add(worker)
                return worker
        worker.end()
        raise MarkError(NO_WORKER)

    def _give_back(self, worker: Worker) -> None:
        with self._changed:
            self._working.discard(worker)
            if not self._closed and not worker.has_ended():
                self._idle.append(worker)
                if not self._watched:
                    self._watched = True
                    threading.Thread(target=self._end_idle, daemon=True, name="workers").start()
                return
        code = worker.end()
        if not self._closed:
            _log.warning("a worker has ended with %s", code)

    def _end_idle(self) -> None:
        """End all workers but one whenever there was nothing to do for a while."""
        while True:
            time.sleep(_IDLE_SECONDS / 4)
            with self._changed:
                if self._closed:
                    return
                idle = not self._busy and time.monotonic() - self._last > _IDLE_SECONDS
                spare, self._idle = (self._idle[1:], self._idle[:1]) if idle else ([], self._idle)
            for worker in spare:
                worker.end()


def _unheard(*values: Any) -> None:
    """What a job tells and nobody asked for."""


def _result(job: str, kind: str, value: Any) -> Any:
    if kind == "done":
        return value
    if kind == "refused":
        raise MarkError(value)
    if kind == "stopped":
        raise Stopped
    raise RuntimeError(f"the job {job} failed: {value}")


def cores() -> int:
    """Of the processor, that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def workers_of_environment() -> int:
    """How many workers there are to be: MARK_WORKERS, by default one for each core, four at most; none where a GPU does
    the work, which several processes would only take from each other. Raises MarkError if it is no whole number."""
    named = os.environ.get(VARIABLE, "").strip()
    if not named:
        return 0 if os.environ.get(SWITCH) or best_device() != "cpu" else min(4, cores())
    if not (named.isdecimal() and len(named) < 10 and int(named) <= MOST):
        raise MarkError(
            "{variable} must be a whole number from {low} to {high}, not “{entry}”.",
            variable=VARIABLE,
            low=0,
            high=MOST,
            entry=named,
        )
    return int(named)


_shared_lock = threading.Lock()
_shared: list[WorkerPool | None] = []


def shared_workers() -> WorkerPool | None:
    """The workers of this process; None where it does the work itself. Raises MarkError if the environment names a
    number that makes no sense."""
    with _shared_lock:
        if not _shared:
            size = workers_of_environment()
            _shared.append(WorkerPool(size) if size else None)
            if _shared[0] is not None:
                atexit.register(_shared[0].close)
        return _shared[0]
