"""What hostile files cost their visitor, and nobody else."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from benchmarks.hosting import hostile_files as hostile
from mark_core.isolation import pool as reading
from mark_core.isolation.limits import ReadLimits
from mark_core.isolation.pool import TOO_SLOW, ReaderPool
from mark_core.ui.server import Server

from ..tabs import Tab, notices, upload

SLOW = hostile.jpeg_of_scans(400, 4000)  # half a minute


@pytest.fixture(autouse=True)
def pool(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Processes of this test alone, with the patience of a server."""
    pool = ReaderPool(ReadLimits(processes=2, seconds=20.0))
    monkeypatch.setattr(reading, "_shared", [pool])
    yield pool
    pool.close()


def sent(server: Server, name: str, data: bytes) -> dict[str, str]:
    path = server.store.upload_folder / name
    path.write_bytes(data)
    return {"path": str(path), "name": name}


def until_read(pool: ReaderPool) -> None:
    deadline = time.monotonic() + 20
    while not pool._readings:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("name", ["slow.jpg", "slow.zip"])
def test_cancelling_an_upload_ends_its_process_within_two_seconds(
    server: Server, pool: ReaderPool, name: str
) -> None:
    tab, _ = Tab.arrive(server)
    data = SLOW if name == "slow.jpg" else hostile.zip_of(("a.jpg", SLOW))
    views = tab.stream("uploads", "add_files", files=[sent(server, name, data)], direction="auto")
    next(views)
    until_read(pool)
    begun = time.monotonic()
    tab.view("uploads", "cancel")
    (*_, view) = views
    assert time.monotonic() - begun < 2
    assert view["uploads"] == []
    assert notices(view) == ["Cancelled. The pages that were ready stay."]
    assert pool._readings == []


def test_others_go_on_while_a_file_takes_long(server: Server, pool: ReaderPool) -> None:
    hostile_tab, _ = Tab.arrive(server, "first")
    views = hostile_tab.stream(
        "uploads", "add_files", files=[sent(server, "slow.jpg", SLOW)], direction="auto"
    )
    next(views)
    until_read(pool)
    other, _ = Tab.arrive(server, "second")
    begun = time.monotonic()
    other.view("search", "search", text="one")
    view = other.add(upload(server, "b.png"))
    assert [page["title"] for page in view["pages"][1:]] == ["b.png"]
    assert time.monotonic() - begun < 10
    assert len(pool._readings) == 1
    hostile_tab.view("uploads", "cancel")
    list(views)


def test_a_limit_met_is_one_sentence_and_loses_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = ReaderPool(ReadLimits(processes=1, seconds=1.5))
    monkeypatch.setattr(reading, "_shared", [short])
    tab, _ = Tab.arrive(server)
    tab.add(upload(server, "b.png"))
    view = tab.add(sent(server, "slow.jpg", SLOW), upload(server, "c.png"))
    assert notices(view) == [f"slow.jpg: {TOO_SLOW}"]
    assert [page["title"] for page in view["pages"][1:]] == ["b.png", "c.png"]
    short.close()


def test_no_lock_of_a_session_is_held_while_a_file_is_read(server: Server, pool: ReaderPool) -> None:
    tab, _ = Tab.arrive(server)
    views = tab.stream("uploads", "add_files", files=[sent(server, "slow.jpg", SLOW)], direction="auto")
    next(views)
    until_read(pool)
    free: list[bool] = []

    def try_locks() -> None:
        for lock in (tab.session.words_lock, tab.session.state_lock):
            free.append(lock.acquire(timeout=1.0))
            if free[-1]:
                lock.release()

    thread = threading.Thread(target=try_locks)
    thread.start()
    thread.join()
    assert free == [True, True]
    tab.view("uploads", "cancel")
    list(views)
