"""What a network knew before it learnt a hand shall not be lost."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mark_core.training.objectives.base import Objective, Outputs, cosine

_COSINE = 20.0


class DistillationLoss(Objective):
    """Crops whose letters nobody says go on being read as before (learning without forgetting; Li and Hoiem, 2016).

    Learning that two crops are one word says nothing of its letters, but moves them. So the letters of every column
    keep their probabilities (Kullback-Leibler divergence, mean over the columns of the words) and the crop its
    likeness to typed words (mean squared difference of the cosines, times 20).
    """

    def compute(self, outputs: Outputs) -> Tensor | None:
        rows = ~outputs.readable
        if outputs.columns is None or outputs.columns_before is None or outputs.image_before is None:
            return None
        if outputs.counts is None or not bool(rows.any()):
            return None
        now = outputs.columns[rows].float().log_softmax(dim=-1)
        before = outputs.columns_before[rows].float().log_softmax(dim=-1)
        apart = F.kl_div(now, before, reduction="none", log_target=True).sum(dim=-1)
        columns = torch.arange(apart.shape[1], device=apart.device)
        written = columns < outputs.counts[rows].unsqueeze(1)
        letters = (apart * written).sum() / written.sum()
        words = outputs.negatives.detach()
        moved = cosine(outputs.image[rows], words) - cosine(outputs.image_before[rows], words)
        return letters + _COSINE * (moved**2).mean()
