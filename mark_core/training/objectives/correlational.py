"""Correlational network (Chandar, Khapra, Larochelle and Ravindran, "Correlational Neural Networks", 2016)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mark_core.training.objectives.base import Objective, Outputs


class CorrelationalNetwork(Objective):
    """Reconstruction of both views from both, from the crop alone and from the typed word alone, less the correlation.

    The views x and y are the features of the two towers before their last layers W and V, which give the code
    h(x, y) = tanh(W x + V y + b). Two linear decoders give x and y back; an error is the squared distance to (x, y)
    divided by the number of features, averaged over crops:
    J = err(h(x, y)) + err(h(x)) + err(h(y)) - weight * corr(h(X), h(Y)), where corr is the mean over the units of the
    code of Pearson's correlation over the batch. As targets the views stand still (detached) and have mean 0 and
    variance 1 each: features that learn could else make the error small by shrinking, and large by growing.
    """

    def __init__(self, dim: int, image_features: int, text_features: int, weight: float = 4.0) -> None:
        super().__init__()
        self.weight = weight
        self.bias = nn.Parameter(torch.zeros(dim))
        self.to_image = nn.Linear(dim, image_features)
        self.to_text = nn.Linear(dim, text_features)

    def compute(self, outputs: Outputs) -> Tensor | None:
        rows = outputs.readable
        if outputs.image_features is None or outputs.text_features is None or int(rows.sum()) < 2:
            return None
        own = outputs.text_of[rows]
        image, text = outputs.image[rows].float(), outputs.adapted_text[own].float()
        views = outputs.image_features[rows], outputs.text_features[own]
        x, y = (F.layer_norm(view.float().detach(), view.shape[1:]) for view in views)
        of_image, of_text = (torch.tanh(part + self.bias) for part in (image, text))
        codes = (torch.tanh(image + text + self.bias), of_image, of_text)
        error = sum(
            (((self.to_image(code) - x) ** 2).sum(dim=1) + ((self.to_text(code) - y) ** 2).sum(dim=1)).mean()
            for code in codes
        )
        return error / (x.shape[1] + y.shape[1]) - self.weight * correlation(of_image, of_text)


def correlation(a: Tensor, b: Tensor) -> Tensor:
    """Mean over the columns of Pearson's correlation over the rows of (N, D) and (N, D)."""
    a, b = a - a.mean(dim=0), b - b.mean(dim=0)
    return ((a * b).sum(dim=0) / (a.square().sum(dim=0) * b.square().sum(dim=0) + 1e-8).sqrt()).mean()
