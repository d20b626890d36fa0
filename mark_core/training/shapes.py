"""The axes on which the drawing of a word is kept: principal axes over rendered words."""

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

    A drawing has 3,584 numbers, too many to keep for every word of an archive. The leading right
    singular vectors (of vectors that are not centred, so that a cosine stays what it was) keep nearly all of it.
    """
    network.eval()
    g = np.random.default_rng(seed)
    chosen = g.choice(len(words), min(len(words), _WORDS), replace=False)
    chosen = chosen[np.argsort(words.widths[chosen], kind="stable")]
    parts: list[Tensor] = []
    with torch.inference_mode():
        for start in range(0, len(chosen), BATCH):
            strips = pad_strips([words.strip(int(i)) for i in chosen[start : start + BATCH]])
            parts.append(F.normalize(network.images(torch.from_numpy(strips)).drawn, dim=-1))
        drawn = torch.cat(parts)
        torch.manual_seed(seed)
        _, values, axes = torch.svd_lowrank(drawn, q=min(len(network.shape_axes), len(drawn)), niter=6)
        network.shape_axes.zero_()
        network.shape_axes[: axes.shape[1]] = axes.T
    return float((values**2).sum() / (drawn**2).sum())
