"""Features of the gaps of a page for the gap classifier.

They are relative to measurements of the page (x-height, counter width, the threshold that best divides all gaps), to
the other gaps of the line and page, and to the letters on both sides and the marks in the gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mark_core.segmentation.gaps.runs import Runs

_FEWEST = 0.12  # least share of gaps between words: words of eight letters, none joined
_WIDE = 3.0  # x-heights, largest width of a gap that is distinguished
_FULL = 4.0  # largest ratio of a gap to its measure
_NARROW = 0.7  # x-heights; runs as narrow may be commas, exclamation marks or single letters
_BESIDE_END = 2.0  # root of page thresholds: width of the gap beyond the ends of a line
_COLUMN = 2.0  # x-heights; gaps as wide separate columns
_BEYOND = 1.0  # x-heights, largest overhang that is distinguished
_LONE = 2.4  # x-heights; runs up to this width may be single letters
# x-heights above the middle of the line, from which a letter may be a capital, and certainly is tall
_TALL = (0.9, 1.5)
# x-heights from the middle of the line: a comma descends below the first and does not rise above the second
_BELOW, _LOW = 0.6, 0.3
_BAR = (1.4, 2.4)  # x-heights from top to bottom, largest of a letter and least of a virgule

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
    "capital alone on the left",
    "capital alone on the left, times how much wider the gap before it is",
    "comma on the left",
    "comma on the right",
    "virgule on the left",
    "virgule on the right",
    "root of clear distance / page threshold",
    "root of clear distance / page threshold of these",
    "root of clear distance / widest of the line",
    "log of clear distance",
    "log of strokes of a word if all clearer gaps of the line part",
    "log of strokes of a word if all clearer gaps of the page part",
    "overhang of the left above",
    "overhang of the left below",
    "overhang of the right above",
    "overhang of the right below",
)
# The meaning of a width depends on the hand: products of these features of the page and of the gap are features too.
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


def page_features(lines: list[Runs], x_height: float, counter: float, slant: float) -> list[np.ndarray]:
    """For every line, the (R - 1, F) features of its gaps, in the order of FEATURES. Arguments as in `word_gaps`."""
    every, clear = (
        np.sort(np.concatenate([np.zeros(0), *distances])) / x_height
        for distances in ([runs.apart[:, 1] for runs in lines], [runs.clear for runs in lines])
    )
    threshold, clear_threshold = (
        max(_page_threshold(np.sqrt(np.minimum(distances, _WIDE))) ** 2, 0.05) for distances in (every, clear)
    )
    length = sum(float((runs.stop - runs.start).sum()) for runs in lines) / x_height
    strokes = sum(float(runs.strokes.sum()) for runs in lines)
    written = sum(len(runs.start) > 0 for runs in lines)
    of_page = _PageMeasures(
        x_height=x_height,
        counter=counter / x_height,
        slant=slant,
        threshold=threshold,
        length=length,
        strokes=strokes,
        lines=len(lines),
        written=written,
        apart=every,
        clear=clear,
        clear_threshold=clear_threshold,
    )
    return [_with_products(_measures(runs, of_page)) for runs in lines]


def _with_products(measures: np.ndarray) -> np.ndarray:
    """(G, M) measures -> (G, F) features: the measures and the products."""
    of_gap = measures[:, [_MEASURES.index(name) for name in _OF_GAP]]
    products = [measures[:, [_MEASURES.index(name)]] * of_gap for name in _OF_PAGE]
    return np.concatenate([measures, *products], axis=1)


@dataclass(frozen=True, eq=False)
class _PageMeasures:
    """Measurements of a page.

    x_height: pixels. counter, threshold, length (of all runs): x-heights. strokes: of all runs. lines: number of lines.
    written: number of lines with letters. apart, clear: (G,) median and clear distances of all gaps, x-heights,
    ascending. clear_threshold: threshold of the clear distances, x-heights.
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
    clear: np.ndarray
    clear_threshold: float


def _measures(runs: Runs, page: _PageMeasures) -> np.ndarray:
    """(R - 1, M) measures of the gaps of a line, in the order of _MEASURES."""
    count = len(runs.gaps)
    if count <= 0:
        return np.zeros((0, len(_MEASURES)))
    near, middle, far = (np.minimum(runs.apart / page.x_height, _WIDE)).T
    gap = np.minimum(runs.gaps / page.x_height, _WIDE)
    white = np.minimum(runs.white / page.x_height, _WIDE)
    clear = np.minimum(runs.clear / page.x_height, _WIDE)
    width = (runs.stop - runs.start) / page.x_height
    height = (runs.bottom - runs.top) / page.x_height
    black = runs.ink / ((runs.stop - runs.start) * page.x_height)
    same = np.ones(count)

    def relative(values: np.ndarray, measure: float) -> np.ndarray:
        return np.sqrt(np.minimum(values / measure, _FULL))

    padded = np.pad(middle, 1, mode="edge")
    as_wide = _as_wide(np.sort(middle), middle)
    on_page = _as_wide(page.apart, middle)
    ends = np.pad(relative(gap, page.threshold), 1, constant_values=_BESIDE_END)
    before, behind = ends[:-2] - ends[1:-1], ends[2:] - ends[1:-1]
    narrow = np.clip(_NARROW - width, 0.0, None) / _NARROW
    low, high = np.clip(runs.bottom / page.x_height, -1.0, 1.5), np.clip(runs.top / page.x_height, -1.5, 1.0)
    top, bottom = runs.top / page.x_height, runs.bottom / page.x_height
    capital = np.clip(1 - width / _LONE, 0, None) * np.clip((-top - _TALL[0]) / (_TALL[1] - _TALL[0]), 0, 1)
    comma = narrow * ((bottom > _BELOW) & (top > -_LOW))
    virgule = narrow * np.clip((bottom - top - _BAR[0]) / (_BAR[1] - _BAR[0]), 0, 1)
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
            capital[:-1],
            capital[:-1] * before,
            comma[:-1],
            comma[1:],
            virgule[:-1],
            virgule[1:],
            relative(clear, page.threshold),
            relative(clear, page.clear_threshold),
            relative(clear, max(float(clear[clear < _COLUMN].max(initial=0.0)), page.clear_threshold)),
            np.log(clear + 0.05),
            np.log((runs.strokes.sum() + 0.3) / (_as_wide(np.sort(clear), clear) + 1)),
            np.log((page.strokes + 0.3) / (page.written + _as_wide(page.clear, clear))),
            *np.clip(runs.overhang / page.x_height, -_BEYOND, _BEYOND).T,
        ],
        axis=1,
    ).astype(float)


def _as_wide(every: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """For each width, the number of gaps that are as wide or wider. every: all widths, ascending."""
    return len(every) - np.searchsorted(every, widths - 1e-9, side="left")


def _page_threshold(widths: np.ndarray) -> float:
    """Otsu's threshold of the widths, without the few gaps between columns or around blots."""
    while True:
        threshold = _otsu(widths)
        upper = widths > threshold
        if not upper.any() or upper.mean() > _FEWEST:
            return threshold
        widths = widths[~upper]


def _otsu(values: np.ndarray) -> float:
    """The threshold that minimises the variance within the two groups that it divides (Otsu, 1979)."""
    values = np.sort(values)
    count = len(values)
    if count < 2:
        return 0.8
    sums = np.cumsum(values)
    k = np.arange(1, count)
    between = k * (count - k) * (sums[:-1] / k - (sums[-1] - sums[:-1]) / (count - k)) ** 2
    best = int(between.argmax())
    return float(values[best] + values[best + 1]) / 2
