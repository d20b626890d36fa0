from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mark_core import MarkError
from mark_core.ui import intake as module
from mark_core.ui.arrivals import page_job
from mark_core.ui.collection import Collection
from mark_core.ui.intake import LOOKUPS, QUEUED, STOPPING, WAITING, Intake, Job
from mark_core.ui.limits import Limits
from mark_core.ui.session import Session
from mark_core.ui.trouble import TROUBLE

from .fakes import FakeIndex, fake_page


def finish(intake: Intake) -> None:
    for _ in intake.follow(0.05):
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
    return [notice["text"] for notice in session.view()["notices"]]


def test_jobs_are_done_one_after_the_other() -> None:
    seen: list[str] = []
    intake = Intake(seen.append)
    gate = threading.Event()

    def work(job: Job) -> None:
        gate.wait(20)
        job.report("Finding words", 0.5)
        seen.append(job.title)

    intake.put([Job("a", work), Job("b", work)])
    assert [(job.title, job.step) for job in intake.jobs] == [("a", WAITING), ("b", WAITING)]
    intake.put([Job("c", work)])
    gate.set()
    finish(intake)
    assert seen == ["a", "b", "c"]
    assert intake.jobs == []


def test_a_job_that_fails_costs_a_sentence() -> None:
    said: list[str] = []
    intake = Intake(said.append)

    def refuse(job: Job) -> None:
        raise MarkError("This is no page.")

    def fail(job: Job) -> None:
        raise ZeroDivisionError

    intake.put([Job("a", refuse), Job("b", fail)])
    finish(intake)
    assert said == ["a: This is no page.", f"b: {TROUBLE}"]


def test_cancelling_keeps_what_is_done(session: Session) -> None:
    gate, reached = threading.Event(), threading.Event()

    def pages():
        yield fake_page("one")
        reached.set()
        gate.wait(20)
        yield fake_page("two")

    session.intake.put([page_job(session, "x.pdf", pages), page_job(session, "y.pdf", pages)])
    reached.wait(20)
    assert session.intake.stop()
    assert [(job.title, job.step) for job in session.intake.jobs] == [("x.pdf", STOPPING)]
    gate.set()
    finish(session.intake)
    assert [sheet.title for sheet in session.sheets] == ["one"]
    assert told(session) == []
    assert not session.intake.stop()


def test_one_waiting_file_is_left_out(session: Session) -> None:
    gate = threading.Event()

    def pages(name: str):
        gate.wait(20)
        yield fake_page(name)

    jobs = [page_job(session, name, lambda name=name: pages(name)) for name in "abc"]
    session.intake.put(jobs)
    assert session.intake.stop(jobs[1].id)
    assert not session.intake.stop("unknown")
    gate.set()
    finish(session.intake)
    assert [sheet.title for sheet in session.sheets] == ["a", "c"]


def test_pages_are_counted_where_the_source_knows_how_many_there_are(session: Session) -> None:
    steps: list[tuple[str, int, int]] = []
    job = page_job(session, "x", lambda: iter([fake_page("a"), fake_page("b"), fake_page("c")]))
    job.changed = lambda: steps.append((job.step, job.number, job.total))
    job.work(job)
    assert ("Finding words", 2, 3) in steps
    assert max(steps, key=lambda step: step[1])[1:] == (3, 3)


def test_a_full_desk_says_so_once(session: Session) -> None:
    names = iter("abcdefgh")
    session.intake.put(
        [
            page_job(session, "x.zip", lambda: map(fake_page, names)),
            *(page_job(session, name, lambda: iter([fake_page("late")])) for name in ("y.png", "z.png")),
        ]
    )
    finish(session.intake)
    assert len(session.sheets) == 4
    assert len(told(session)) == 1
    assert told(session)[0].startswith("x.zip: At most 4 pages")
    assert session.intake.jobs == []


def test_a_source_that_only_fails_is_given_up(session: Session) -> None:
    class Broken:
        calls = 0

        def __iter__(self):
            return self

        def __next__(self):
            Broken.calls += 1
            raise MarkError("This page is damaged.")

    session.intake.put([page_job(session, "x", Broken)])
    finish(session.intake)
    assert Broken.calls == 3
    assert len(told(session)) == 4


def test_pages_wait_for_their_turn_and_can_still_be_cancelled(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = threading.BoundedSemaphore(1)
    monkeypatch.setattr(module, "TURNS", turns)
    turns.acquire()
    session.intake.put([page_job(session, "x", lambda: iter([fake_page("a")]))])
    until(lambda: session.intake.jobs[0].step == QUEUED)
    session.intake.stop()
    finish(session.intake)
    assert session.sheets == []
    turns.release()
    session.intake.put([page_job(session, "x", lambda: iter([fake_page("a")]))])
    finish(session.intake)
    assert len(session.sheets) == 1


def test_an_older_follower_ends_when_another_comes(session: Session) -> None:
    gate = threading.Event()
    session.intake.put([Job("x", lambda job: gate.wait(20))])
    old = session.intake.follow(0.05)
    next(old)
    new = session.intake.follow(0.05)
    next(new)
    assert list(old) == []
    gate.set()
    list(new)


def test_an_address_is_looked_up_beside_what_waits(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, answered = threading.Event(), threading.Event()
    session.intake.put([Job("slow", lambda job: gate.wait(20))])
    session.intake.ask(Job("example.org", lambda job: answered.set()))
    assert answered.wait(20)
    until(lambda: [job.title for job in session.intake.jobs] == ["slow"])
    slow = Job("example.org", lambda job: (gate.wait(20) and job.check()) or session.tell("found"))
    session.intake.ask(slow)
    with pytest.raises(MarkError, match="already"):
        session.intake.ask(Job("example.com", lambda job: None))
    session.intake.stop(slow.id)
    assert [job.title for job in session.intake.jobs] == ["slow"]
    taken = 0
    while LOOKUPS.acquire(blocking=False):
        taken += 1
    with pytest.raises(MarkError, match="Too many"):
        session.intake.ask(Job("example.com", lambda job: None))
    for _ in range(taken):
        LOOKUPS.release()
    gate.set()
    finish(session.intake)
    assert told(session) == []  # what was cancelled is not wanted any more


def test_nothing_is_taken_in_after_the_session_has_ended(session: Session, tmp_path: Path) -> None:
    gate, reached = threading.Event(), threading.Event()

    def pages():
        reached.set()
        gate.wait(20)
        yield fake_page("a")

    session.intake.put([page_job(session, "x", pages)])
    reached.wait(20)
    session.close()
    gate.set()
    until(lambda: not session.intake.jobs)
    session.intake.put([page_job(session, "y", pages)])
    assert session.intake.jobs == []
    assert list(tmp_path.iterdir()) == []
