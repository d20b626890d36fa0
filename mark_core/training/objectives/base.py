"""What a loss sees of a batch, and the interface of a loss."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass
class Outputs:
    """One training step, before any loss. B crops, U distinct labels, M further typed words.

    image: (B, D) f_I. text: (U, D) t' of the distinct readable labels. adapted_text: (U, D) A_T2I(t').
    adapted_image: (B, D) A_I2T(f_I). negatives: (M, D) A_T2I(t') of words that are not in the batch.
    label: (B,) int64 class of every crop. text_of: (B,) row of ``text`` for every crop, -1 if its script
    cannot be typed. drawn: (B, Q) the drawing of each crop. phoc, phoc_target: (B, P) logits and 0/1.
    columns: (B, T, C) logits, the blank last; counts: (B,); letters, letter_counts: the targets of the reading head,
    concatenated. image_before, columns_before: the same of a network whose reading shall be
    kept. image_features: (B, F), text_features: (U, G) what the last layer of each tower projects. text_distance:
    (U, U) int64 edit distances of the labels of ``text``. All vectors not normalised.
    """

    image: Tensor
    text: Tensor
    adapted_text: Tensor
    adapted_image: Tensor
    negatives: Tensor
    label: Tensor
    text_of: Tensor
    drawn: Tensor | None = None
    phoc: Tensor | None = None
    phoc_target: Tensor | None = None
    columns: Tensor | None = None
    counts: Tensor | None = None
    letters: Tensor | None = None
    letter_counts: Tensor | None = None
    image_before: Tensor | None = None
    columns_before: Tensor | None = None
    image_features: Tensor | None = None
    text_features: Tensor | None = None
    text_distance: Tensor | None = None

    @property
    def readable(self) -> Tensor:
        return self.text_of >= 0


class Objective(nn.Module):
    """A loss on ``Outputs``. Calling it returns a scalar; a batch it does not apply to costs zero.

    A loss that needs parameters of its own (a classifier, decoders) holds them like any module.
    """

    def forward(self, outputs: Outputs) -> Tensor:
        loss = self.compute(outputs)
        return outputs.image.sum() * 0.0 if loss is None else loss

    @abstractmethod
    def compute(self, outputs: Outputs) -> Tensor | None:
        """The loss, or None if nothing in the batch has a target."""


def label_number(label: str) -> int:
    """The number of a label in ``Outputs.label``, the same in every batch and run."""
    return int.from_bytes(hashlib.blake2b(label.encode(), digest_size=7).digest(), "big")


def cosine(a: Tensor, b: Tensor) -> Tensor:
    """(N, D), (M, D) -> (N, M) cosine similarities in float32."""
    return F.normalize(a.float(), dim=-1) @ F.normalize(b.float(), dim=-1).T


def same_label(a: Tensor, b: Tensor) -> Tensor:
    return a.unsqueeze(1) == b.unsqueeze(0)


def multi_positive_cross_entropy(logits: Tensor, positive: Tensor) -> Tensor:
    """Mean over rows of -log sum_{j positive} softmax(logits)_j / |positive| in its log-mean form.

    Rows: -(1/|P|) sum_{j in P} log softmax(logits)_j, so every positive must be near, not just one.
    Rows without a positive are left out.
    """
    log_p = torch.log_softmax(logits, dim=1)
    count = positive.sum(dim=1)
    per_row = -(log_p.masked_fill(~positive, 0.0)).sum(dim=1) / count.clamp(min=1)
    return per_row[count > 0].mean() if bool((count > 0).any()) else logits.sum() * 0.0
