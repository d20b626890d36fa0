"""Learning a hand before it is measured: from the crops alone, no label of the set is seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mark_core.model.mark import MarkModel
from mark_core.training.adapt import adapt
from mark_core.training.lexicon import load_lexicon

Learn = Callable[[MarkModel, Sequence[np.ndarray]], MarkModel]


def learner(lexicon: str, minutes: float, seed: int, cycles: int | None = None) -> Learn:
    """A function from a model and strips to the model that has learnt their hand; prints what it knows."""
    words = load_lexicon(lexicon)

    def learn(model: MarkModel, strips: Sequence[np.ndarray]) -> MarkModel:
        result = adapt(model, strips, words, minutes, seed=seed, cycles=cycles)
        for cycle in result.cycles:
            print(cycle, flush=True)
        print(result.sentence, flush=True)
        return result.model(model)

    return learn
