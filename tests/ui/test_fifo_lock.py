from __future__ import annotations

import threading

import pytest

from mark_core import MarkError
from mark_core.ui.turns import Turns


def test_turns_come_in_order_and_one_at_a_time() -> None:
    turns, stop, done = Turns(3, "Full."), threading.Event(), []
    mine = turns.join()
    others = [turns.join(), turns.join()]

    def work(number: int) -> None:
        assert turns.wait(others[number], stop)
        done.append(number)
        turns.leave(others[number])

    threads = [threading.Thread(target=work, args=(number,)) for number in (1, 0)]
    for thread in threads:
        thread.start()
    assert turns.wait(mine, stop)
    assert [turns.ahead(turn) for turn in others] == [1, 2]
    assert done == []
    turns.leave(mine)
    for thread in threads:
        thread.join(10)
    assert done == [0, 1]


def test_too_many_are_refused_and_a_waiting_one_can_give_up() -> None:
    turns, stop = Turns(2, "Full."), threading.Event()
    first, second = turns.join(), turns.join()
    with pytest.raises(MarkError, match="Full"):
        turns.join()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(turns.wait(second, stop)))
    thread.start()
    stop.set()
    turns.wake()
    thread.join(10)
    assert answers == [False]
    turns.leave(second)
    turns.leave(first)
    assert turns.ahead(turns.join()) == 0
