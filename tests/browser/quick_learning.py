"""The app as ``app.py`` starts it, with lessons that take seconds instead of minutes.

Only the training is replaced: weights that differ a little from the shipped ones stand for what is learnt. The real
training is tested in ``tests/training/test_adapt.py``.
"""

from __future__ import annotations

import copy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch

from mark_core.training.adapt import Adaptation, Cycle
from mark_core.ui.app import build_app, launch_options
from mark_core.ui.learning import learning

STEPS = 40
SECONDS = 0.15


def quick(model, strips, plan, known, report, stop, watch, after, scripts) -> Adaptation:
    """A list with the word zzz teaches nothing, as some lists do; everything else is learnt within seconds."""
    before = Cycle(0, 0.62, 1.0, 0.0)
    if "zzz" in plan.words:
        return Adaptation(
            model.network,
            False,
            "Learning made nothing better here, so everything stays as it was.",
            (before,),
        )
    for step in range(STEPS):
        report("Learning the hand", step / STEPS)
        if stop.wait(SECONDS):
            break
        if step == STEPS // 2:
            watch(before, Cycle(80, 0.74, 1.0, 0.3))
    network = copy.deepcopy(model.network)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1.001)
    return Adaptation(network, True, "MARK has learnt this hand.", (before, Cycle(90, 0.81, 1.0, 0.2)))


if __name__ == "__main__":
    learning.adapt_model = quick
    demo = build_app()
    demo.launch(**launch_options(demo))
