"""Which gaps of a line part two words.

A gap is judged by its width in several senses (columns with hardly any ink, columns with none, the distance of the
letters row by row) against measures taken from the same page (the height of the small letters, the white inside
letters, the threshold that best divides all gaps of the page), against the other gaps of its line and page, and by
what stands on either side of it and in it. The judgement is a logistic regression. Its weights (parting.json) are
fitted on rendered pages by `mark_core.training.gaps`. On every page they are then fitted to that page: the regression
learns from its own verdicts, held near the weights of all pages, so that what tells the words of this hand apart
counts for more. See docs/segmentation.md.
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
_NARROW = 0.7  # x-heights; a stretch as narrow may be a comma, an exclamation mark, a single letter
_BESIDE_END = 2.0  # root of page thresholds; the white beyond the ends of a line
_ROUNDS = 5  # times that a page is judged by its own verdicts
_VERDICT = 0.3  # probability from which a gap is one that parts words, for these rounds
_HOLD = 0.04  # strength, for each gap of the page, that holds its weights near those of all pages
_STEPS = 4  # of Newton's method in each round
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
    "log of strokes of a word if all wider gaps of the line part",
    "log of strokes of a word if all wider gaps of the page part",
    "log of strokes on the left",
    "log of strokes on the right",
    "narrowness on the left",
    "narrowness on the right",
    "narrowness on the left, times how much wider the gap before it is",
    "narrowness on the right, times how much wider the gap behind it is",
    "narrowness on the left, times its lowest ink",
    "narrowness on the left, times its highest ink",
    "narrowness on the right, times its lowest ink",
    "narrowness on the right, times its highest ink",
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
    "log of strokes of a word if all wider gaps of the line part",
    "log of strokes of a word if all wider gaps of the page part",
)
FEATURES = _MEASURES + tuple(f"{page}, times {gap}" for page in _OF_PAGE for gap in _OF_GAP)


@dataclass(frozen=True, eq=False)
class Judgement:
    """The regression on measures that are brought to mean 0 and spread 1.

    weights, mean, spread: (F,) in the order of FEATURES; mean and spread of the measures on rendered pages.
    """

    weights: np.ndarray
    bias: float
    mean: np.ndarray
    spread: np.ndarray

    def scaled(self, measures: np.ndarray) -> np.ndarray:
        """(G, F) measures brought to mean 0 and spread 1."""
        return (measures - self.mean) / self.spread

    def score(self, measures: np.ndarray) -> np.ndarray:
        """(G,) logarithms of the odds that gaps part words, before a page is fitted to itself."""
        return self.scaled(measures) @ self.weights + self.bias

    def rounded(self) -> Judgement:
        """The same with four decimals."""
        return Judgement(
            *(np.round(getattr(self, key), 4) for key in ("weights", "bias", "mean")),
            spread=np.maximum(np.round(self.spread, 4), 1e-4),
        )


@lru_cache(maxsize=1)
def load_judgement() -> Judgement:
    """The fitted judgement."""
    record = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    weights, mean, spread = (
        np.array([record[key][name] for name in FEATURES]) for key in ("weights", "mean", "spread")
    )
    return Judgement(weights, float(record["bias"]), mean, spread)


def word_gaps(lines: list[Runs], x_height: float, counter: float, slant: float) -> list[np.ndarray]:
    """For every line, the (R - 1,) probability that each gap parts two words.

    x_height, counter: pixels, see `centring.centre_lines` and `slant.counter_width`.
    """
    measures = page_features(lines, x_height, counter, slant)
    if not measures:
        return []
    probability = judge_page(np.concatenate(measures), load_judgement())
    return np.split(probability, np.cumsum([len(rows) for rows in measures])[:-1])


def judge_page(measures: np.ndarray, judgement: Judgement) -> np.ndarray:
    """(G,) probability to part words of the gaps of a page from their (G, F) measures.

    Each round takes what the last one said for certain and fits the regression to it, with a penalty for every
    step away from the weights of all pages.
    """
    rows = np.hstack([judgement.scaled(measures), np.ones((len(measures), 1))])
    usual = np.concatenate([judgement.weights, [judgement.bias]])
    weights, hold = usual, max(_HOLD * len(rows), 1e-6)
    for _ in range(_ROUNDS):
        verdict = _probability(rows @ weights) > _VERDICT
        for _ in range(_STEPS):
            probability = _probability(rows @ weights)
            slope = rows.T @ (probability - verdict) + hold * (weights - usual)
            doubt = probability * (1.0 - probability)
            curvature = (rows * doubt[:, None]).T @ rows + hold * np.eye(len(weights))
            weights = weights - np.linalg.solve(curvature, slope)
    return _probability(rows @ weights)


def _probability(score: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-np.clip(score, -30.0, 30.0)))


def page_features(lines: list[Runs], x_height: float, counter: float, slant: float) -> list[np.ndarray]:
    """For every line, (R - 1, F) the measures of its gaps in the order of FEATURES; arguments as in `word_gaps`."""
    apart = [runs.apart[:, 1] / x_height for runs in lines]
    every = np.sort(np.concatenate(apart)) if apart else np.zeros(0)
    threshold = max(_page_threshold(np.sqrt(np.minimum(every, _WIDE))) ** 2, 0.05)
    length = sum(float((runs.stop - runs.start).sum()) for runs in lines) / x_height
    strokes = sum(float(runs.strokes.sum()) for runs in lines)
    written = sum(len(runs.start) > 0 for runs in lines)
    of_page = _PageMeasures(
        x_height, counter / x_height, slant, threshold, length, strokes, len(lines), written, every
    )
    return [_with_products(_measures(runs, of_page)) for runs in lines]


def _with_products(measures: np.ndarray) -> np.ndarray:
    """(G, F) of FEATURES from the (G, M) measures themselves."""
    of_gap = measures[:, [_MEASURES.index(name) for name in _OF_GAP]]
    products = [measures[:, [_MEASURES.index(name)]] * of_gap for name in _OF_PAGE]
    return np.concatenate([measures, *products], axis=1)


@dataclass(frozen=True, eq=False)
class _PageMeasures:
    """x_height: pixels; counter, threshold, length (of all letters): x-heights. strokes: of all letters.

    lines: how many; written: how many with letters.

    apart: (G,) middle distances of all gaps, x-heights, ascending.
    """

    x_height: float
    counter: float
    slant: float
    threshold: float
    length: float
    strokes: float
    lines: int
    written: int
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
    ends = np.pad(relative(gap, page.threshold), 1, constant_values=_BESIDE_END)
    before, behind = ends[:-2] - ends[1:-1], ends[2:] - ends[1:-1]
    narrow = np.clip(_NARROW - width, 0.0, None) / _NARROW
    low, high = np.clip(runs.bottom / page.x_height, -1.0, 1.5), np.clip(runs.top / page.x_height, -1.5, 1.0)
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
            np.log((runs.strokes.sum() + 0.3) / (as_wide + 1)),
            same * np.log((page.strokes + 0.3) / (on_page + page.written)),
            np.log(runs.strokes[:-1] + 0.5),
            np.log(runs.strokes[1:] + 0.5),
            narrow[:-1],
            narrow[1:],
            narrow[:-1] * before,
            narrow[1:] * behind,
            narrow[:-1] * low[:-1],
            narrow[:-1] * high[:-1],
            narrow[1:] * low[1:],
            narrow[1:] * high[1:],
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
