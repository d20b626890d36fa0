"""What confirmed and rejected hits say of the others.

References are fused by maximum (SHSV, "Signature verification with a stream of decisions"): a word is as likely as its
best reference makes it, be that the query or a confirmed crop. A word is less likely by as much as it is likely to be
a rejected one: p (1 - p_rejected), which in log-odds is about logit - softplus(logit_rejected).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def fuse(query: np.ndarray, confirmed: Sequence[np.ndarray], rejected: Sequence[np.ndarray]) -> np.ndarray:
    """(N,) log-odds of the query, and of being the same word as each confirmed and each rejected crop -> (N,).

    Without decisions the query's own log-odds come back as they are. Where a word is like a confirmed crop as well as
    like a rejected one, only the difference counts against it.
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
