"""Comparison of detected boxes with true boxes.

A detected and a true box may be paired if they overlap enough; each is used once. Three criteria:

- IoU at least 0.5, and IoU at least 0.25 (the usual thresholds);
- extent match: overlap in height at least 0.6 of the smaller height, and IoU of the horizontal extents at
  least 0.6. Ground truths differ in the height of words (loose band or tight ink), but hardly in the extent
  along the line.

The pairing takes as many pairs as possible, and of these sets the one that overlaps most (linear sum assignment), so
that no score depends on the order of the boxes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy.optimize import linear_sum_assignment

from mark_core.evaluation.annotated import in_annotated_part
from mark_core.evaluation.dataset import Dataset
from mark_core.evaluation.disturb import disturb
from mark_core.pages.load import load_page
from mark_core.pages.page import Page
from mark_core.segmentation.word import Word

EXTENT_MIN_VERTICAL = 0.6  # of the smaller height
EXTENT_MIN_HORIZONTAL = 0.6  # IoU of the extents along x
PART_MIN_INSIDE = 0.6  # share of the smaller box inside the larger one, from which it counts as a part of it


@dataclass(frozen=True)
class Agreement:
    """Counts of one criterion. Ratios are 0..1, and 0 if there are no detected or no true boxes."""

    matched: int
    predicted: int
    truth: int

    @property
    def precision(self) -> float:
        return self.matched / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.matched / self.truth if self.truth else 0.0

    @property
    def f1(self) -> float:
        total = self.predicted + self.truth
        return 2 * self.matched / total if total else 0.0

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(
            self.matched + other.matched, self.predicted + other.predicted, self.truth + other.truth
        )


@dataclass(frozen=True)
class BoxScore:
    """Agreement by each criterion; scores of pages add up with ``+``.

    splits: true words that are divided into two or more detected boxes. merges: detected boxes that contain two or more
    true words.
    """

    iou50: Agreement
    iou25: Agreement
    extent: Agreement
    splits: int
    merges: int

    def __add__(self, other: BoxScore) -> BoxScore:
        return BoxScore(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True)
class PageBoxes:
    """The score of one page; ms is the time of segmentation alone, in milliseconds."""

    page: str
    score: BoxScore
    ms: float


@dataclass(frozen=True)
class BoxReport:
    """Scores of all pages of a set."""

    dataset: str
    pages: tuple[PageBoxes, ...]

    @property
    def total(self) -> BoxScore:
        """The sum over all pages (micro average)."""
        total = self.pages[0].score
        for page in self.pages[1:]:
            total = total + page.score
        return total

    @property
    def ms_per_page(self) -> float:
        return float(np.mean([page.ms for page in self.pages]))


def score_boxes(predicted: np.ndarray, truth: np.ndarray) -> BoxScore:
    """Compare (N, 4) detected and (M, 4) true boxes of one page, x y w h in the same pixels."""
    predicted = np.asarray(predicted, np.float64).reshape(-1, 4)
    truth = np.asarray(truth, np.float64).reshape(-1, 4)
    iou, horizontal, extent = likeness(predicted, truth)
    smaller = np.minimum(predicted[:, None, 2:], truth[None, :, 2:])  # width and height of the smaller box

    def agreement(allowed: np.ndarray, weight: np.ndarray) -> Agreement:
        return Agreement(len(match(allowed, weight)), len(predicted), len(truth))

    part = (_overlap(predicted, truth, 0) >= PART_MIN_INSIDE * smaller[..., 0]) & (
        _overlap(predicted, truth, 1) >= PART_MIN_INSIDE * smaller[..., 1]
    )
    found_is_smaller = predicted[:, None, 2] < truth[None, :, 2]
    return BoxScore(
        iou50=agreement(iou >= 0.5, iou),
        iou25=agreement(iou >= 0.25, iou),
        extent=agreement(extent, horizontal),
        splits=int(((part & found_is_smaller).sum(axis=0) >= 2).sum()),
        merges=int(((part & ~found_is_smaller).sum(axis=1) >= 2).sum()),
    )


def likeness(predicted: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(N, 4) and (M, 4) boxes -> (N, M) IoU, (N, M) IoU along x, and (N, M) bool, the extent match."""
    predicted = np.asarray(predicted, np.float64).reshape(-1, 4)
    truth = np.asarray(truth, np.float64).reshape(-1, 4)
    wide, high = _overlap(predicted, truth, 0), _overlap(predicted, truth, 1)
    area_p, area_t = (boxes[:, 2] * boxes[:, 3] for boxes in (predicted, truth))
    iou = wide * high / (area_p[:, None] + area_t - wide * high)
    horizontal = wide / (predicted[:, None, 2] + truth[None, :, 2] - wide)
    smaller_height = np.minimum(predicted[:, None, 3], truth[None, :, 3])
    extent = (high >= EXTENT_MIN_VERTICAL * smaller_height) & (horizontal >= EXTENT_MIN_HORIZONTAL)
    return iou, horizontal, extent


def match(allowed: np.ndarray, weight: np.ndarray) -> list[tuple[int, int]]:
    """Maximum matching of rows and columns, of maximum total weight among those.

    allowed: (N, M) bool, which pairs may be made. weight: (N, M), 0..1. Returns (row, column) pairs sorted by row.
    """
    # one more pair outweighs all weights
    gain = np.where(allowed, 1 + min(allowed.shape) + weight, 0)
    rows, columns = linear_sum_assignment(gain, maximize=True)
    return [(r, c) for r, c in zip(rows.tolist(), columns.tolist(), strict=True) if allowed[r, c]]


def evaluate_boxes(
    dataset: Dataset,
    segmenter: Callable[[Page], Sequence[Word]],
    *,
    disturbance: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    annotated_only: bool = False,
) -> BoxReport:
    """Segment every page of a data set and score the boxes.

    segmenter: page -> words, for instance `mark_core.segment`. Boxes of a page at reduced scale are scaled to
        original pixels.
    disturbance: a key of `disturb.DISTURBANCES`, applied to every page and its true boxes.
    progress: called with (pages done, pages in all) after each page.
    annotated_only: leave out boxes outside the annotated part of each page, see `annotated`.
    """

    def known() -> Iterator[KnownPage]:
        for done, path in enumerate(dataset.pages, 1):
            page, truth = load_page(path), dataset.boxes(path)
            if disturbance is not None:
                pixels, moved = disturb(disturbance, page.pixels, truth * page.scale, seed=done)
                yield KnownPage(path.name, load_page(pixels), moved)
            else:
                yield KnownPage(path.name, page, truth * page.scale)
            if progress is not None:
                progress(done, len(dataset.pages))

    return score_pages(dataset.name, known(), segmenter, annotated_only)


@dataclass(frozen=True, eq=False)
class KnownPage:
    """A page and its (N, 4) true boxes x y w h in its own pixels. turned: whether its lines run down."""

    name: str
    page: Page
    boxes: np.ndarray
    turned: bool = False


def score_pages(
    name: str,
    pages: Iterable[KnownPage],
    segmenter: Callable[[Page], Sequence[Word]],
    annotated_only: bool = False,
) -> BoxReport:
    """Segments pages whose words are known and scores the boxes; annotated_only: see `evaluate_boxes`."""
    results = []
    for known in pages:
        start = time.perf_counter()
        words = segmenter(known.page)
        ms = 1000 * (time.perf_counter() - start)
        boxes = np.array([word.box for word in words], np.float64).reshape(-1, 4)
        if annotated_only:
            boxes = boxes[in_annotated_part(boxes, known.boxes)]
        axes = [1, 0, 3, 2] if known.turned else [0, 1, 2, 3]  # extents are compared along the line
        score = score_boxes(boxes[:, axes], np.asarray(known.boxes).reshape(-1, 4)[:, axes])
        results.append(PageBoxes(known.name, score, ms))
    return BoxReport(name, tuple(results))


def _overlap(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
    """(N, M) overlap along x (axis 0) or y (axis 1), at least 0."""
    start = np.maximum(a[:, None, axis], b[None, :, axis])
    end = np.minimum(a[:, None, axis] + a[:, None, axis + 2], b[None, :, axis] + b[None, :, axis + 2])
    return np.maximum(end - start, 0)
