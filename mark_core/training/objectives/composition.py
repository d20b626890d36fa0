"""Dynamic weighted combiner: a query of a crop and a typed word (Huang et al., "Dynamic Weighted Combiner for
Mixed-Modal Image Retrieval", AAAI 2024)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mark_core.training.objectives.base import Objective, Outputs, same_label


class Combiner(nn.Module):
    """Two feature editors and one weight a query.

    a_I = s(MLP_I[f_I; f_T]), a_T = s(MLP_T[f_I; f_T]), lam = s(MLP_w[a_I f_I; a_T f_T]), s the sigmoid;
    q = norm(lam a_I f_I + (1 - lam) a_T f_T). (N, D) f_I and f_T -> (N, D) q of length 1.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.edit_image, self.edit_text = (_mlp(2 * dim, dim) for _ in range(2))
        self.weigh = _mlp(2 * dim, 1)

    def forward(self, image: Tensor, text: Tensor) -> Tensor:
        image, text = F.normalize(image.float(), dim=1), F.normalize(text.float(), dim=1)
        both = torch.cat([image, text], dim=1)
        image = torch.sigmoid(self.edit_image(both)) * image
        text = torch.sigmoid(self.edit_text(both)) * text
        weight = torch.sigmoid(self.weigh(torch.cat([image, text], dim=1)))
        return F.normalize(weight * image + (1 - weight) * text, dim=1)


class DynamicWeightedCombiner(Objective):
    """Soft-label contrast of queries with their targets, by two streams that learn in turn from each other's ranking.

    The query of a crop is itself with its typed word, its target v another crop of the same word (the next in the
    batch); crops without one are left out. Soft labels Y = a softmax(v v^T / tau) + (1 - a) P with P the rows of the
    same word divided by their number; no gradient goes through Y. A query costs
    -sum_j Y_ij log softmax_j(q_i v_j / tau).

    Stream 0 composes f_I and A_T2I(t') in the space of crops, stream 1 A_I2T(f_I) and t' in that of texts. A step is
    one stream's: its cost, and KL of its ranking from the other's, which is detached (mutual enhancement). The crop
    alone and the typed word alone (lam 1 and 0, what a search with one input uses) are queries of every step too.
    """

    steps: Tensor

    def __init__(self, dim: int, share: float = 0.2, temperature: float = 0.07) -> None:
        super().__init__()
        self.streams = nn.ModuleList([Combiner(dim), Combiner(dim)])
        self.share, self.temperature = share, temperature
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    def compute(self, outputs: Outputs) -> Tensor | None:
        target = _next_of_same(outputs)
        rows = target >= 0
        if not bool(rows.any()):
            return None
        own, target = outputs.text_of[rows], target[rows]
        spaces = (
            (outputs.image, outputs.adapted_text[own]),
            (outputs.adapted_image, outputs.text[own]),
        )
        active = int(self.steps) % 2
        if self.training:
            self.steps += 1
        cost, rankings = torch.zeros((), device=own.device), []
        for number, (image, text) in enumerate(spaces):
            v = F.normalize(image[target].float(), dim=1)
            labels = self._soft_labels(v, own)
            composed = self._ranking(self.streams[number](image[rows], text), v)
            rankings.append(composed)
            if number == active:
                cost = cost + _cross_entropy(labels, composed)
            if number == 0:
                for single in (image[rows], text):
                    cost = cost + _cross_entropy(labels, self._ranking(F.normalize(single.float(), dim=1), v))
        other = rankings[1 - active].detach()
        return cost + F.kl_div(rankings[active], other, reduction="batchmean", log_target=True)

    def _ranking(self, query: Tensor, v: Tensor) -> Tensor:
        return torch.log_softmax(query @ v.T / self.temperature, dim=1)

    def _soft_labels(self, v: Tensor, own: Tensor) -> Tensor:
        v = v.detach()
        match = same_label(own, own).float()
        exact = match / match.sum(dim=1, keepdim=True)
        return self.share * torch.softmax(v @ v.T / self.temperature, dim=1) + (1 - self.share) * exact


def _next_of_same(outputs: Outputs) -> Tensor:
    """(B,) the next crop of the same typed word, the first after the last; -1 for crops that are alone or cannot be
    typed."""
    same = same_label(outputs.text_of, outputs.text_of) & outputs.readable[:, None]
    same.fill_diagonal_(False)
    count = len(same)
    place = torch.arange(count, device=same.device)
    ahead = (place[None] - place[:, None]) % count
    nearest = ahead.masked_fill(~same, count).argmin(dim=1)
    return torch.where(same.any(dim=1), nearest, -1)


def _cross_entropy(labels: Tensor, log_p: Tensor) -> Tensor:
    return -(labels * log_p).sum(dim=1).mean()


def _mlp(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, inputs // 2), nn.ReLU(), nn.Linear(inputs // 2, outputs))
