"""Losses of the reading heads: PHOC attributes and CTC."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from mark_core.training.objectives.base import Objective, Outputs


class PhocAttributes(Objective):
    """Binary cross-entropy of the predicted PHOC, summed over attributes, averaged over crops, times 0.1."""

    def compute(self, outputs: Outputs) -> Tensor | None:
        rows = outputs.readable
        if outputs.phoc is None or outputs.phoc_target is None or not bool(rows.any()):
            return None
        loss = F.binary_cross_entropy_with_logits(
            outputs.phoc[rows].float(), outputs.phoc_target[rows], reduction="none"
        )
        return 0.1 * loss.sum(dim=1).mean()


class Reading(Objective):
    """Connectionist temporal classification of the letters over the columns of the word, per letter."""

    def compute(self, outputs: Outputs) -> Tensor | None:
        rows = outputs.readable
        if outputs.columns is None or not bool(rows.any()):
            return None
        log_p = outputs.columns[rows].float().log_softmax(dim=-1).transpose(0, 1)
        return F.ctc_loss(
            log_p,
            outputs.letters,
            outputs.counts[rows],
            outputs.letter_counts,
            blank=outputs.columns.shape[2] - 1,
            reduction="mean",
            zero_infinity=True,
        )
