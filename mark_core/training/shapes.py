"""The axes on which the pooled columns of a word are kept: principal axes over rendered words."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mark_core.model.mark import BATCH
from mark_core.model.network import MarkNetwork
from mark_core.model.strip import pad_strips
from mark_core.training.data import WordSet

_WORDS = 8000


def fit_shape_axes(network: MarkNetwork, words: WordSet, seed: int = 0) -> float:
    """Set the network's ``shape_axes`` from training words; returns the share of the energy they keep, 0..1.

    The pooled columns have 3,840 numbers a word, too many to keep for every word of an archive. The leading
    eigenvectors of their second moments (not centred, so that a cosine stays what it was) keep nearly all of it.
    """
    network.eval()
    g = np.random.default_rng(seed)
    chosen = g.choice(len(words), min(len(words), _WORDS), replace=False)
    chosen = chosen[np.argsort(words.widths[chosen], kind="stable")]
    moments = torch.zeros(network.shape_axes.shape[1], network.shape_axes.shape[1], dtype=torch.float64)
    with torch.inference_mode():
        for start in range(0, len(chosen), BATCH):
            strips = pad_strips([words.strip(int(i)) for i in chosen[start : start + BATCH]])
            pooled: Tensor = F.normalize(network.images(torch.from_numpy(strips)).pooled, dim=-1)
            moments += (pooled.T @ pooled).double()
    values, vectors = torch.linalg.eigh(moments)  # ascending
    count = len(network.shape_axes)
    network.shape_axes.copy_(vectors[:, -count:].flip(1).T.float())
    return float(values[-count:].sum() / values.sum())
