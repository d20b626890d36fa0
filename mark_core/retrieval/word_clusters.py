"""The index of a collection's words: all of them, gathered by likeness, whatever the script.

Average linkage (Sokal and Michener, 1958) on the evidence of a clicked query, vectors and shapes, on its calibrated
scale: two groups join as long as their words are more likely one word than not, on average. Computed exactly by
nearest-neighbour chains (Murtagh, 1983; Müllner, 2011), apart for every connected part of the graph of likely pairs,
because groups of different parts can never join.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.scoring import Calibration

LEVEL = 0.0  # log-odds from which groups join; chosen on rendered hands, see benchmarks/word_clusters.py
_STEP = 2.0  # log-odds by which the level rises in a part that is too large to be computed
_LARGEST = 6000  # words of one part: 144 MB of likenesses
_BLOCK = 512  # words compared with all others at once


@dataclass(frozen=True)
class Cluster:
    """Words that look alike.

    members: rows, the most typical first, then in their order. reads: what most of those read that are read alike,
    "" if nothing is read.
    """

    members: tuple[int, ...]
    reads: str

    def __len__(self) -> int:
        return len(self.members)


def cluster_words(encoding: Encoding, calibration: Calibration, level: float = LEVEL) -> list[Cluster]:
    """All N words in clusters, the most frequent first, then by what they read. The same words in the same order
    give the same clusters."""
    features, bias = likeness_features(encoding, calibration)
    readings = Gallery(encoding).readings if len(encoding) else []
    clusters = [
        Cluster(_typical_first(rows, features), _most_read([readings[i] for i in rows]))
        for rows in group(features, level - bias)
    ]
    return sorted(clusters, key=lambda one: (-len(one), one.reads == "", one.reads, one.members[0]))


def likeness_features(encoding: Encoding, calibration: Calibration) -> tuple[np.ndarray, float]:
    """(N, D + S) float32 and a bias: the product of two rows and the bias are the log-odds that two crops are one
    word, without what they read."""
    bias, vector, _, shape = (*calibration.example, 0.0, 0.0, 0.0)[:4]
    parts = [
        max(vector, 0.0) ** 0.5 * encoding.vectors,
        max(shape, 0.0) ** 0.5 * encoding.shapes.astype(np.float32),
    ]
    return np.concatenate(parts, axis=1).astype(np.float32), float(bias)


def group(features: np.ndarray, level: float) -> list[np.ndarray]:
    """Rows of (N, D) features in groups by average linkage: none joins another with a mean product of ``level`` or
    less. Each row is in one group; groups in the order of their first rows."""
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
    """Connected parts of the graph of all pairs whose product is above ``level``."""
    first, second = [], []
    for start in range(0, len(features), _BLOCK):
        one, two = np.nonzero(features[start : start + _BLOCK] @ features.T > level)
        keep = one + start < two
        first.append(one[keep] + start)
        second.append(two[keep])
    label = (
        _connected(len(features), np.concatenate(first), np.concatenate(second))
        if first
        else np.zeros(0, int)
    )
    order = np.argsort(label, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else []


def _connected(count: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(count,) the smallest number that each number is connected with, by pairs (first, second)."""
    label = np.arange(count)
    while True:
        smaller = label.copy()
        np.minimum.at(smaller, first, label[second])
        np.minimum.at(smaller, second, label[first])
        np.minimum.at(smaller, label, smaller.copy())  # whoever is called so learns of it as well
        smaller = smaller[smaller]
        if (smaller == label).all():
            return label
        label = smaller


def average_linkage(likeness: np.ndarray, level: float) -> list[np.ndarray]:
    """(M, M) symmetric likenesses -> groups of rows, each row in one. ``likeness`` is overwritten."""
    count = len(likeness)
    np.fill_diagonal(likeness, -np.inf)
    members: list[list[int]] = [[i] for i in range(count)]
    done = np.zeros(count, bool)  # joined with another, or liker to none than the level
    chain: list[int] = []
    start = 0
    while True:
        if not chain:
            while start < count and done[start]:
                start += 1
            if start == count:
                break
            chain.append(start)
        one = chain[-1]
        row = likeness[one]
        other = int(row.argmax())
        if len(chain) > 1 and row[chain[-2]] >= row[other]:
            other = chain[-2]
        if row[other] <= level:  # nobody comes nearer by joining, so this group is complete
            _leave(likeness, one)
            done[one] = True
            chain.pop()
        elif len(chain) > 1 and other == chain[-2]:
            del chain[-2:]
            a, b = len(members[one]), len(members[other])
            joined = (a * row + b * likeness[other]) / (a + b)
            joined[[one, other]] = -np.inf
            _leave(likeness, other)
            done[other] = True
            likeness[one] = likeness[:, one] = joined
            members[one] += members[other]
            members[other] = []
        else:
            chain.append(other)
    return [np.array(sorted(rows)) for rows in members if rows]


def _leave(likeness: np.ndarray, one: int) -> None:
    likeness[one] = likeness[:, one] = -np.inf


def _typical_first(rows: np.ndarray, features: np.ndarray) -> tuple[int, ...]:
    """The word nearest to all others of its group before them."""
    here = features[rows]
    typical = int((here @ here.sum(axis=0)).argmax())
    return int(rows[typical]), *(int(row) for row in np.delete(rows, typical))


def _most_read(readings: Sequence[str]) -> str:
    """The most frequent reading; of several the one that comes first."""
    return Counter(filter(None, readings)).most_common(1)[0][0] if any(readings) else ""
