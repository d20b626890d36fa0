"""Multi-positive InfoNCE: crops of one word near each other and near the typed word."""

from __future__ import annotations

import torch
from torch import Tensor

from mark_core.training.objectives.base import (
    Objective,
    Outputs,
    cosine,
    multi_positive_cross_entropy,
    same_label,
)


class ImageInfoNCE(Objective):
    """Crop to crop, in every script: the positives are the other renderings of the same label.

    ``memory`` embeddings of earlier batches serve as further negatives and positives (Wang et al.,
    "Cross-Batch Memory for Embedding Learning", 2020), once ``patience`` batches have passed: until then
    embeddings drift too fast for old ones to mean anything.
    """

    def __init__(self, temperature: float = 0.07, memory: int = 1024, patience: int = 1000) -> None:
        super().__init__()
        self.temperature, self.memory, self.patience = temperature, memory, patience
        self._seen = 0
        self._vectors: Tensor | None = None
        self._labels: Tensor | None = None

    def compute(self, outputs: Outputs) -> Tensor | None:
        label = outputs.label
        logits = cosine(outputs.image, outputs.image) / self.temperature
        positive = same_label(label, label)
        itself = torch.eye(len(label), dtype=torch.bool, device=label.device)
        logits = logits.masked_fill(itself, -1e4)
        positive = positive & ~itself
        if self._vectors is not None and self._labels is not None:
            logits = torch.cat([logits, cosine(outputs.image, self._vectors) / self.temperature], dim=1)
            positive = torch.cat([positive, same_label(label, self._labels)], dim=1)
        self._seen += 1
        if self.memory and self._seen > self.patience:
            self._remember(outputs.image.detach(), label)
        return multi_positive_cross_entropy(logits, positive)

    def _remember(self, vectors: Tensor, labels: Tensor) -> None:
        if self._vectors is not None and self._labels is not None:
            vectors = torch.cat([vectors, self._vectors])[: self.memory]
            labels = torch.cat([labels, self._labels])[: self.memory]
        self._vectors, self._labels = vectors, labels


class ShapeInfoNCE(Objective):
    """Crop to crop on the drawings themselves, before anything is projected: keeps their plain cosine meaningful,
    which is what an example in an unknown script is searched by."""

    def __init__(self, temperature: float = 0.07) -> None:
        super().__init__()
        self.temperature = temperature

    def compute(self, outputs: Outputs) -> Tensor | None:
        if outputs.drawn is None:
            return None
        label = outputs.label
        itself = torch.eye(len(label), dtype=torch.bool, device=label.device)
        logits = (cosine(outputs.drawn, outputs.drawn) / self.temperature).masked_fill(itself, -1e4)
        return multi_positive_cross_entropy(logits, same_label(label, label) & ~itself)


class TextInfoNCE(Objective):
    """Crop to typed word and back, in image space: f_I against A_T2I(t')."""

    def __init__(self, temperature: float = 0.07) -> None:
        super().__init__()
        self.temperature = temperature

    def compute(self, outputs: Outputs) -> Tensor | None:
        rows = outputs.readable
        if not bool(rows.any()):
            return None
        words = torch.cat([outputs.adapted_text, outputs.negatives])
        logits = cosine(outputs.image[rows], words) / self.temperature
        to_word = torch.nn.functional.cross_entropy(logits, outputs.text_of[rows])
        # back: a word against all crops, those of other scripts too
        back = cosine(outputs.adapted_text, outputs.image) / self.temperature
        own = torch.arange(len(outputs.adapted_text), device=back.device)
        to_image = multi_positive_cross_entropy(back, same_label(own, outputs.text_of))
        return (to_word + to_image) / 2
