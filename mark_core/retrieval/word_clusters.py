"""Clusters of the words of a collection by likeness, whatever the script.

Average linkage (Sokal and Michener, 1958) on the evidence of a query by example, vectors and shapes, as calibrated
log-odds: two groups join while the mean log-odds between their words are above a level. It is computed for every
connected component of the graph of pairs above the level, because groups of different components can never join.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mark_core.model.encoding import Encoding
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.scoring import Calibration

LEVEL = 0.0  # log-odds above which groups join; chosen on rendered hands, see benchmarks/word_clusters.py
_STEP = 2.0  # log-odds by which the level rises to split a component that is too large
_LARGEST = 6000  # words of one component: 430 MB of likenesses and of the linkage's distances
_BLOCK = 512  # words compared with all others at once


@dataclass(frozen=True)
class Cluster:
    """A cluster of words.

    members: rows, the medoid first, then in ascending order. reads: the most frequent reading, "" without readings.
    """

    members: tuple[int, ...]
    reads: str

    def __len__(self) -> int:
        return len(self.members)


def cluster_words(encoding: Encoding, calibration: Calibration, level: float = LEVEL) -> list[Cluster]:
    """Cluster N words. Returns the clusters sorted by size (largest first), then by reading. Deterministic."""
    features, bias = likeness_features(encoding, calibration)
    readings = Gallery(encoding).readings if len(encoding) else []
    clusters = [
        Cluster(_typical_first(rows, features), _most_read([readings[i] for i in rows]))
        for rows in group(features, level - bias)
    ]
    return sorted(clusters, key=lambda one: (-len(one), one.reads == "", one.reads, one.members[0]))


def likeness_features(encoding: Encoding, calibration: Calibration) -> tuple[np.ndarray, float]:
    """Features whose inner products are calibrated log-odds that two crops show the same word, without CTC evidence.

    Returns (N, D + S) float32 and a bias to add to the inner products.
    """
    bias, vector, _, shape = (*calibration.example, 0.0, 0.0, 0.0)[:4]
    parts = [
        max(vector, 0.0) ** 0.5 * encoding.vectors,
        max(shape, 0.0) ** 0.5 * encoding.shapes.astype(np.float32),
    ]
    return np.concatenate(parts, axis=1).astype(np.float32), float(bias)


def group(features: np.ndarray, level: float) -> list[np.ndarray]:
    """Average linkage of N rows: groups join while the mean inner product between their rows is above ``level``.

    features: (N, D). Returns disjoint groups of all rows, ordered by their first row.
    """
    groups: list[np.ndarray] = []
    waiting = [(np.arange(len(features)), level)]
    while waiting:
        rows, cut = waiting.pop()
        for part in _parts(features[rows], cut):
            here = rows[part]
            if len(here) > _LARGEST:
                waiting.append((here, cut + _STEP))
            elif len(here) > 1:
                products = features[here] @ features[here].T
                groups += [here[members] for members in average_linkage(products, level)]
            else:
                groups.append(here)
    return sorted(groups, key=lambda members: int(members[0]))


def _parts(features: np.ndarray, level: float) -> list[np.ndarray]:
    """Connected components of the graph of all pairs with an inner product above ``level``."""
    first, second = [], []
    for start in range(0, len(features), _BLOCK):
        one, two = np.nonzero(features[start : start + _BLOCK] @ features.T > level)
        keep = one + start < two
        first.append(one[keep] + start)
        second.append(two[keep])
    if not first:
        return []
    pairs = np.concatenate(first), np.concatenate(second)
    graph = coo_array((np.ones(len(pairs[0]), bool), pairs), shape=(len(features), len(features)))
    return _by_label(connected_components(graph, directed=False)[1])


def average_linkage(likeness: np.ndarray, level: float) -> list[np.ndarray]:
    """Groups of the rows of (M, M) symmetric likenesses, each row in one: two groups join while the mean likeness
    between their rows is above ``level``."""
    count = len(likeness)
    if count < 2:
        return [np.arange(count)] if count else []
    pairs = np.concatenate([likeness[row, row + 1 :] for row in range(count - 1)]).astype(np.float64)
    offset = pairs.max()
    joins = linkage(np.subtract(offset, pairs, out=pairs), "average")  # distances of 0 and more
    label = fcluster(joins, np.nextafter(offset - level, -np.inf), "distance")
    return _by_label(label)


def _by_label(label: np.ndarray) -> list[np.ndarray]:
    """(N,) labels -> the rows of each."""
    order = np.argsort(label, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(label[order])) + 1)


def _typical_first(rows: np.ndarray, features: np.ndarray) -> tuple[int, ...]:
    """The rows with the medoid first: the row with the largest sum of inner products to its group."""
    here = features[rows]
    typical = int((here @ here.sum(axis=0)).argmax())
    return int(rows[typical]), *(int(row) for row in np.delete(rows, typical))


def _most_read(readings: Sequence[str]) -> str:
    """The most frequent reading; of equally frequent ones the first."""
    return Counter(filter(None, readings)).most_common(1)[0][0] if any(readings) else ""
