"""Contrastive loss of a siamese network over both sides (Hadsell, Chopra and LeCun, 2006)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mark_core.training.objectives.base import Objective, Outputs


class SiameseContrastive(Objective):
    """y d^2 + (1 - y) max(0, margin - d)^2 with d = |f_I - f_T|, vectors L2-normalised, over all pairs of a crop and a
    typed word of the batch. Pairs that belong together and pairs that do not count alike: each kind is averaged by
    itself, as if both were drawn equally often."""

    def __init__(self, margin: float = 1.0) -> None:
        super().__init__()
        self.margin = margin

    def compute(self, outputs: Outputs) -> Tensor | None:
        rows = outputs.readable
        if not bool(rows.any()):
            return None
        image = F.normalize(outputs.image[rows].float(), dim=1)
        words = F.normalize(torch.cat([outputs.adapted_text, outputs.negatives]).float(), dim=1)
        square = (2 - 2 * image @ words.T).clamp(min=1e-12)
        match = outputs.text_of[rows][:, None] == torch.arange(len(words), device=words.device)
        loss = square[match].mean()
        if bool((~match).any()):
            loss = loss + F.relu(self.margin - square[~match].sqrt()).square().mean()
        return loss
