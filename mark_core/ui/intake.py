"""What is on its way to a desk. One thread a session works through it, while everything else goes on."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mark_core.errors import MarkError
from mark_core.ui.trouble import TROUBLE

WAITING, STOPPING, QUEUED = "Waiting", "Stopping", "Waiting for other visitors' pages"
TURNS = threading.BoundedSemaphore(2)  # pages that are looked at at once, over all sessions of a server
LOOKUPS = threading.BoundedSemaphore(16)  # addresses that are looked up at once, cancelled ones among them
_PATIENCE = 0.3  # seconds between two looks at whether a job shall stop

_log = logging.getLogger(__name__)


class Stopped(Exception):
    """The visitor cancelled the job."""


@dataclass(eq=False)
class Job:
    """One file, address or project that is taken in.

    work: does it, and reports to the job. number: of the page in hand, 1-based, 0 before the first; total: how many
    there are, 0 if that is not known. step, fraction: what is being done with it and how much of that is done, 0..1.
    """

    title: str
    work: Callable[[Job], None]
    total: int = 1
    number: int = 0
    step: str = WAITING
    fraction: float = 0.0
    stopped: bool = False
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    changed: Callable[[], None] = lambda: None

    def report(self, step: str, fraction: float) -> None:
        """Says what is being done. Raises Stopped when the visitor has cancelled."""
        self.check()
        self.step, self.fraction = step, round(min(1.0, max(0.0, fraction)), 3)
        self.changed()

    def check(self) -> None:
        if self.stopped:
            raise Stopped

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until the server has a thread to spare for looking at a page."""
        if not TURNS.acquire(blocking=False):
            self.report(QUEUED, 0.0)
            while not TURNS.acquire(timeout=_PATIENCE):
                self.check()
        try:
            yield
        finally:
            TURNS.release()

    def to_view(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "step": self.step,
            "fraction": self.fraction,
            "number": self.number,
            "total": self.total,
        }


class Intake:
    """The jobs of one session, first come first served. Every method may be called from any thread.

    tell: hears one sentence about each job that failed.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._jobs: list[Job] = []
        self._running = False  # the thread that does them
        self._question: Job | None = None  # what is done beside them, in a thread of its own
        self._closed = False
        self._changes = 0
        self._follower = 0
        self._condition = threading.Condition(threading.RLock())

    @property
    def jobs(self) -> list[Job]:
        """The one in hand first."""
        with self._condition:
            return [*self._jobs, *([self._question] if self._question else [])]

    def put(self, jobs: Iterable[Job]) -> None:
        with self._condition:
            if self._closed:
                return
            for job in jobs:
                job.changed = self.touch
                self._jobs.append(job)
            self._changes += 1
            self._condition.notify_all()
            if self._jobs and not self._running:
                self._running = True
                threading.Thread(target=self._run, daemon=True).start()

    def ask(self, job: Job) -> None:
        """Does a short job at once, beside those that wait. Raises MarkError when there is one already, or when the
        server has too many."""
        with self._condition:
            if self._question is not None:
                raise MarkError("One address is being looked up already; please wait for it, or cancel it.")
            if self._closed:
                return
            if not LOOKUPS.acquire(blocking=False):
                raise MarkError(
                    "Too many addresses are being looked up just now; please try again in a minute."
                )
            job.changed = self.touch
            self._question = job
            self._changes += 1
            self._condition.notify_all()
            threading.Thread(target=self._answer, args=(job,), daemon=True).start()

    def stop(self, job_id: str | None = None) -> bool:
        """Cancels one job, or all of them; what is done stays. False when there was none."""
        with self._condition:
            doomed = [job for job in self.jobs if job_id in (None, job.id)]
            for job in doomed:
                job.stopped, job.step = True, STOPPING
            if self._question in doomed:
                self._question = None  # its thread ends by itself, and what it finds is not wanted
            self._jobs = [job for place, job in enumerate(self._jobs) if place == 0 or not job.stopped]
            self._changes += 1
            self._condition.notify_all()
            return bool(doomed)

    def close(self) -> None:
        with self._condition:
            self._closed = True
        self.stop()

    def touch(self) -> None:
        """Something has changed that the browser shall see."""
        with self._condition:
            self._changes += 1
            self._condition.notify_all()

    def follow(self, patience: float = 1.0) -> Iterator[None]:
        """Yields after changes, at least every ``patience`` seconds, until all is taken in.

        One follower is enough for a browser: an older one ends when another comes.
        """
        with self._condition:
            self._follower += 1
            ticket = self._follower
        seen = -1
        while True:
            with self._condition:
                if self._changes == seen and (self._running or self._question):
                    self._condition.wait(patience)
                if ticket != self._follower or self._closed:
                    return
                running, seen = self._running or self._question is not None, self._changes
            yield
            if not running:
                return

    def _run(self) -> None:
        while True:
            with self._condition:
                if not self._jobs:
                    self._running = False
                    self._changes += 1
                    self._condition.notify_all()
                    return
                job = self._jobs[0]
            self._do(job)
            with self._condition:
                self._jobs.remove(job)

    def _answer(self, job: Job) -> None:
        try:
            self._do(job)
        finally:
            LOOKUPS.release()
        with self._condition:
            if self._question is job:
                self._question = None
            self._changes += 1
            self._condition.notify_all()

    def _do(self, job: Job) -> None:
        try:
            job.check()
            job.work(job)
        except Stopped:
            pass
        except MarkError as error:
            if not job.stopped:
                self._tell(f"{job.title}: {error}")
        except Exception:
            _log.exception("taking something in failed")
            self._tell(f"{job.title}: {TROUBLE}")
