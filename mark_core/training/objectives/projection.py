"""Cross-modal projection: matching (CMPM) and classification (CMPC).

Zhang and Lu, "Deep Cross-Modal Projection Learning for Image-Text Matching", ECCV 2018, Sections 3.2 and 3.3.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mark_core.training.objectives.base import Objective, Outputs, same_label


class CMPM(Objective):
    """KL(p || q) in both directions over the pairs (x_i, z_i) of a crop and its typed word.

    p_ij = softmax_j(x_i . z_j / |z_j|), and softmax_j(z_i . x_j / |x_j|) the other way. q_ij = y_ij / sum_k y_ik:
    divided by the sum, not by the L2 norm as published code has it, since a batch holds a word more than once.
    scale: x_i is first given this length; None: it keeps its own, as in the source.
    """

    def __init__(self, scale: float | None = 16.0, epsilon: float = 1e-8) -> None:
        super().__init__()
        self.scale, self.epsilon = scale, epsilon

    def compute(self, outputs: Outputs) -> Tensor | None:
        rows = outputs.readable
        if not bool(rows.any()):
            return None
        own = outputs.text_of[rows]
        image, text = outputs.image[rows].float(), outputs.adapted_text[own].float()
        match = same_label(own, own).float()
        q = match / match.sum(dim=1, keepdim=True)
        return self._kl(image, text, q) + self._kl(text, image, q)

    def _kl(self, x: Tensor, z: Tensor, q: Tensor) -> Tensor:
        if self.scale is not None:
            x = self.scale * F.normalize(x, dim=1)
        log_p = torch.log_softmax(x @ F.normalize(z, dim=1).T, dim=1)
        return (log_p.exp() * (log_p - torch.log(q + self.epsilon))).sum(dim=1).mean()


class CMPC(Objective):
    """Norm-softmax classification of the projections: -log softmax_y(W^T x') for x' = (x . z/|z|) z/|z| and for
    z' = (z . x/|x|) x/|x|, columns of W of length 1, one classifier for both.

    dim: D of the vectors; classes: the label of every class as ``Outputs.label`` numbers it. Crops of other labels are
    left out.
    """

    classes: Tensor

    def __init__(self, dim: int, classes: Sequence[int]) -> None:
        super().__init__()
        self.register_buffer("classes", torch.tensor(sorted(classes), dtype=torch.int64))
        self.weight = nn.Parameter(torch.empty(len(self.classes), dim))
        nn.init.xavier_uniform_(self.weight)

    def compute(self, outputs: Outputs) -> Tensor | None:
        row = torch.searchsorted(self.classes, outputs.label).clamp(max=len(self.classes) - 1)
        rows = outputs.readable & (self.classes[row] == outputs.label)
        if not bool(rows.any()):
            return None
        image, text = outputs.image[rows].float(), outputs.adapted_text[outputs.text_of[rows]].float()
        weight = F.normalize(self.weight, dim=1)
        target = row[rows]
        return sum(
            F.cross_entropy(_projected(x, z) @ weight.T, target) for x, z in ((image, text), (text, image))
        )


def _projected(x: Tensor, z: Tensor) -> Tensor:
    """(N, D) x on the line of z, row by row."""
    unit = F.normalize(z, dim=1)
    return (x * unit).sum(dim=1, keepdim=True) * unit
