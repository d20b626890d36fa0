"""A worker learns a hand as this process does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from mark_core.model.mark import MarkModel, load_model
from mark_core.model.strip import to_strip
from mark_core.model.weights import to_bytes
from mark_core.training.adapt import Adaptation, Cycle, adapt
from mark_core.training.lexicon import Lexicon, text_lexicon
from mark_core.workers import learning
from mark_core.workers.pool import WorkerPool
from tests.conftest import draw_word

WORDS = ("orders", "letters", "captain", "march", "fort", "winchester")


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(1)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def strips() -> list[np.ndarray]:
    return [to_strip(draw_word(WORDS[i % 6], 1.0 + 0.02 * (i % 7), 2)) for i in range(66)]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return text_lexicon("\n".join(WORDS))


def unheard(*values: Any) -> None:
    """A report that nobody waits for."""


def test_the_result_is_the_same_and_so_are_the_reports(
    pool: WorkerPool, strips: list[np.ndarray], lexicon: Lexicon
) -> None:
    model, told = load_model(device="cpu"), {"here": [], "there": []}
    common = {"cycles": 0, "seed": 3, "known": {0: "orders"}}
    here = adapt(model, strips, lexicon, progress=lambda *step: told["here"].append(step), **common)
    there = learning.adapt(
        pool,
        model,
        strips,
        lexicon,
        progress=lambda *step: told["there"].append(step),
        stop=threading.Event(),
        watch=unheard,
        **common,
    )
    assert told["there"] == told["here"]
    assert (there.improved, there.sentence) == (here.improved, here.sentence)
    assert there.network is model.network
    assert len(there.cycles) == len(here.cycles) == 1
    assert there.cycles[0].agreement == here.cycles[0].agreement
    assert there.cycles[0].confidence == pytest.approx(here.cycles[0].confidence, abs=1e-4)
    assert pool.processes() == []  # its process is ended


def test_stopped_before_anything_is_learnt(
    pool: WorkerPool, strips: list[np.ndarray], lexicon: Lexicon
) -> None:
    stop = threading.Event()
    found = learning.adapt(
        pool,
        load_model(device="cpu"),
        strips,
        lexicon,
        progress=lambda *step: stop.set(),
        stop=stop,
        watch=unheard,
        minutes=5.0,
    )
    assert (found.improved, found.cycles) == (False, ())
    assert "stopped before" in found.sentence


def test_what_was_learnt_comes_back_as_a_file_would_have_it(random_model: MarkModel) -> None:
    data = to_bytes(random_model.network)
    cycles = (Cycle(0, 0.5, 0.5, 0.0), Cycle(40, 0.7, 0.8, 0.2))

    class Pool:
        def run_long(self, job: str, model: MarkModel, *arguments: Any, **fields: Any) -> Any:
            fields["watch"](*cycles)
            return data, True, "Learnt.", cycles

    watched: list[Any] = []
    found = learning.adapt(
        Pool(),  # type: ignore[arg-type]
        random_model,
        [],
        None,
        progress=unheard,
        stop=threading.Event(),
        watch=lambda *states: watched.append(states),
    )
    kept = Adaptation(random_model.network, True, "Learnt.", cycles).model(random_model)
    assert found.model(random_model).card == kept.card
    assert watched == [cycles]
