"""Retrieval metrics, vectorised over queries.

mAP and nDCG as in "Learning to Rank Words": AP is the mean of the precision at every relevant rank; nDCG uses
graded gains by edit distance. Ties keep the order of the gallery (stable sort), so a constant score is at chance
level on a shuffled gallery.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mark_core.retrieval.reading.edit_distance import as_codes, distances

NDCG_GAINS = (20.0, 15.0, 10.0, 5.0, 3.0)  # for edit distance 0..4, more is 0
_BLOCK = 512  # queries ranked at once: 512 x 5000 scores are 10 MB


def average_precision(
    scores: np.ndarray, relevant: np.ndarray, total: np.ndarray | None = None
) -> np.ndarray:
    """Average precision of Q queries, (Q,) in 0..1; NaN for queries without relevant items.

    scores: (Q, N), higher is better. relevant: (Q, N) bool.

    total: (Q,) number of relevant items, if some are not in the gallery (page-level evaluation with missed words).
    Items with a score of -inf are not ranked.
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    hits = np.take_along_axis(relevant & np.isfinite(scores), order, axis=1)
    found = np.cumsum(hits, axis=1)
    precision = found / np.arange(1, scores.shape[1] + 1)
    total = hits.sum(axis=1) if total is None else np.asarray(total)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, (precision * hits).sum(axis=1) / total, np.nan)


def ndcg(scores: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """(Q, N) scores and (Q, N) gains -> (Q,) nDCG over the whole list, discount 1 / log2(rank + 1)."""
    order = np.argsort(-scores, axis=1, kind="stable")
    discount = 1.0 / np.log2(np.arange(scores.shape[1]) + 2.0)
    gains = np.where(np.isfinite(scores), gains, 0.0)
    ranked = (np.take_along_axis(gains, order, axis=1) * discount).sum(axis=1)
    ideal = (-np.sort(-gains, axis=1) * discount).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(ideal > 0, ranked / ideal, np.nan)


def edit_distances(queries: Sequence[str], words: Sequence[str], limit: int = 5) -> np.ndarray:
    """Levenshtein distance of every query to every word, (Q, N) int64, at most ``limit``.

    Each distinct word is computed once.
    """
    unique, inverse = np.unique(np.asarray(words), return_inverse=True)
    codes = as_codes(unique.tolist())
    out = np.empty((len(queries), len(unique)), np.int64)
    for row, query in zip(out, queries, strict=True):
        row[:] = np.minimum(distances(*codes, query), limit)
    return out[:, inverse.reshape(-1)]


@dataclass(frozen=True)
class RetrievalScore:
    """mAP in percent; NaN without queries.

    unique: mean over distinct keys. weighted: mean over word instances (frequency-weighted, as in the published
    protocol of MARK). queries: number of queries. ndcg: percent.
    """

    unique: float
    weighted: float
    queries: int
    ndcg: float = float("nan")


def query_by_example(similarity: np.ndarray, keys: Sequence[str]) -> RetrievalScore:
    """QBE from (N, N) similarities. Words whose key occurs twice are queries, each excluded from its own ranking."""
    _, ids, counts = np.unique(np.asarray(keys), return_inverse=True, return_counts=True)
    queries = np.flatnonzero(counts[ids] > 1)
    values = np.full(len(ids), np.nan)
    for block in _blocks(queries):
        scores = similarity[block].astype(np.float32)
        scores[np.arange(len(block)), block] = -np.inf
        values[block] = average_precision(scores, ids[block][:, None] == ids[None])
    return _summary(values[queries], ids[queries])


def query_by_string(
    similarity: np.ndarray, queries: Sequence[str], keys: Sequence[str], with_ndcg: bool = False
) -> RetrievalScore:
    """QBS from (Q, N) similarities of distinct typed words to crops with ``keys``. Queries without relevant crops are
    excluded."""
    keys_array = np.asarray(keys)
    relevant = np.asarray(queries)[:, None] == keys_array[None]
    counts = relevant.sum(axis=1)
    values = np.concatenate(
        [average_precision(similarity[b], relevant[b]) for b in _blocks(np.arange(len(queries)))]
    )
    graded = float("nan")
    if with_ndcg:
        gains = np.array([*NDCG_GAINS, 0.0])[edit_distances(queries, list(keys), len(NDCG_GAINS))]
        used = counts > 0
        graded = 100 * float(np.nanmean(ndcg(similarity[used], gains[used])))
    ok = counts > 0
    if not ok.any():
        return RetrievalScore(float("nan"), float("nan"), 0)
    weighted = 100 * float(np.average(values[ok], weights=counts[ok]))
    return RetrievalScore(100 * float(values[ok].mean()), weighted, int(ok.sum()), graded)


def _summary(values: np.ndarray, ids: np.ndarray) -> RetrievalScore:
    if len(values) == 0:
        return RetrievalScore(float("nan"), float("nan"), 0)
    sums, counts = np.bincount(ids, values), np.bincount(ids)
    unique = float((sums[counts > 0] / counts[counts > 0]).mean())
    return RetrievalScore(100 * unique, 100 * float(values.mean()), len(values))


def _blocks(indices: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, max(len(indices), 1), _BLOCK):
        yield indices[start : start + _BLOCK]
