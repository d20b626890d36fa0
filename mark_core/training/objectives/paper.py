"""The losses of MARK: triplet and alignment in both directions."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mark_core.training.objectives.base import Objective, Outputs, cosine, same_label


class Triplet(Objective):
    """L_Tri of MARK: cosine distance, margin 0.2, anchor, positive and negative are crops.

    The positive is the farthest crop of the same label in the batch, the negative the nearest of another.
    """

    def __init__(self, margin: float = 0.2) -> None:
        super().__init__()
        self.margin = margin

    def compute(self, outputs: Outputs) -> Tensor | None:
        distance = 1 - cosine(outputs.image, outputs.image)
        same = same_label(outputs.label, outputs.label)
        itself = torch.eye(len(same), dtype=torch.bool, device=same.device)
        positive = distance.masked_fill(~same | itself, -1.0).amax(dim=1)
        negative = distance.masked_fill(same, 3.0).amin(dim=1)
        rows = (same & ~itself).any(dim=1) & (~same).any(dim=1)
        return F.relu(positive - negative + self.margin)[rows].mean() if bool(rows.any()) else None


class Alignment(Objective):
    """L_AI + L_AT of MARK: MSE(f_I, A_T2I(t')) + MSE(t', A_I2T(f_I)), all L2-normalised.

    The squares are summed over the dimensions (not averaged), which makes each term 2 - 2 cos. With ``detach``
    only the adaptations and the text follow: a crop that is drawn to its text, while the text is drawn to the
    crop, is content with one vector for all words, and early in training nothing else stops it.
    """

    def __init__(self, detach: bool = False) -> None:
        super().__init__()
        self.detach = detach

    def compute(self, outputs: Outputs) -> Tensor | None:
        rows = outputs.readable
        if not bool(rows.any()):
            return None
        own = outputs.text_of[rows]
        image, text = outputs.image[rows], outputs.text[own]
        if self.detach:
            image, text = image.detach(), text.detach()
        image_side = 2 - 2 * F.cosine_similarity(image.float(), outputs.adapted_text[own].float())
        text_side = 2 - 2 * F.cosine_similarity(text.float(), outputs.adapted_image[rows].float())
        return (image_side + text_side).mean()
