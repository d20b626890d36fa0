"""Workers do what the server's own process would do, and nothing is lost when they are stopped or end."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from mark_core import MarkError, WordIndex
from mark_core.isolation.pool import Stopped, stopped_by
from mark_core.message import Message
from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.model.weights import from_bytes, to_bytes
from mark_core.retrieval.indexed import IndexedPage
from mark_core.workers import pool as module
from mark_core.workers.indexer import WorkerIndexer
from mark_core.workers.pool import WorkerPool, workers_of_environment
from tests.conftest import make_page


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(1)
    yield pool
    pool.close()
    assert pool.processes() == []


@pytest.fixture(scope="module")
def model(random_model: MarkModel) -> MarkModel:
    """Weights as a file has them."""
    return MarkModel(from_bytes(random_model.network.config, to_bytes(random_model.network)), device="cpu")


def assert_same(one: IndexedPage, other: IndexedPage) -> None:
    assert (one.words, one.alternatives, one.script) == (other.words, other.alternatives, other.script)
    for encodings in ((one.encoding, other.encoding), (one.alternative_encoding, other.alternative_encoding)):
        for part in fields(Encoding):
            left, right = (getattr(encoding, part.name) for encoding in encodings)
            np.testing.assert_allclose(left, right, atol=1e-3)
    assert (one.lines is None) == (other.lines is None)
    if one.lines is not None and other.lines is not None:
        assert [line.along.tolist() for line in one.lines.lines] == [
            line.along.tolist() for line in other.lines.lines
        ]


def test_a_worker_finds_what_this_process_finds(pool: WorkerPool, model: MarkModel) -> None:
    page, _ = make_page()
    here, there = WordIndex(model), WordIndex(model, WorkerIndexer(pool))
    told: list[tuple[str, float]] = []
    for index in (here, there):
        index.add(index.upright(page), progress=lambda step, share: told.append((step, share)))
    assert_same(here.pages[0], there.pages[0])
    assert there.pages[0].page is page
    half = len(told) // 2
    assert told[:half] == told[half:]


def test_another_model_is_told_apart(pool: WorkerPool, model: MarkModel, wordwise_model: MarkModel) -> None:
    page, words = make_page()
    other = MarkModel(
        from_bytes(wordwise_model.network.config, to_bytes(wordwise_model.network)), device="cpu"
    )
    here, there = WordIndex(model), WordIndex(model, WorkerIndexer(pool))
    for index in (here, there):
        index.add(page, words)
        index.set_model(other)
        index.set_model(model)
        index.set_model(other)
    assert_same(here.pages[0], there.pages[0])


def test_what_a_worker_refuses_is_said_as_it_is_here(pool: WorkerPool, model: MarkModel) -> None:
    page, words = make_page()
    index = WordIndex(model, WorkerIndexer(pool))
    with pytest.raises(MarkError) as told:
        index.add(page, words, script="no such")
    with pytest.raises(MarkError) as here:
        WordIndex(model).add(page, words, script="no such")
    assert told.value.message == here.value.message
    assert not index.pages


def test_a_job_is_done_once_more_when_its_worker_ends(pool: WorkerPool, model: MarkModel) -> None:
    page, words = make_page()
    index = WordIndex(model, WorkerIndexer(pool))
    killed: list[int] = []

    def kill(step: str, share: float) -> None:
        if not killed:
            (process,) = pool.processes()
            killed.append(process)
            os.kill(process, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    index.add(page, words, progress=kill)
    assert (len(killed), len(index.pages)) == (1, 1)
    assert killed[0] not in pool.processes()


def test_a_job_whose_worker_ends_twice_is_refused(
    pool: WorkerPool, model: MarkModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(WorkerPool, "_ask", lambda *arguments: asked.append(arguments) or module.ENDED)
    page, words = make_page()
    index = WordIndex(model, WorkerIndexer(pool))
    with pytest.raises(MarkError) as told:
        index.add(page, words)
    assert told.value.message == module.BREAKS
    assert len(asked) == 2
    assert not index.pages


def test_a_cancelled_job_ends_and_its_worker_goes_on(
    pool: WorkerPool, model: MarkModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 600.0)  # on a busy machine, too
    page, words = make_page()
    index = WordIndex(model, WorkerIndexer(pool))
    pool.warm(model)
    before, stop = pool.processes(), threading.Event()
    with pytest.raises(Stopped), stopped_by(stop):
        index.add(page, words, progress=lambda step, share: stop.set())
    assert not index.pages
    assert pool.processes() == before
    index.add(page, words)
    assert pool.processes() == before


def test_a_job_that_does_not_end_is_killed(
    pool: WorkerPool, model: MarkModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", -1.0)
    pool.warm(model)
    (before,) = pool.processes()
    stop = threading.Event()
    stop.set()
    page, words = make_page()
    with stopped_by(threading.Event()), pytest.raises(ZeroDivisionError):
        WordIndex(model, WorkerIndexer(pool)).add(page, words, progress=lambda step, share: 1 / 0)
    assert before not in pool.processes()


def test_one_who_waits_can_be_cancelled(pool: WorkerPool, model: MarkModel) -> None:
    page, words = make_page()
    begun, go_on, stop = threading.Event(), threading.Event(), threading.Event()

    def hold(step: str, share: float) -> None:
        begun.set()
        go_on.wait(20)

    first = threading.Thread(
        target=WordIndex(model, WorkerIndexer(pool)).add, args=(page, words, "auto", hold)
    )
    first.start()
    assert begun.wait(60)
    ended: list[type] = []

    def wait() -> None:
        with stopped_by(stop):
            try:
                pool.run("ready", model)
            except Stopped:
                ended.append(Stopped)

    second = threading.Thread(target=wait)
    second.start()
    time.sleep(0.05)
    stop.set()
    second.join(10)
    assert ended == [Stopped]
    go_on.set()
    first.join(60)


def test_a_worker_ends_with_its_server(model: MarkModel) -> None:
    """Its input is closed when the server is no more, however that came."""
    worker = module.Worker(0)
    worker.begin("ready", model, (), 1)
    assert worker.messages.get(timeout=60) == ("done", None)
    assert worker._process.stdin is not None
    worker._process.stdin.close()
    assert worker.messages.get(timeout=20) == module.ENDED


@pytest.mark.parametrize("entry", ["-1", "two", "65", "1.5"])
def test_the_number_of_workers_is_checked(entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(module.VARIABLE, entry)
    with pytest.raises(MarkError, match="MARK_WORKERS"):
        workers_of_environment()


def test_the_number_of_workers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(module.VARIABLE, "3")
    assert workers_of_environment() == 3
    monkeypatch.setenv(module.VARIABLE, "")
    monkeypatch.setattr(module, "best_device", lambda: "cuda")
    assert workers_of_environment() == 0
    assert isinstance(module.BREAKS, Message)
