"""Smooth-AP, Smooth-nDCG and the L1 term of "Learning to Rank Words" (Riba, Molina, Gomez, Ramos-Terrades, Lladós;
ICDAR 2021). "Join" is the sum of all three.

The ranking function (Eq. 8) counts the items before item i: those j with s_j > s_i. Its smooth form is the sigmoid of
(s_j - s_i) / tau (Eq. 9); the document writes G(D_ij) with D_ij = s_i - s_j, which would count those behind.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mark_core.training.objectives.base import Objective, Outputs, cosine

RELEVANCE = 4  # gamma of Eq. 19, chosen in the document


class SmoothAP(Objective):
    """L_AP (Eq. 11, 12) of crops among crops and of typed words among crops: the first terms of Eq. 16 and 18.

    Typed words among typed words are left out as in the document: each has one relevant item, itself.
    """

    def __init__(self, temperature: float = 0.01) -> None:
        super().__init__()
        self.temperature = temperature

    def compute(self, outputs: Outputs) -> Tensor | None:
        rows = outputs.readable
        if not bool(rows.any()):
            return None
        own, image = outputs.text_of[rows], outputs.image[rows]
        words = torch.arange(len(outputs.adapted_text), device=own.device)
        among = self._loss(cosine(image, image), own[:, None] == own[None], itself=True)
        across = self._loss(cosine(outputs.adapted_text, image), words[:, None] == own[None])
        return among + across

    def _loss(self, similarity: Tensor, relevant: Tensor, itself: bool = False) -> Tensor:
        """(Q, N) similarities and bool -> 1 - mean AP; itself: item i is query i and is not ranked."""
        kept = torch.ones_like(relevant)
        if itself:
            kept.fill_diagonal_(False)
        relevant = relevant & kept
        before = _smooth_before(similarity, kept, self.temperature)
        rank = 1 + before.sum(dim=2)
        among_relevant = 1 + (before * relevant[:, None, :]).sum(dim=2)
        count = relevant.sum(dim=1)
        precision = (among_relevant / rank * relevant).sum(dim=1) / count.clamp(min=1)
        asked = count > 0
        return 1 - precision[asked].mean() if bool(asked.any()) else similarity.sum() * 0.0


class SmoothNDCG(Objective):
    """L_nDCG (Eq. 14, 15) of crops among crops, typed words among typed words and typed words among crops: the terms of
    Eq. 16, 17 and 18. An item counts max(0, 4 - edit distance) (Eq. 19)."""

    def __init__(self, temperature: float = 0.01) -> None:
        super().__init__()
        self.temperature = temperature

    def compute(self, outputs: Outputs) -> Tensor | None:
        rows = outputs.readable
        if outputs.text_distance is None or not bool(rows.any()):
            return None
        own, image, words = outputs.text_of[rows], outputs.image[rows], outputs.adapted_text
        gain = (RELEVANCE - outputs.text_distance).clamp(min=0).float()
        return (
            self._loss(cosine(image, image), gain[own][:, own], itself=True)
            + self._loss(cosine(words, words), gain, itself=True)
            + self._loss(cosine(words, image), gain[:, own])
        )

    def _loss(self, similarity: Tensor, gain: Tensor, itself: bool = False) -> Tensor:
        """(Q, N) similarities and gains -> 1 - mean nDCG; queries for which nothing counts are left out."""
        kept = torch.ones_like(gain, dtype=torch.bool)
        if itself:
            kept.fill_diagonal_(False)
        gain = gain * kept
        place = 2 + _smooth_before(similarity, kept, self.temperature).sum(dim=2)
        dcg = (gain / place.log2()).sum(dim=1)
        discount = torch.arange(2, gain.shape[1] + 2, device=gain.device).log2()
        ideal = (gain.sort(dim=1, descending=True).values / discount).sum(dim=1)
        asked = ideal > 0
        return 1 - (dcg[asked] / ideal[asked]).mean() if bool(asked.any()) else similarity.sum() * 0.0


class StringL1(Objective):
    """L1 distance of every crop to the vector of its typed word, both L2-normalised, averaged over crops and dimensions
    (Sec. 3.4). Only the crops follow: the typed words are detached."""

    def compute(self, outputs: Outputs) -> Tensor | None:
        rows = outputs.readable
        if not bool(rows.any()):
            return None
        text = outputs.adapted_text[outputs.text_of[rows]].detach()
        return F.l1_loss(F.normalize(outputs.image[rows].float(), dim=1), F.normalize(text.float(), dim=1))


def _smooth_before(similarity: Tensor, kept: Tensor, temperature: float) -> Tensor:
    """(Q, N) -> (Q, N, N): how far item j stands before item i for each query, 0..1; 0 for i itself and what is not
    ranked."""
    before = torch.sigmoid((similarity[:, None, :] - similarity[:, :, None]) / temperature)
    same = torch.eye(similarity.shape[1], dtype=torch.bool, device=similarity.device)
    return before.masked_fill(same[None] | ~kept[:, None, :], 0.0)
