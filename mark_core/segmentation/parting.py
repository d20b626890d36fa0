"""Which gaps of a line part two words.

A gap is judged by its width against three measures taken from the same page (the height of the small
letters, the white inside letters, and the threshold that best divides all gaps of the page), against the
other gaps of its line, and by what stands on either side of it. The judgement is a logistic regression. Its
weights were fitted on four sets of pages (English and Greek cursive, medieval book hands, old prints; each
set with equal weight), on gaps whose two sides lie in known words; see docs/segmentation.md.
"""

from __future__ import annotations

import numpy as np

from mark_core.segmentation.gaps import Runs

_FEWEST = 0.12  # share of gaps that part words, at least: words of eight letters, none joined
_WIDE = 3.0  # x-heights; a gap wider than this counts as this wide
_FULL = 4.0  # a gap so many times its measure counts as no wider
_SMALL = 0.5  # x-heights; punctuation is narrower

_WEIGHTS = {
    "root of width / page threshold": 8.037,
    "root of width / white inside letters": -0.795,
    "log of white inside letters": -5.864,
    "log of stretch on the right": 0.605,
    "log of stretch on the left": 0.665,
    "log of nearest distance": 3.039,
    "slant": -3.158,
    "log of word width if all wider gaps part": 0.867,
    "root of neighbouring gaps / page threshold": -1.462,
    "log of height on the right": 1.226,
    "first times third": 3.132,
    "second where a part joins both sides": -2.359,
    "point or comma on the left": 1.861,
    "point or comma on the right": -1.726,
    "high mark on the left": -0.705,
    "high mark on the right": 1.025,
}
_BIAS = -9.631


def word_gaps(lines: list[Runs], x_height: float, counter: float, slant: float) -> list[np.ndarray]:
    """For every line, the (R - 1,) probability that each gap parts two words.

    x_height, counter: pixels, see `lines.centre_lines` and `gaps.counter_width`.
    """
    widths = np.concatenate([runs.gaps for runs in lines]) / x_height if lines else np.zeros(0)
    threshold = max(_page_threshold(np.sqrt(np.minimum(widths, _WIDE))) ** 2, 0.05)
    weights = np.array(list(_WEIGHTS.values()))
    result = []
    for runs in lines:
        score = gap_features(runs, x_height, counter / x_height, slant, threshold) @ weights + _BIAS
        result.append(1.0 / (1.0 + np.exp(-np.clip(score, -30.0, 30.0))))
    return result


def gap_features(runs: Runs, x_height: float, counter: float, slant: float, threshold: float) -> np.ndarray:
    """(R - 1, 16) what is known of each gap, in the order of _WEIGHTS.

    counter, threshold: in x-heights.
    """
    gap = np.minimum(runs.gaps / x_height, _WIDE)
    count = len(gap)
    if count <= 0:
        return np.zeros((0, len(_WEIGHTS)))
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
            to_counter,
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
