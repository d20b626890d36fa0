"""Which gaps of a line part two words.

A gap is judged by its width against three measures taken from the same page (the height of the small
letters, the white inside letters, and the threshold that best divides all gaps of the page), against the
other gaps of its line, and by what stands on either side of it. The judgement is a logistic regression. Its
weights (parting.json) are fitted on rendered pages by `mark_core.training.gaps`; see docs/segmentation.md.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from mark_core.segmentation.gaps import Runs

WEIGHTS = Path(__file__).with_name("parting.json")
_FEWEST = 0.12  # share of gaps that part words, at least: words of eight letters, none joined
_WIDE = 3.0  # x-heights; a gap wider than this counts as this wide
_FULL = 4.0  # a gap so many times its measure counts as no wider
_SMALL = 0.5  # x-heights; punctuation is narrower

FEATURES = (
    "root of width / page threshold",
    "log of white inside letters",
    "log of stretch on the right",
    "log of stretch on the left",
    "log of nearest distance",
    "slant",
    "log of word width if all wider gaps part",
    "root of neighbouring gaps / page threshold",
    "log of height on the right",
    "first times log of white",
    "root of width / white inside letters, joined",
    "point or comma on the left",
    "point or comma on the right",
    "high mark on the left",
    "high mark on the right",
)


@lru_cache(maxsize=1)
def load_weights() -> tuple[np.ndarray, float]:
    """The fitted weights, (F,) in the order of FEATURES, and the bias."""
    record = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return np.array([record["weights"][name] for name in FEATURES]), float(record["bias"])


def word_gaps(lines: list[Runs], x_height: float, counter: float, slant: float) -> list[np.ndarray]:
    """For every line, the (R - 1,) probability that each gap parts two words.

    x_height, counter: pixels, see `centring.centre_lines` and `gaps.counter_width`.
    """
    weights, bias = load_weights()
    scores = [rows @ weights + bias for rows in page_features(lines, x_height, counter, slant)]
    return [1.0 / (1.0 + np.exp(-np.clip(score, -30.0, 30.0))) for score in scores]


def page_features(lines: list[Runs], x_height: float, counter: float, slant: float) -> list[np.ndarray]:
    """For every line, (R - 1, F) the measures of its gaps; arguments as in `word_gaps`."""
    widths = np.concatenate([runs.gaps for runs in lines]) / x_height if lines else np.zeros(0)
    threshold = max(_page_threshold(np.sqrt(np.minimum(widths, _WIDE))) ** 2, 0.05)
    return [gap_features(runs, x_height, counter / x_height, slant, threshold) for runs in lines]


def gap_features(runs: Runs, x_height: float, counter: float, slant: float, threshold: float) -> np.ndarray:
    """(R - 1, F) what is known of each gap, in the order of FEATURES.

    counter, threshold: in x-heights.
    """
    gap = np.minimum(runs.gaps / x_height, _WIDE)
    count = len(gap)
    if count <= 0:
        return np.zeros((0, len(FEATURES)))
    width = (runs.stop - runs.start) / x_height
    height = (runs.bottom - runs.top) / x_height
    same = np.ones(count)
    to_threshold = np.sqrt(np.minimum(gap / threshold, _FULL))
    to_counter = np.sqrt(np.minimum(gap / counter, _FULL))
    as_wide = count - np.searchsorted(np.sort(gap), gap, side="left")
    word_width = (width.sum() + 0.5 * np.minimum(gap, 1.0).sum()) / (as_wide + 1)
    padded = np.pad(gap, 1, mode="edge")
    low = (runs.top > 0) & (width < _SMALL)
    high = (runs.bottom < 0) & (width < 1.2 * _SMALL)
    return np.stack(
        [
            to_threshold,
            same * np.log(counter),
            np.log(width[1:] + 0.1),
            np.log(width[:-1] + 0.1),
            np.log(runs.near / x_height + 0.05),
            same * slant,
            np.log(word_width),
            np.sqrt((padded[:-2] + padded[2:]) / 2 / threshold),
            np.log(height[1:] + 0.1),
            to_threshold * np.log(counter),
            to_counter * runs.joined,
            low[:-1],
            low[1:],
            high[:-1],
            high[1:],
        ],
        axis=1,
    ).astype(float)


def _page_threshold(widths: np.ndarray) -> float:
    """Otsu's threshold once the few gaps between columns or around blots are set aside."""
    while True:
        threshold = _otsu(widths)
        upper = widths > threshold
        if not upper.any() or upper.mean() > _FEWEST:
            return threshold
        widths = widths[~upper]


def _otsu(values: np.ndarray) -> float:
    """The threshold between two groups of numbers that leaves least variance within them."""
    values = np.sort(values)
    count = len(values)
    if count < 2:
        return 0.8
    sums = np.cumsum(values)
    k = np.arange(1, count)
    between = k * (count - k) * (sums[:-1] / k - (sums[-1] - sums[:-1]) / (count - k)) ** 2
    best = int(between.argmax())
    return float(values[best] + values[best + 1]) / 2
