"""The forward and backward recursion of CTC, for any number of crops and queries at once.

Graves et al., "Connectionist Temporal Classification", 2006 (Eq. 5-14), in the linear domain and normalised in every
column. A query of L letters has S = 2 L + 1 states: the blanks before, between and behind its letters are the even
ones, its letters the odd ones. In every column a state stays, moves on by one, or skips the blank between two letters.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np


def moved(state: np.ndarray, skip: np.ndarray) -> np.ndarray:
    """The weights with which the states are entered in the next column.

    state: (..., S) weights in this column. skip: (..., L - 1) in 0..1, how far the blank between two letters may be
    skipped; 0 between equal letters, which need it.
    """
    out = state.copy()
    out[..., 1:] += state[..., :-1]
    out[..., 3::2] += state[..., 1:-2:2] * skip
    return out


def log_likelihood(columns: Iterable[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Log-likelihood of the queries, with the leading dimensions of the emissions; -inf where none can be aligned.

    columns: for each column, at least one, the (..., S) probabilities of what each state accepts, and the skip from
    the column before, see `moved`.
    """
    state: np.ndarray | None = None
    log_scale = np.zeros(0)
    with np.errstate(divide="ignore"):
        for emission, skip in columns:
            if state is None:
                state = np.zeros_like(emission)
                state[..., :2] = emission[..., :2]
                log_scale = np.zeros(emission.shape[:-1])
            else:
                state = moved(state, skip)
                state *= emission
            scale = state.sum(axis=-1)
            log_scale += np.log(scale)
            state /= np.maximum(scale, np.finfo(state.dtype).tiny)[..., None]
        if state is None:
            raise ValueError("there is no column")
        return log_scale + np.log(state[..., -2:].sum(axis=-1))


def posteriors(emission: np.ndarray, skip: np.ndarray) -> np.ndarray | None:
    """(T, S) probability of every state in every column, given that the query is there; None if it cannot be aligned.

    emission: (T, S) float64 probabilities of what each state accepts. skip: (L - 1,), see `moved`.
    """
    forward, backward = np.zeros_like(emission), np.zeros_like(emission)
    forward[0, :2] = emission[0, :2]
    backward[-1, -2:] = 1
    for t in range(1, len(emission)):
        forward[t] = moved(_unit_sum(forward[t - 1]), skip) * emission[t]
    for t in range(len(emission) - 2, -1, -1):
        # the steps backwards are those forwards of the states in reverse
        after = _unit_sum(backward[t + 1] * emission[t + 1])
        backward[t] = moved(after[::-1], skip[::-1])[::-1]
    both = forward * backward
    weight = both.sum(axis=1, keepdims=True)
    return both / weight if (weight > 0).all() else None


def _unit_sum(state: np.ndarray) -> np.ndarray:
    return state / max(state.sum(), np.finfo(state.dtype).tiny)
