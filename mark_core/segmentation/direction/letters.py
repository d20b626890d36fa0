"""Detection of right-to-left writing from the shapes of letters.

The features are the shares of ink pixels that have ink at a given offset, separately above, among and below the small
letters. They differ for Arabic and Hebrew, whose letters lean, descend and open to other sides. A logistic regression
(letters.json) is fitted on rendered pages by `mark_core.training.leftward`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from mark_core.segmentation.parts import LineInk

WEIGHTS = Path(__file__).with_name("letters.json")
_ACROSS = (-1.5, -1.0, -0.6, -0.3, 0.3, 0.6, 1.0, 1.5)  # x-heights to the right
_DOWN = (0.0, 0.3, 0.6, 1.0)  # x-heights
_ZONES = (-0.6, 0.6)  # x-heights from the middle of the line: limits of the zone of the small letters
_MOST = 40_000  # pixels of ink, largest sample
MEASURES = 3 * len(_ACROSS) * len(_DOWN) + 3
_SURE = 1.3  # log-odds; no page of the evaluation sets, all written to the right, exceeds 0.5
_DOUBT = -2.0  # log-odds above which the ends of the lines decide
_FEWEST = 2_000  # pixels of ink, least for a decision


def looks_leftward(inks: list[LineInk], x_height: float) -> bool | None:
    """Whether a page, measured as left to right, is written to the left; None if the letters are ambiguous."""
    odds = leftward_odds(inks, x_height)
    return None if _DOUBT < odds <= _SURE else odds > _SURE


def leftward_odds(inks: list[LineInk], x_height: float) -> float:
    """Log-odds that a page, measured as left to right, is written to the left; 0 with too little ink."""
    measures = shape_measures(inks, x_height)
    if measures is None:
        return 0.0
    weights, bias = load_letters()
    return float(measures @ weights + bias)


@lru_cache(maxsize=1)
def load_letters() -> tuple[np.ndarray, float]:
    """(MEASURES,) weights and bias of the fitted regression."""
    record = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return np.array(record["weights"]), float(record["bias"])


def shape_measures(inks: list[LineInk], x_height: float) -> np.ndarray | None:
    """(MEASURES,) features, shares 0..1; None with fewer than _FEWEST pixels of ink. x_height: pixels."""
    x = np.concatenate([ink.x for ink in inks]) if inks else np.zeros(0, np.int32)
    if len(x) < _FEWEST:
        return None
    y = np.concatenate([ink.y for ink in inks])
    zone = np.searchsorted(np.array(_ZONES) * x_height, np.concatenate([ink.rise for ink in inks]))
    margin = int(max(*_ACROSS, *_DOWN) * x_height) + 2
    x, y = x - x.min() + margin, y - y.min() + margin
    mask = np.zeros((y.max() + margin + 1, x.max() + margin + 1), bool)
    mask[y, x] = True
    some = np.arange(0, len(x), -(-len(x) // _MOST))
    x, y, zone = x[some], y[some], zone[some]
    count = np.bincount(zone, minlength=3)
    shares = [
        np.bincount(zone, mask[y + round(down * x_height), x + round(across * x_height)], minlength=3)
        / np.maximum(count, 1)
        for down in _DOWN
        for across in _ACROSS
    ]
    return np.concatenate([*shares, count / count.sum()])
