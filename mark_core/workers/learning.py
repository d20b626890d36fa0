"""A hand is learnt by a worker, see ``training.adapt``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mark_core.model.mark import MarkModel
from mark_core.model.weights import from_bytes
from mark_core.workers.pool import WorkerPool

if TYPE_CHECKING:
    from mark_core.training.adapt import Adaptation, Cycle, Progress
    from mark_core.training.lexicon import Lexicon

PATIENCE = 60.0  # seconds in which learning that was stopped ends by itself, with the best state so far


def adapt(
    pool: WorkerPool,
    model: MarkModel,
    strips: Sequence[np.ndarray],
    lexicon: Lexicon | None,
    *,
    progress: Progress,
    stop: threading.Event,
    watch: Callable[[Cycle, Cycle], None],
    **options: Any,
) -> Adaptation:
    """See ``training.adapt.adapt``: the same arguments and the same result, but for the rounding of a file of weights.
    Raises what `WorkerPool.run_long` raises, too."""
    from mark_core.training.adapt import Adaptation

    asked = list(strips), lexicon, options
    found = pool.run_long("learn", model, *asked, stop=stop, patience=PATIENCE, report=progress, watch=watch)
    data, improved, sentence, cycles = found
    network = model.network if data is None else from_bytes(model.network.config, data)
    return Adaptation(network, improved, sentence, cycles)
