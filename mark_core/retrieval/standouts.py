"""Which hits stand out among the words of a collection, on a hand on which no score is high.

Scores are calibrated on many hands; on one that is hard to read all of them are lower, the right words first all the
same. What a collection tells by itself is the step from these to the many that only resemble the query. Log-odds of
wrong words fall off about exponentially at their upper end, where the differences between neighbours, each times its
rank, are all of one size (Rényi, "On the theory of order statistics", 1953); a step that is many times that size is no
accident.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MOST = 12  # hits that may stand out
_CROWD = 40  # further words by which the usual step is measured
_FEWEST = 20  # of these; fewer do not tell
_STEP = 7.0  # usual steps, the least that sets hits apart; chosen on held-out hands
_LEAST = 0.01  # probability of the last that stands out
_FLOOR = 1e-6  # probabilities below are one


def standing_out(scores: Sequence[float]) -> int:
    """How many of the first hits stand out from the rest; 0 if none does.

    scores: probabilities, 0..1, of the words of a collection, best first; those of its first fifty are enough.
    """
    p = np.clip(np.asarray(scores, float)[: MOST + 1 + _CROWD], _FLOOR, 1 - _FLOOR)
    logit = np.log(p) - np.log1p(-p)
    steps = -np.diff(logit) * np.arange(1, len(logit))
    crowd = steps[MOST:]
    if len(crowd) < _FEWEST:
        return 0
    usual = float(crowd.mean())
    apart = (steps[:MOST] > _STEP * max(usual, 1e-9)) & (p[:MOST] >= _LEAST)
    return int(np.flatnonzero(apart)[-1] + 1) if apart.any() else 0
