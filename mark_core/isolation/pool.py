"""The reading processes of a server: started when there is something to read, and replaced after a limit is met.

A request has a small limit of memory first; what needs more is read again with the large one, one file at a time. A
process that meets a limit, or whose request is cancelled, is killed, and the next request gets another. Some read at a
time, and as many again in place of those that take long. No lock is held while a file is read.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from mark_core.errors import MarkError
from mark_core.isolation.limits import MEMORY_EXIT, ReadLimits, limits_of_environment
from mark_core.isolation.process import Process
from mark_core.isolation.wire import WireError
from mark_core.message import Message
from mark_core.storage.record import read_message

TOO_SLOW = Message(
    "Reading this file takes too long, so it was given up; please save it in a simpler form, or in parts."
)
TOO_MUCH = Message(
    "This file needs more memory than there is for one file here; please save it smaller, or in parts."
)
BREAKS = Message("This file is damaged in a way that stops its reader: please copy or download it again.")
NO_READER = Message("Files cannot be read just now; please try again in a minute.")
_STEP = 0.05  # seconds between two looks at what is being read
_SHORT = 3.0  # seconds after which others come first
_IDLE_SECONDS = 60.0  # after which all processes but one are ended
_MOST_REQUESTS = 200  # of a process
_LONGEST = 2000  # letters of a sentence

_log = logging.getLogger(__name__)
_stop: ContextVar[threading.Event | None] = ContextVar("stop", default=None)

Reason = Literal["", "time", "stop", "closed"]


class Stopped(Exception):
    """Raised where a file is read for a task that was cancelled."""


@contextmanager
def stopped_by(stop: threading.Event) -> Iterator[None]:
    """What is read in this thread meanwhile is given up when ``stop`` is set."""
    token = _stop.set(stop)
    try:
        yield
    finally:
        _stop.reset(token)


def stop_in_force() -> threading.Event | None:
    """The event of the innermost `stopped_by` of this thread."""
    return _stop.get()


@dataclass
class _Reading:
    """A request in hand. large: whether it has the large limit. deadline: seconds of the monotonic clock. reason: why
    its process was killed."""

    process: Process
    large: bool
    deadline: float
    stop: threading.Event | None
    reason: Reason = ""


class ReaderPool:
    """Processes that read files. Every method may be called from any thread. limits: by default of the environment."""

    def __init__(self, limits: ReadLimits | None = None) -> None:
        self.limits = limits or limits_of_environment()
        self._changed = threading.Condition()
        self._waiting: deque[tuple[object, bool]] = deque()  # and whether they need the large limit
        self._working = 0
        self._large = False  # the place of the large file is taken
        self._idle: list[Process] = []
        self._readings: list[_Reading] = []
        self._last = time.monotonic()
        self._watched = self._closed = False

    def read(
        self,
        job: str,
        fields: dict[str, Any] | None = None,
        *,
        path: Path | None = None,
        data: bytes | None = None,
        most_bytes: int = 0,
    ) -> tuple[dict[str, Any], list[np.ndarray]]:
        """The fields and arrays that a job of `jobs` returns for a file, given by its path or its bytes.

        most_bytes: of the arrays. Raises MarkError if the file cannot be used or meets a limit, Stopped if the task for
        which it is read is cancelled (see `stopped_by`).
        """
        request = {"job": job, "fields": fields or {}, "path": None if path is None else str(path)}
        answer = self._read(request, data, most_bytes, large=False)
        if answer is None and self.limits.most_megabytes > self.limits.megabytes:
            answer = self._read(request, data, most_bytes, large=True)
        if answer is None:
            raise MarkError(TOO_MUCH)
        head, parts = answer
        state = head.get("state")
        if state == "done" and isinstance(head.get("fields"), dict):
            return head["fields"], parts
        if state == "refused":
            raise MarkError(_sentence(head.get("message")))
        _log.error("the job %s failed: %s", job, str(head.get("trace"))[:_LONGEST])
        raise MarkError(BREAKS)

    def processes(self) -> list[int]:
        """The ids of the processes."""
        with self._changed:
            return [process.id for process in (*self._idle, *(one.process for one in self._readings))]

    def warm(self) -> None:
        """Start a process, so that the first file need not wait for it."""
        with self._changed:
            if self._idle or self._working or self._closed:
                return
        try:
            self._give_back(Process(self.limits.most_megabytes))
        except OSError:
            _log.exception("no process to read files can be started")

    def close(self) -> None:
        """End all processes. What is being read is given up."""
        with self._changed:
            self._closed = True
            doomed, self._idle = self._idle, []
            for reading in self._readings:
                reading.reason = "closed"
                reading.process.kill()
            self._changed.notify_all()
        for process in doomed:
            process.end()

    def _read(
        self, request: dict[str, Any], data: bytes | None, most_bytes: int, large: bool
    ) -> tuple[dict[str, Any], list[np.ndarray]] | None:
        """The answer of a process; None if it needs more memory."""
        stop = _stop.get()
        with self._place(stop, large):
            process = self._process()
            megabytes = self.limits.most_megabytes if large else self.limits.megabytes
            head = {**request, "megabytes": megabytes, "seconds": self.limits.seconds}
            with self._watch(process, stop, large) as reading:
                try:
                    answer = process.ask(head, data, most_bytes)
                except (OSError, ValueError, WireError) as error:
                    answer, failure = None, error
            if answer is not None and reading.reason == "":
                memory = answer[0].get("state") == "memory"
                if memory or large or process.gives_way or process.requests >= _MOST_REQUESTS:
                    process.end()  # what it has taken goes back to the system
                else:
                    self._give_back(process)
                return None if memory else answer
            code = process.end()
        if reading.reason == "stop":
            raise Stopped
        if reading.reason == "time":
            raise MarkError(TOO_SLOW)
        if reading.reason == "closed":
            raise MarkError(NO_READER)
        _log.warning("a process that read a file has ended with %s: %s", code, failure)
        if code == MEMORY_EXIT or not large:
            return None  # where memory is short, libraries end their process as well
        raise MarkError(BREAKS)

    @contextmanager
    def _place(self, stop: threading.Event | None, large: bool) -> Iterator[None]:
        """A place among those that read, first come first served; one of them is for large files."""
        ticket = (object(), large)
        with self._changed:
            self._waiting.append(ticket)
            try:
                while not self._is_next(ticket):
                    if self._closed:
                        raise MarkError(NO_READER)
                    if stop is not None and stop.is_set():
                        raise Stopped
                    self._changed.wait(_STEP if stop is not None else None)
                self._working += 1
                self._large = self._large or large
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._working -= 1
                if large:
                    self._large = False
                self._last = time.monotonic()
                self._changed.notify_all()

    def _is_next(self, ticket: tuple[object, bool]) -> bool:
        """Whether nobody waits who came before and could begin."""
        slow = sum(reading.process.gives_way for reading in self._readings)
        if self._working - slow >= self.limits.processes or self._working >= 2 * self.limits.processes:
            return False
        if ticket[1] and self._large:
            return False
        ready = (one for one in self._waiting if not (one[1] and self._large))
        return next(ready, None) is ticket

    def _process(self) -> Process:
        with self._changed:
            if self._closed:
                raise MarkError(NO_READER)
            while self._idle:
                process = self._idle.pop()
                if not process.has_ended():
                    return process
                process.end()
        try:
            return Process(self.limits.most_megabytes)
        except OSError as error:
            _log.exception("no process to read files can be started")
            raise MarkError(NO_READER) from error

    def _give_back(self, process: Process) -> None:
        with self._changed:
            if not self._closed:
                self._idle.append(process)
                self._begin_watching()
                return
        process.end()

    @contextmanager
    def _watch(self, process: Process, stop: threading.Event | None, large: bool) -> Iterator[_Reading]:
        """Have the process killed at its deadline, or when ``stop`` is set."""
        reading = _Reading(process, large, time.monotonic() + self.limits.seconds, stop)
        with self._changed:
            if self._closed:
                process.kill()
                reading.reason = "closed"
            self._readings.append(reading)
            self._begin_watching()
            self._changed.notify_all()
        try:
            yield reading
        finally:
            with self._changed:
                self._readings.remove(reading)

    def _begin_watching(self) -> None:
        if not self._watched:
            self._watched = True
            threading.Thread(target=self._keep_watch, daemon=True, name="readers").start()

    def _keep_watch(self) -> None:
        while True:
            with self._changed:
                if self._closed:
                    return
                now = time.monotonic()
                for reading in self._readings:
                    if reading.stop is not None and reading.stop.is_set():
                        reading.reason = reading.reason or "stop"
                    elif now > reading.deadline:
                        reading.reason = reading.reason or "time"
                    elif now > reading.deadline - self.limits.seconds + _SHORT:
                        reading.process.give_way()
                        self._changed.notify_all()  # there is a place for another
                    if reading.reason:
                        reading.process.kill()
                spare: list[Process] = []
                if not self._working and now - self._last > _IDLE_SECONDS:
                    spare, self._idle = self._idle[1:], self._idle[:1]
                self._changed.wait(_STEP if self._readings else _IDLE_SECONDS)
            for process in spare:
                process.end()


_shared_lock = threading.Lock()
_shared: list[ReaderPool] = []


def shared_pool() -> ReaderPool:
    """The pool of this process. Raises MarkError if the environment names limits that make no sense."""
    with _shared_lock:
        if not _shared:
            _shared.append(ReaderPool())
            atexit.register(_shared[0].close)
        return _shared[0]


def _sentence(value: Any) -> Message:
    """A sentence of a reading process, which is no more trusted than the file that it has read."""
    try:
        return read_message(value, _LONGEST)
    except (KeyError, TypeError, ValueError, OverflowError):
        return BREAKS
