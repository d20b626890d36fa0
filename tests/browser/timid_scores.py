"""The app as ``app.py`` starts it, on a hand that is hard to read: no probability is above 40 %."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mark_core.retrieval import snapshot
from mark_core.retrieval.scoring import probability
from mark_core.ui.app import build_app, launch_options

HIGHEST = 0.4

if __name__ == "__main__":
    snapshot.probability = lambda logit: HIGHEST * probability(logit)
    demo = build_app()
    demo.launch(**launch_options(demo))
