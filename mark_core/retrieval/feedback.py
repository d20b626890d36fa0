"""Relevance feedback: the log-odds of a query combined with those of confirmed and rejected hits.

Positive references are fused by maximum (SHSV, "Signature verification with a stream of decisions"): the query and
every confirmed hit. Rejected hits multiply the probability by 1 - p_rejected, in log-odds about
logit - softplus(logit_rejected).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def fuse(query: np.ndarray, confirmed: Sequence[np.ndarray], rejected: Sequence[np.ndarray]) -> np.ndarray:
    """Log-odds after relevance feedback.

    query: (N,) log-odds of the query. confirmed, rejected: for each such hit, (N,) log-odds of being the same word.
    Returns (N,) float64; the log-odds of the query if there is no feedback. For words similar to both kinds only the
    difference counts.
    """
    fused = np.asarray(query, np.float64)
    if len(confirmed):
        near = np.max(confirmed, axis=0)
        fused = np.maximum(fused, near)
    if len(rejected):
        far = np.max(rejected, axis=0)
        if len(confirmed):
            far = far - np.maximum(near, 0)
        fused = fused - np.logaddexp(0, far)
    return fused
