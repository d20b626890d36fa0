"""The uploads of one session: jobs that are done one after the other in a thread, while everything else goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.ui.fifo_lock import FifoLock
from mark_core.ui.replies import UNEXPECTED
from mark_core.ui.tasks import Task

INDEXING = FifoLock(slots=2)  # pages that are indexed at a time, over all sessions of a server
WAITING_TO_INDEX = Message("Waiting for other visitors' pages")
MAX_LOOKUPS = 16  # addresses that are looked up at a time over all sessions, cancelled ones among them
LOOKUPS = FifoLock(
    MAX_LOOKUPS,
    capacity=MAX_LOOKUPS,
    full="Too many addresses are being looked up just now; please try again in a minute.",
)


class UploadQueue:
    """The upload jobs of one session, first come first served. Every method may be called from any thread.

    notify: called with one sentence about each job that failed.
    """

    def __init__(self, notify: Callable[[Message], None]) -> None:
        self._notify = notify
        self._jobs: list[Task] = []
        self._running = False  # the thread that does them
        self._lookup: Task | None = None  # the address that is looked up beside them, in a thread of its own
        self._closed = False
        self._changes = 0
        self._watcher = 0
        self._condition = threading.Condition(threading.RLock())

    @property
    def jobs(self) -> list[Task]:
        """The one in hand first."""
        with self._condition:
            return [*self._jobs, *([self._lookup] if self._lookup else [])]

    def put(self, jobs: Iterable[Task]) -> None:
        """Add jobs to the end of the queue."""
        with self._condition:
            if self._closed:
                return
            for job in jobs:
                job.on_report = self._touch
                self._jobs.append(job)
            self._touch()
            if self._jobs and not self._running:
                self._running = True
                threading.Thread(target=self._run, daemon=True).start()

    def look_up(self, job: Task) -> None:
        """Do a short job at once, beside those that wait. Raises MarkError when this session does one already, or the
        server too many."""
        with self._condition:
            if self._lookup is not None:
                raise MarkError("One address is being looked up already; please wait for it, or cancel it.")
            if self._closed:
                return
            ticket = LOOKUPS.join()
            job.on_report = self._touch
            self._lookup = job
            self._touch()

        def run() -> None:
            try:
                self._do(job)
            finally:
                LOOKUPS.leave(ticket)
            with self._condition:
                if self._lookup is job:
                    self._lookup = None
                self._touch()

        threading.Thread(target=run, daemon=True).start()

    def cancel(self, job_id: str | None = None) -> bool:
        """Cancel one job, or all; pages that are ready stay. False when there was none."""
        with self._condition:
            doomed = [job for job in self.jobs if job_id in (None, job.id)]
            for job in doomed:
                job.cancel()
            if self._lookup in doomed:
                self._lookup = None  # its thread ends by itself, and what it finds is not wanted
            dropped = [job for job in self._jobs[1:] if job.stop.is_set()]
            self._jobs = [job for job in self._jobs if job not in dropped]
            for job in dropped:
                job.forget()
            self._touch()
            return bool(doomed)

    def close(self) -> None:
        """Cancel everything; nothing can be added afterwards."""
        with self._condition:
            self._closed = True
        self.cancel()

    def watch(self, patience: float = 1.0) -> Iterator[None]:
        """Yields after changes, at least every ``patience`` seconds, until all jobs are done.

        One watcher is enough for a browser: an older one ends when another comes.
        """
        with self._condition:
            self._watcher += 1
            ticket = self._watcher
        seen = -1
        while True:
            with self._condition:
                if self._changes == seen and (self._running or self._lookup):
                    self._condition.wait(patience)
                if ticket != self._watcher or self._closed:
                    return
                running, seen = self._running or self._lookup is not None, self._changes
            yield
            if not running:
                return

    def _touch(self) -> None:
        """Something has changed that the browser is to see."""
        with self._condition:
            self._changes += 1
            self._condition.notify_all()

    def _run(self) -> None:
        while True:
            with self._condition:
                if not self._jobs:
                    self._running = False
                    self._touch()
                    return
                job = self._jobs[0]
            self._do(job)
            with self._condition:
                self._jobs.remove(job)

    def _do(self, job: Task) -> None:
        if not job.stop.is_set():
            job.run()
        job.forget()
        if job.error is not None and (job.error is UNEXPECTED or not job.stop.is_set()):
            self._notify(Message("{title}: {sentence}", {"title": job.title, "sentence": job.error}))
