"""The limits of reading processes, and that whoever meets one costs nobody else anything."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks.hosting import hostile_files as hostile
from mark_core import MarkError, Page
from mark_core.isolation import pool as module
from mark_core.isolation.files import Upload, open_pages
from mark_core.isolation.limits import ReadLimits, limits_of_environment
from mark_core.isolation.pool import BREAKS, NO_READER, TOO_MUCH, TOO_SLOW, ReaderPool, Stopped, stopped_by
from tests.helpers.page_files import encode

SLOW = hostile.jpeg_of_scans(400, 4000)  # half a minute
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks the system")


@contextmanager
def pool_of(**limits: Any) -> Iterator[ReaderPool]:
    pool = ReaderPool(ReadLimits(**limits))
    try:
        yield pool
    finally:
        pool.close()


@pytest.fixture
def picture() -> bytes:
    return encode(Image.fromarray(np.arange(60 * 80, dtype=np.uint8).reshape(60, 80)), "PNG")


def first(pool: ReaderPool, data: bytes) -> Page:
    return next(open_pages(Upload(data=data, pool=pool), "a"))


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def test_what_takes_too_long_is_given_up_and_the_next_file_is_read(picture: bytes) -> None:
    with pool_of(processes=1, seconds=1.0) as pool:
        begun = time.monotonic()
        with pytest.raises(MarkError) as told:
            first(pool, SLOW)
        assert told.value.message == TOO_SLOW
        assert time.monotonic() - begun < 10
        assert first(pool, picture).pixels.shape == (60, 80, 3)


def test_a_file_that_needs_more_memory_is_read_with_more(picture: bytes) -> None:
    large = hostile.png_of_zeros(4000, 4000, 8, 3)
    with pool_of(processes=1, seconds=60.0, megabytes=150, most_megabytes=600) as pool:
        assert first(pool, large).pixels.shape == (4000, 4000, 3)
    with pool_of(processes=1, seconds=60.0, megabytes=150, most_megabytes=200) as pool:
        with pytest.raises(MarkError) as told:
            first(pool, large)
        assert told.value.message == TOO_MUCH
        assert first(pool, picture).width == 80


@LINUX
def test_the_system_keeps_a_process_to_its_memory() -> None:
    """Whatever it says of itself: JSON that grows to many times its size."""
    with pool_of(processes=1, seconds=60.0, megabytes=128, most_megabytes=160) as pool:
        data = b'{"@type":"sc:Manifest","a":[' + b"{}," * 3_000_000 + b"0]}"
        with pytest.raises(MarkError) as told:
            Upload(data=data, pool=pool).read("read_info")
        assert told.value.message == TOO_MUCH


def test_cancelling_ends_a_process_within_two_seconds(picture: bytes) -> None:
    with pool_of(processes=1, seconds=60.0) as pool:
        pool.warm()
        stop, ended = threading.Event(), []

        def work() -> None:
            with stopped_by(stop):
                try:
                    first(pool, SLOW)
                except Stopped:
                    ended.append(time.monotonic())

        thread = threading.Thread(target=work)
        thread.start()
        until(lambda: bool(pool._readings))
        (process,) = pool.processes()
        cancelled = time.monotonic()
        stop.set()
        thread.join(20)
        assert ended[0] - cancelled < 2
        assert not is_there(process)
        assert first(pool, picture).width == 80


def test_cancelling_ends_waiting_too() -> None:
    with pool_of(processes=1, seconds=60.0) as pool:
        stops = [threading.Event(), threading.Event()]
        ended: list[int] = []

        def work(number: int) -> None:
            with stopped_by(stops[number]), pytest.raises(Stopped):
                first(pool, SLOW)
            ended.append(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
        threads[0].start()
        until(lambda: bool(pool._readings))
        threads[1].start()
        until(lambda: len(pool._waiting) == 1)
        stops[1].set()
        threads[1].join(2)
        assert ended == [1]
        stops[0].set()
        threads[0].join(2)
        assert ended == [1, 0]


@contextmanager
def slow_reading(pool: ReaderPool) -> Iterator[threading.Thread]:
    """A thread that reads what takes long, for as long as the block."""
    stop = threading.Event()

    def work() -> None:
        with stopped_by(stop), pytest.raises(Stopped):
            first(pool, SLOW)

    thread = threading.Thread(target=work)
    thread.start()
    until(lambda: bool(pool._readings))
    try:
        yield thread
    finally:
        stop.set()
        thread.join(5)


def test_nobody_waits_for_a_file_that_takes_long(picture: bytes) -> None:
    with pool_of(processes=2, seconds=30.0) as pool, slow_reading(pool) as thread:
        begun = time.monotonic()
        for _ in range(3):
            assert first(pool, picture).width == 80
        assert time.monotonic() - begun < 10
        assert thread.is_alive()


def test_others_take_the_place_of_what_takes_long(picture: bytes) -> None:
    with pool_of(processes=1, seconds=60.0) as pool, slow_reading(pool) as thread:
        begun = time.monotonic()
        assert first(pool, picture).width == 80
        assert time.monotonic() - begun < 10
        assert thread.is_alive()


@LINUX
def test_a_process_that_dies_costs_a_sentence(picture: bytes) -> None:
    with pool_of(processes=1, seconds=60.0) as pool:
        told: list[MarkError] = []

        def work() -> None:
            try:
                first(pool, SLOW)
            except MarkError as error:
                told.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        for _ in range(2):  # it is tried again with more memory
            until(lambda: bool(pool._readings) and is_there(pool.processes()[0]))
            process = pool.processes()[0]
            os.kill(process, 9)
            until(lambda process=process: process not in pool.processes())
        thread.join(20)
        assert [error.message for error in told] == [BREAKS]
        assert first(pool, picture).width == 80


def test_what_is_read_when_the_server_ends_is_given_up() -> None:
    pool = ReaderPool(ReadLimits(processes=1, seconds=60.0))
    told: list[Any] = []

    def work() -> None:
        try:
            first(pool, SLOW)
        except MarkError as error:
            told.append(error.message)

    thread = threading.Thread(target=work)
    thread.start()
    until(lambda: bool(pool._readings))
    (process,) = pool.processes()
    pool.close()
    thread.join(5)
    assert told == [NO_READER]
    assert not is_there(process)
    with pytest.raises(MarkError):
        first(pool, b"x")


@LINUX
def test_processes_end_with_a_server_that_is_killed() -> None:
    code = (
        "import os; from mark_core.isolation.pool import ReaderPool; from mark_core.isolation.files import Upload; "
        "pool = ReaderPool(); "
        "print(Upload(data=b'{}', pool=pool).read('read_info')[0], pool.processes()[0], flush=True); "
        "os.kill(os.getpid(), 9)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == -9
    process = int(found.stdout.split()[-1])
    until(lambda: not is_there(process) or "Z" in Path(f"/proc/{process}/stat").read_text().split(")")[1], 10)


def test_processes_are_used_again_and_replaced_after_many_files(
    picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_REQUESTS", 6)
    with pool_of(processes=1) as pool:
        used = []
        for _ in range(4):
            first(pool, picture)  # two requests
            used.append(tuple(pool.processes()))
        assert used[0] == used[1] != used[3]
        assert used[2] == ()


def test_no_more_files_are_read_at_a_time_than_allowed(picture: bytes) -> None:
    with pool_of(processes=2) as pool:
        most = []

        def work() -> None:
            for _ in range(5):
                first(pool, picture)
                most.append(len(pool._readings))

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(most) == 30
        assert max(most) <= 2
        assert len(pool.processes()) <= 2


@LINUX
def test_a_process_knows_no_secrets_and_writes_no_files(
    picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARK_TEST_TOKEN", "secret")
    with pool_of(processes=1) as pool:
        first(pool, picture)
        (process,) = pool.processes()
        assert b"secret" not in Path(f"/proc/{process}/environ").read_bytes()
        limits = Path(f"/proc/{process}/limits").read_text()
        size = next(line for line in limits.splitlines() if line.startswith("Max file size"))
        assert size.split()[3:5] == ["0", "0"]


def test_a_process_loads_neither_torch_nor_gradio() -> None:
    code = (
        "import sys; import mark_core.isolation.worker, mark_core.isolation.jobs, mark_core.export.layout_file; "
        "print([name for name in ('torch', 'gradio', 'pandas', 'scipy', 'timm') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "message",
    [
        None,
        {"id": "{a:>999999999}", "values": {"a": 1}},
        {"id": "{a.b}", "values": {"a": "x"}},
        {"id": "x" * 10_000, "values": {}},
    ],
)
def test_a_sentence_of_a_process_is_not_trusted(message: Any) -> None:
    assert module._sentence(message) == BREAKS


def test_limits_are_set_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARK_READERS", "2")
    monkeypatch.setenv("MARK_READ_SECONDS", "5")
    monkeypatch.setenv("MARK_READ_MEMORY_MB", "200")
    assert limits_of_environment() == ReadLimits(2, 5, 200, 200)
    for wrong in ("0", "many", "-1", "9" * 30):
        monkeypatch.setenv("MARK_READERS", wrong)
        with pytest.raises(MarkError, match="MARK_READERS must be a whole number from 1 to 64"):
            limits_of_environment()
