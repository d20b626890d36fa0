from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mark_core import MarkError
from mark_core.message import Message
from mark_core.ui.collection.collection import Collection
from mark_core.ui.fifo_lock import FifoLock
from mark_core.ui.replies import UNEXPECTED
from mark_core.ui.session.limits import Limits
from mark_core.ui.session.session import Session
from mark_core.ui.tasks import STOPPING, WAITING, Task
from mark_core.ui.uploads import upload_jobs
from mark_core.ui.uploads.upload_jobs import page_job
from mark_core.ui.uploads.upload_queue import LOOKUPS, MAX_LOOKUPS, WAITING_TO_INDEX, UploadQueue

from ..fakes import FakeIndex, fake_page
from ..tabs import notices


def finish(queue: UploadQueue) -> None:
    for _ in queue.watch(0.05):
        pass


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session("key", Collection(FakeIndex()), tmp_path, Limits(pages=4), 0.0)


def told(session: Session) -> list[str]:
    return notices(session.view())


def test_jobs_are_done_one_after_the_other() -> None:
    seen: list[str] = []
    queue = UploadQueue(lambda message: seen.append(str(message)))
    gate = threading.Event()

    def work(job: Task) -> None:
        gate.wait(20)
        job.report("Finding words", 0.5)
        seen.append(job.title)

    queue.put([Task("a", work), Task("b", work)])
    assert [(job.title, job.progress.step) for job in queue.jobs] == [("a", WAITING), ("b", WAITING)]
    queue.put([Task("c", work)])
    gate.set()
    finish(queue)
    assert seen == ["a", "b", "c"]
    assert queue.jobs == []


def test_a_job_that_fails_costs_a_sentence() -> None:
    said: list[Message] = []
    queue = UploadQueue(said.append)

    def refuse(job: Task) -> None:
        raise MarkError("This is no page.")

    def fail(job: Task) -> None:
        raise ZeroDivisionError

    queue.put([Task("a", refuse), Task("b", fail)])
    finish(queue)
    assert list(map(str, said)) == ["a: This is no page.", f"b: {UNEXPECTED}"]


def test_cancelling_keeps_what_is_done(session: Session) -> None:
    gate, reached = threading.Event(), threading.Event()

    def pages():
        yield fake_page("one")
        reached.set()
        gate.wait(20)
        yield fake_page("two")

    session.upload_queue.put([page_job(session, "x.pdf", pages), page_job(session, "y.pdf", pages)])
    reached.wait(20)
    assert session.upload_queue.cancel()
    assert [(job.title, job.progress.step) for job in session.upload_queue.jobs] == [("x.pdf", STOPPING)]
    gate.set()
    finish(session.upload_queue)
    assert [page.title for page in session.pages] == ["one"]
    assert told(session) == []
    assert not session.upload_queue.cancel()


def test_one_waiting_file_is_left_out(session: Session) -> None:
    gate = threading.Event()

    def pages(name: str):
        gate.wait(20)
        yield fake_page(name)

    jobs = [page_job(session, name, lambda name=name: pages(name)) for name in "abc"]
    session.upload_queue.put(jobs)
    assert session.upload_queue.cancel(jobs[1].id)
    assert not session.upload_queue.cancel("unknown")
    gate.set()
    finish(session.upload_queue)
    assert [page.title for page in session.pages] == ["a", "c"]


def test_pages_are_counted_where_the_source_knows_how_many_there_are(session: Session) -> None:
    steps: list[tuple[str, int, int]] = []
    job = page_job(session, "x", lambda: iter([fake_page("a"), fake_page("b"), fake_page("c")]))
    job.on_report = lambda: steps.append((str(job.progress.step), job.number, job.total))
    job.run()
    assert ("Finding words", 2, 3) in steps
    assert max(steps, key=lambda step: step[1])[1:] == (3, 3)


def test_a_full_session_says_so_once(session: Session) -> None:
    names = iter("abcdefgh")
    session.upload_queue.put(
        [
            page_job(session, "x.zip", lambda: map(fake_page, names)),
            *(page_job(session, name, lambda: iter([fake_page("late")])) for name in ("y.png", "z.png")),
        ]
    )
    finish(session.upload_queue)
    assert len(session.pages) == 4
    assert len(told(session)) == 1
    assert told(session)[0].startswith("x.zip: At most 4 pages")
    assert session.upload_queue.jobs == []


def test_a_source_that_only_fails_is_given_up(session: Session) -> None:
    class Broken:
        calls = 0

        def __iter__(self):
            return self

        def __next__(self):
            Broken.calls += 1
            raise MarkError("This page is damaged.")

    session.upload_queue.put([page_job(session, "x", Broken)])
    finish(session.upload_queue)
    assert Broken.calls == 3
    assert len(told(session)) == 4


def test_pages_wait_for_their_turn_and_can_still_be_cancelled(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = FifoLock()
    monkeypatch.setattr(upload_jobs, "INDEXING", lock)
    ticket = lock.join()
    session.upload_queue.put([page_job(session, "x", lambda: iter([fake_page("a")]))])
    until(lambda: session.upload_queue.jobs[0].progress.step.values.get("step") == WAITING_TO_INDEX)
    session.upload_queue.cancel()
    finish(session.upload_queue)
    assert session.pages == []
    lock.leave(ticket)
    session.upload_queue.put([page_job(session, "x", lambda: iter([fake_page("a")]))])
    finish(session.upload_queue)
    assert len(session.pages) == 1


def test_an_older_watcher_ends_when_another_comes(session: Session) -> None:
    gate = threading.Event()
    session.upload_queue.put([Task("x", lambda job: gate.wait(20))])
    old = session.upload_queue.watch(0.05)
    next(old)
    new = session.upload_queue.watch(0.05)
    next(new)
    assert list(old) == []
    gate.set()
    list(new)


def test_an_address_is_looked_up_beside_what_waits(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, answered = threading.Event(), threading.Event()
    session.upload_queue.put([Task("slow", lambda job: gate.wait(20))])
    session.upload_queue.look_up(Task("example.org", lambda job: answered.set()))
    assert answered.wait(20)
    until(lambda: [job.title for job in session.upload_queue.jobs] == ["slow"])
    slow = Task("example.org", lambda job: (gate.wait(20) and job.check()) or session.notify("found"))
    session.upload_queue.look_up(slow)
    with pytest.raises(MarkError, match="already"):
        session.upload_queue.look_up(Task("example.com", lambda job: None))
    session.upload_queue.cancel(slow.id)
    assert [job.title for job in session.upload_queue.jobs] == ["slow"]
    tickets = [LOOKUPS.join() for _ in range(MAX_LOOKUPS - 1)]  # the cancelled one still runs
    with pytest.raises(MarkError, match="Too many"):
        session.upload_queue.look_up(Task("example.com", lambda job: None))
    for ticket in tickets:
        LOOKUPS.leave(ticket)
    gate.set()
    finish(session.upload_queue)
    assert told(session) == []  # what was cancelled is not wanted any more


def test_nothing_is_taken_in_after_the_session_has_ended(session: Session, tmp_path: Path) -> None:
    gate, reached = threading.Event(), threading.Event()

    def pages():
        reached.set()
        gate.wait(20)
        yield fake_page("a")

    session.upload_queue.put([page_job(session, "x", pages)])
    reached.wait(20)
    session.close()
    gate.set()
    until(lambda: not session.upload_queue.jobs)
    session.upload_queue.put([page_job(session, "y", pages)])
    assert session.upload_queue.jobs == []
    assert list(tmp_path.iterdir()) == []
