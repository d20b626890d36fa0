"""The shared GPU of Hugging Face Spaces (ZeroGPU): granted for some seconds at a time, to each visitor within a quota.

Crops of a page are encoded there while it is granted, everything else and whatever is refused by the processor. See
https://huggingface.co/docs/hub/spaces-zerogpu: a decorated function runs in a process that has the GPU, with the
weights that were put on "cuda" at the start.
"""

from __future__ import annotations

import copy
import importlib
import logging
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel, load_model

SWITCH = "SPACES_ZERO_GPU"  # set by Spaces on such machines
SECONDS = 15  # that the GPU is asked for; a page takes less than one
FEW = 32  # crops that the processor has encoded before the GPU is there
PAUSE = 60.0  # seconds after a refusal in which it is not asked again
_log = logging.getLogger(__name__)


class ZeroGpuModel(MarkModel):
    """A model on the processor with a twin for the GPU. refusals: how often the GPU was not granted."""

    def __init__(
        self,
        model: MarkModel,
        gpu: Callable[..., Any],
        device: str = "cuda",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """gpu: the decorator ``spaces.GPU``."""
        super().__init__(model.network, model.card, "cpu")
        twin = MarkModel(copy.deepcopy(model.network), model.card, device)
        self._look_there = gpu(duration=SECONDS)(twin.look)
        self._clock = clock
        self._not_before = clock()
        self.refusals = 0

    def look(
        self, strips: Sequence[np.ndarray], told: np.ndarray | None = None
    ) -> tuple[Encoding, np.ndarray]:
        """See ``MarkModel``; on the GPU if it is granted."""
        if len(strips) > FEW and self._clock() >= self._not_before:
            try:
                return self._look_there(list(strips), told)
            except Exception as error:  # the quota is spent, no GPU is free, or it took too long
                self.refusals += 1
                self._not_before = self._clock() + PAUSE
                _log.warning("the GPU was not granted (%s)", type(error).__name__)
        return super().look(strips, told)


def load_hosted_model() -> MarkModel:
    """The shipped model; with the shared GPU where the machine has one and the package ``spaces`` is there."""
    if not os.environ.get(SWITCH):
        return load_model()
    try:
        spaces = importlib.import_module("spaces")
    except ImportError:
        return load_model(device="cpu")
    return ZeroGpuModel(load_model(device="cpu"), spaces.GPU)
