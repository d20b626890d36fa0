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
        return ctc_loss(outputs.columns[rows], outputs.counts[rows], outputs.letters, outputs.letter_counts)


def ctc_loss(logits: Tensor, counts: Tensor, letters: Tensor, letter_counts: Tensor) -> Tensor:
    """CTC loss per letter, averaged over B words or lines.

    logits: (B, T, C), the blank last; counts: (B,) how many of the T columns are written on. letters: the classes of
    all texts one after the other; letter_counts: (B,) the length of each.
    """
    log_p = logits.float().log_softmax(dim=-1).transpose(0, 1)
    blank = logits.shape[2] - 1
    return F.ctc_loss(
        log_p, letters, counts, letter_counts, blank=blank, reduction="mean", zero_infinity=True
    )
