from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from mark_core import MarkError
from mark_core.message import Message
from mark_core.ui import tasks as module
from mark_core.ui.fifo_lock import FifoLock
from mark_core.ui.replies import UNEXPECTED, Reply
from mark_core.ui.requests import Request
from mark_core.ui.tasks import AHEAD, QUEUED, STARTING, STOPPING, Task, Tasks


def request(number: int = 1, feature: str = "list_search") -> Request:
    return Request(feature, "search", number)


def states(replies: Iterator[Reply] | list[Reply]) -> list[str]:
    return [reply.state for reply in replies]


def test_a_task_tells_its_steps_and_its_result() -> None:
    def work(task: Task) -> dict[str, int]:
        task.report("Reading", 0.25)
        task.report(Message("Searching"), 1.5)
        return {"words": 3}

    first, *others = Tasks().run(request(), work)
    assert (first.state, first.progress.step) == ("working", STARTING)
    assert [(str(one.progress.step), one.progress.fraction) for one in others[:-1]] == [
        ("Reading", 0.25),
        ("Searching", 1.0),
    ]
    assert (others[-1].state, others[-1].data) == ("done", {"words": 3})


def test_small_steps_are_not_told_one_by_one() -> None:
    def work(task: Task) -> dict[str, int]:
        for done in range(1000):
            task.report("Reading", done / 1000)
        return {}

    assert 40 <= len(list(Tasks().run(request(), work))) <= 60


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(MarkError("No page is open."), "No page is open."), (KeyError("x"), str(UNEXPECTED))],
)
def test_what_goes_wrong_is_a_sentence(error: Exception, sentence: str) -> None:
    def work(task: Task) -> Any:
        raise error

    *_, last = Tasks().run(request(), work)
    assert (last.state, str(last.error)) == ("failed", sentence)


class Slow:
    """Work that waits until it may go on, and reports again."""

    def __init__(self) -> None:
        self.began, self.go_on = threading.Event(), threading.Event()

    def __call__(self, task: Task) -> dict[str, Any]:
        self.began.set()
        assert self.go_on.wait(20)
        task.report("Going on", 0.5)
        return {}


def test_a_newer_request_ends_the_one_before_of_the_same_feature() -> None:
    tasks, old, other, new = Tasks(), Slow(), Slow(), Slow()
    first = tasks.run(request(1), old)
    beside = tasks.run(request(2, "word_clusters"), other)
    second = tasks.run(request(3), new)
    for replies, work in ((first, old), (beside, other), (second, new)):
        next(replies)
        assert work.began.wait(20)
    for work in (old, other, new):
        work.go_on.set()
    assert [states(replies)[-1] for replies in (first, beside, second)] == ["cancelled", "done", "done"]


def test_a_task_is_cancelled_while_it_waits_for_others() -> None:
    lock, tasks, late = FifoLock(), Tasks(), Slow()
    ticket = lock.join()
    replies = tasks.run(request(), late, lock)
    next(replies)
    assert next(replies).progress.step == Message(AHEAD, {"step": QUEUED, "count": 1})
    tasks.cancel("list_search")
    assert states(replies)[-1] == "cancelled"
    assert not late.began.is_set()
    lock.leave(ticket)
    assert lock.ahead(lock.join()) == 0  # it left the queue


def test_the_lock_is_given_back_whatever_happens() -> None:
    lock, tasks = FifoLock(), Tasks()

    def fail(task: Task) -> Any:
        raise ZeroDivisionError

    list(tasks.run(request(), fail, lock))
    assert lock.ahead(lock.join()) == 0


def test_a_cancelled_task_says_that_it_stops() -> None:
    work = Slow()
    task = Task("x", work)
    reports = task.start()
    assert work.began.wait(20)
    task.cancel()
    assert task.progress.step == STOPPING
    work.go_on.set()
    list(reports)
    assert (task.state, task.over) == ("cancelled", True)


def test_somebody_who_waits_hears_of_a_task_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    work = Slow()
    task = Task("x", work)
    reports = task.start()
    assert next(reports) is task.progress
    assert next(reports) is task.progress  # nothing new, but the browser may have gone
    work.go_on.set()
    list(reports)
    assert task.state == "done"
