"""Learning keeps its word about time: steps are counted on a clock that the work itself moves."""

from __future__ import annotations

import copy
import threading

import numpy as np
import pytest

from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel, load_model
from mark_core.training import adapt as module
from mark_core.training.adapt import adapt
from mark_core.training.hand.time_budget import Stopped, TimeBudget
from mark_core.training.lexicon import Lexicon
from mark_core.training.word_vectors import words_within
from tests.conftest import encoding_that_reads

WIDTH, CROPS = 50, 120


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Processor:
    """Reads crops and learns at a pace of its own, in seconds of the clock. better: what is read is surer every time,
    so that every state is better than the last."""

    def __init__(self, monkeypatch, a_crop: float, a_step: float) -> None:
        self.clock, self.a_crop, self.a_step = Clock(), a_crop, a_step
        self.steps, self.crops, self.stop, self.stop_at = 0, 0, threading.Event(), None
        self.network = load_model().network
        monkeypatch.setattr(MarkModel, "look", self.read)
        monkeypatch.setattr(module, "Learner", lambda *args, **settings: self)
        monkeypatch.setattr(module, "_cycle", self.cycle)

    def read(self, strips, told) -> tuple[Encoding, None]:
        """Stands for ``MarkModel.look``, without the model."""
        self.clock.now += self.a_crop * len(strips)
        self.crops += len(strips)
        return encoding_that_reads(["fort"] * len(strips)), None

    def update(self, batch, step) -> None:
        self.clock.now += self.a_step
        self.steps += 1
        if self.steps == self.stop_at:
            self.stop.set()

    def averaged(self):
        return copy.copy(self.network)

    def cycle(self, learnt, pseudo_labels, before):
        return module.Cycle(learnt, 0.5, min(1.0, 0.1 + self.steps / 1e4), 0.0)

    def learn(self, minutes: float = 2.0, after: float = 2.0, crops: int = CROPS):
        strips = [np.full((48, WIDTH), 200, np.uint8)] * crops
        return adapt(
            load_model(), strips, None, minutes, stop=self.stop, after=after, clock=self.clock, seed=1
        )


def test_a_slow_processor_takes_as_many_steps_as_fit(monkeypatch):
    slow = Processor(monkeypatch, a_crop=0.02, a_step=8.0)
    result = slow.learn()
    taking_up = 2 * CROPS * slow.a_crop
    assert result.improved
    assert len(result.cycles) == 2
    assert 8 <= slow.steps <= 13  # of 100; all would take 800 seconds
    assert slow.clock.now + taking_up <= 120
    assert slow.clock.now + taking_up + 3 * slow.a_step > 120  # no time is wasted either


def test_a_fast_processor_learns_in_full_cycles(monkeypatch):
    fast = Processor(monkeypatch, a_crop=0.001, a_step=0.15)
    result = fast.learn()
    assert len(result.cycles) > 6
    assert fast.steps >= 6 * module.STEPS
    assert 80 < fast.clock.now <= 120


def test_fewer_crops_are_looked_at_where_all_would_take_too_long(monkeypatch):
    slow = Processor(monkeypatch, a_crop=0.12, a_step=0.5)  # all crops once: 144 seconds
    result = slow.learn(after=0.01, crops=1200)
    assert result.improved
    assert module.MIN_LEARNT <= result.cycles[1].learnt < 200
    assert slow.steps >= 20
    assert slow.clock.now <= 120


def test_where_the_time_is_too_short_a_sentence_says_so(monkeypatch):
    slow = Processor(monkeypatch, a_crop=1.0, a_step=8.0)
    result = slow.learn(after=2.0)
    assert (result.improved, slow.steps) == (False, 0)
    assert "too short" in result.sentence
    assert slow.crops <= 2 * 64  # it is told at once


def test_stopping_ends_with_the_step_that_is_under_way(monkeypatch):
    first = Processor(monkeypatch, a_crop=0.001, a_step=0.5)
    first.stop_at = 7
    result = first.learn()
    assert (first.steps, result.improved) == (7, False)
    assert "stopped before" in result.sentence
    second = Processor(monkeypatch, a_crop=0.001, a_step=0.1)
    second.stop_at = module.STEPS + 7
    result = second.learn()
    assert second.steps == module.STEPS + 7
    assert result.improved
    assert len(result.cycles) == 2  # the first cycle is kept
    assert second.crops == 2 * (64 + 2 * CROPS)  # nothing is looked at any more


def test_cycles_that_are_asked_for_are_not_timed(monkeypatch):
    slow = Processor(monkeypatch, a_crop=10.0, a_step=60.0)
    strips = [np.full((48, WIDTH), 200, np.uint8)] * CROPS
    result = adapt(load_model(), strips, None, cycles=2, clock=slow.clock)
    assert (len(result.cycles), slow.steps) == (3, 2 * module.STEPS)


def test_the_pace_follows_what_was_measured_last():
    clock = Clock()
    budget = TimeBudget(100.0, clock)
    assert budget.cost("step") == 0.0
    for seconds in (1.0, 1.0, 1.0):
        with budget.measured("step"):
            clock.now += seconds
    assert budget.cost("step", 2) == pytest.approx(2.2)
    for _ in range(30):  # another program begins
        with budget.measured("step"):
            clock.now += 2.0
    assert budget.cost("step") == pytest.approx(2.2, rel=0.05)
    assert (budget.left, budget.share) == (37.0, 0.63)


def test_work_that_was_stopped_is_not_begun():
    stop = threading.Event()
    budget = TimeBudget(None, Clock(), stop)
    stop.set()
    with pytest.raises(Stopped), budget.measured("step"):
        pytest.fail("begun")


def test_of_a_long_list_the_most_frequent_words_are_looked_at(random_model, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(
        MarkModel,
        "embed_texts",
        lambda model, texts: (
            setattr(clock, "now", clock.now + 0.01 * len(texts)),
            np.zeros((len(texts), model.dim), np.float32),
        )[1],
    )
    letters = "abcdefghij"
    words = [f"{a}{b}{c}" for a in letters for b in letters for c in letters]
    lexicon = Lexicon.of([(word, 1.0 / (1 + rank)) for rank, word in enumerate(words)])
    kept = words_within(random_model, lexicon, 5.0, clock)
    assert set(kept.words) == set(words[:500])
    assert words_within(random_model, lexicon, 100.0, clock) is not None
    assert len(words_within(random_model, lexicon, 100.0, clock)) == 1000
    assert len(words_within(random_model, lexicon, float("inf"), clock)) == 1000
