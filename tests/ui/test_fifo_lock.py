from __future__ import annotations

import threading

import pytest

from mark_core import MarkError
from mark_core.ui.fifo_lock import FifoLock


def test_turns_come_in_order_and_one_at_a_time() -> None:
    lock, stop, done = FifoLock(capacity=3, full="Full."), threading.Event(), []
    mine = lock.join()
    others = [lock.join(), lock.join()]

    def work(number: int) -> None:
        assert lock.wait(others[number], stop)
        done.append(number)
        lock.leave(others[number])

    threads = [threading.Thread(target=work, args=(number,)) for number in (1, 0)]
    for thread in threads:
        thread.start()
    assert lock.wait(mine, stop)
    assert [lock.ahead(ticket) for ticket in others] == [1, 2]
    assert done == []
    lock.leave(mine)
    for thread in threads:
        thread.join(10)
    assert done == [0, 1]


def test_too_many_are_refused_and_a_waiting_one_can_give_up() -> None:
    lock, stop = FifoLock(capacity=2, full="Full."), threading.Event()
    first, second = lock.join(), lock.join()
    with pytest.raises(MarkError, match="Full"):
        lock.join()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(lock.wait(second, stop)))
    thread.start()
    stop.set()
    lock.wake()
    thread.join(10)
    assert answers == [False]
    lock.leave(second)
    lock.leave(first)
    assert lock.ahead(lock.join()) == 0


def test_who_waits_is_told_the_place_and_how_long_it_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("mark_core.ui.fifo_lock.time.monotonic", lambda: now[0])
    lock, stop = FifoLock(slots=2), threading.Event()
    holders, mine = [lock.join(), lock.join(), lock.join()], lock.join()
    assert all(lock.wait(ticket, stop) for ticket in holders[:2])
    assert lock.estimate(3) is None
    places: list[int] = []
    moved = threading.Event()

    def tell(ahead: int) -> None:
        places.append(ahead)
        moved.set()

    thread = threading.Thread(target=lock.wait, args=(mine, stop, tell))
    thread.start()
    assert moved.wait(10)
    moved.clear()
    now[0] = 8.0
    lock.leave(holders[0])
    assert moved.wait(10)
    assert places == [3, 2]
    assert lock.estimate(2) == 4.0  # one of two slots, held for eight seconds
    assert lock.estimate(1) == 0.0
    lock.leave(holders[1])
    thread.join(10)
    assert places == [3, 2]
