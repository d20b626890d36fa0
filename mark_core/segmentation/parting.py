"""Which gaps of a line part two words.

A gap is judged by its width in several senses (columns with hardly any ink, columns with none, the distance of the
letters row by row) against measures taken from the same page (the height of the small letters, the white inside
letters, the threshold that best divides all gaps of the page), against the other gaps of its line and page, and by
what stands on either side of it and in it. The judgement is a logistic regression. Its weights (parting.json) are
fitted on rendered pages by `mark_core.training.gaps`; see docs/segmentation.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from mark_core.segmentation.gaps import Runs

WEIGHTS = Path(__file__).with_name("parting.json")
_FEWEST = 0.12  # share of gaps that part words, at least: words of eight letters, none joined
_WIDE = 3.0  # x-heights; a gap wider than this counts as this wide
_FULL = 4.0  # a gap so many times its measure counts as no wider
_COLUMN = 2.0  # x-heights; gaps as wide are no measure of the space between the words of a line

_MEASURES = (
    "root of width / page threshold",
    "root of white / page threshold",
    "root of nearest distance / page threshold",
    "root of middle distance / page threshold",
    "root of farthest distance / page threshold",
    "log of nearest distance",
    "log of middle distance",
    "root of white / white inside letters",
    "root of middle distance / white inside letters",
    "root of middle distance / widest of the line",
    "root of distances left and right / page threshold",
    "root of wider distance beside / page threshold",
    "log of word width if all wider gaps of the line part",
    "log of word width if all wider gaps of the page part",
    "full ink in the emptiest column",
    "joined",
    "log of white inside letters",
    "slant",
    "log of page threshold",
    "log of stretch on the left",
    "log of stretch on the right",
    "log of height on the left",
    "log of height on the right",
    "blackness on the left",
    "blackness on the right",
    "width of marks",
    "low mark",
    "high mark",
)
# What a width means depends on the hand: these measures of the page multiply those of the gap.
_OF_PAGE = ("log of white inside letters", "slant", "log of page threshold")
_OF_GAP = (
    "root of width / page threshold",
    "root of white / page threshold",
    "root of middle distance / page threshold",
    "joined",
    "log of word width if all wider gaps of the line part",
    "log of word width if all wider gaps of the page part",
    "root of distances left and right / page threshold",
)
FEATURES = _MEASURES + tuple(f"{page}, times {gap}" for page in _OF_PAGE for gap in _OF_GAP)


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
    """For every line, (R - 1, F) the measures of its gaps in the order of FEATURES; arguments as in `word_gaps`."""
    apart = [runs.apart[:, 1] / x_height for runs in lines]
    every = np.sort(np.concatenate(apart)) if apart else np.zeros(0)
    threshold = max(_page_threshold(np.sqrt(np.minimum(every, _WIDE))) ** 2, 0.05)
    length = sum(float((runs.stop - runs.start).sum()) for runs in lines) / x_height
    of_page = _PageMeasures(x_height, counter / x_height, slant, threshold, length, len(lines), every)
    return [_with_products(_measures(runs, of_page)) for runs in lines]


def _with_products(measures: np.ndarray) -> np.ndarray:
    """(G, F) of FEATURES from the (G, M) measures themselves."""
    of_gap = measures[:, [_MEASURES.index(name) for name in _OF_GAP]]
    products = [measures[:, [_MEASURES.index(name)]] * of_gap for name in _OF_PAGE]
    return np.concatenate([measures, *products], axis=1)


@dataclass(frozen=True, eq=False)
class _PageMeasures:
    """x_height: pixels; counter, threshold, length (of all letters): x-heights. lines: how many.

    apart: (G,) middle distances of all gaps, x-heights, ascending.
    """

    x_height: float
    counter: float
    slant: float
    threshold: float
    length: float
    lines: int
    apart: np.ndarray


def _measures(runs: Runs, page: _PageMeasures) -> np.ndarray:
    """(R - 1, M) what is known of each gap, in the order of _MEASURES."""
    count = len(runs.gaps)
    if count <= 0:
        return np.zeros((0, len(_MEASURES)))
    near, middle, far = (np.minimum(runs.apart / page.x_height, _WIDE)).T
    gap = np.minimum(runs.gaps / page.x_height, _WIDE)
    white = np.minimum(runs.white / page.x_height, _WIDE)
    width = (runs.stop - runs.start) / page.x_height
    height = (runs.bottom - runs.top) / page.x_height
    black = runs.ink / ((runs.stop - runs.start) * page.x_height)
    same = np.ones(count)

    def relative(values: np.ndarray, measure: float) -> np.ndarray:
        return np.sqrt(np.minimum(values / measure, _FULL))

    padded = np.pad(middle, 1, mode="edge")
    as_wide = count - np.searchsorted(np.sort(middle), middle, side="left")
    on_page = len(page.apart) - np.searchsorted(page.apart, middle - 1e-9, side="left")
    widest = max(float(middle[middle < _COLUMN].max(initial=0.0)), page.threshold)
    return np.stack(
        [
            relative(gap, page.threshold),
            relative(white, page.threshold),
            relative(near, page.threshold),
            relative(middle, page.threshold),
            relative(far, page.threshold),
            np.log(near + 0.05),
            np.log(middle + 0.05),
            relative(white, page.counter),
            relative(middle, page.counter),
            relative(middle, widest),
            relative((padded[:-2] + padded[2:]) / 2, page.threshold),
            relative(np.maximum(padded[:-2], padded[2:]), page.threshold),
            np.log((width.sum() + 0.5 * np.minimum(middle, 1.0).sum()) / (as_wide + 1)),
            np.log(page.length / (on_page + page.lines)),
            runs.faintest / page.x_height,
            runs.joined,
            same * np.log(page.counter),
            same * page.slant,
            same * np.log(page.threshold),
            np.log(width[:-1] + 0.1),
            np.log(width[1:] + 0.1),
            np.log(height[:-1] + 0.1),
            np.log(height[1:] + 0.1),
            black[:-1],
            black[1:],
            np.minimum(runs.mark / page.x_height, _WIDE),
            runs.low,
            runs.high,
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
