"""A published system as a network: an image tower, a string tower and perhaps MARK's adaptations between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mark_core.errors import MarkError
from mark_core.model.kan import Adaptation
from mark_core.model.mark import BATCH, to_square
from mark_core.model.strip import pad_strips, padded_width
from mark_core.model.systems.image_towers import image_tower
from mark_core.model.systems.string_towers import PhocText, string_tower

DIM = 256  # of the vectors of every system but those that say a PHOC
ADAPTATIONS = ("none", "kan", "mlp")


@dataclass
class Embedded:
    """vectors: (N, D), not normalised. features: (N, F), of which the last layer makes the vectors. phoc: (N, D) logits
    where the vectors of crops are probabilities of PHOC attributes, else None."""

    vectors: Tensor
    features: Tensor
    phoc: Tensor | None = None


class SystemNetwork(nn.Module):
    """Crops and typed words -> vectors in one space, compared by their cosine.

    tower, strings: names of ``IMAGE_TOWERS`` and ``STRING_TOWERS``. adaptation: "kan", "mlp" or "none", between the
    spaces of crops and texts as in MARK, on tokens of 64. With the strings "phoc" a crop's vector is the sigmoid of as
    many outputs. Raises MarkError on an unknown name.
    """

    def __init__(self, tower: str, strings: str, adaptation: str = "none") -> None:
        super().__init__()
        if adaptation not in ADAPTATIONS:
            raise MarkError(
                "There is no adaptation “{name}”; known are {known}.",
                name=adaptation,
                known=", ".join(ADAPTATIONS),
            )
        chosen = image_tower(tower)
        self.input = chosen.input
        self.image_tower, self.string_tower = chosen.build(), string_tower(strings)
        self.says_phoc = isinstance(self.string_tower, PhocText)
        self.dim = int(self.string_tower.num_features) if self.says_phoc else DIM
        self.image_features, self.text_features = (
            int(side.num_features) for side in (self.image_tower, self.string_tower)
        )
        self.image_head = nn.Linear(self.image_features, self.dim)
        self.text_head = nn.Identity() if self.says_phoc else nn.Linear(self.text_features, self.dim)
        self.image_to_text, self.text_to_image = (_adaptation(self.dim, adaptation) for _ in range(2))

    def images(self, x: Tensor) -> Embedded:
        """Strips (B, 1, 48, W) or squares (B, 3, 224, 224), as ``input`` says -> f_I."""
        features = self.image_tower(x)
        out = self.image_head(features)
        return Embedded(torch.sigmoid(out), features, out) if self.says_phoc else Embedded(out, features)

    def texts(self, words: Sequence[str]) -> Embedded:
        """Folded words -> t'."""
        features = self.string_tower(words).to(self.image_head.weight.device)
        return Embedded(self.text_head(features), features)

    @property
    def parameter_count(self) -> int:
        return sum(p.numel() for p in self.parameters())


def _adaptation(dim: int, kind: str) -> nn.Module:
    return nn.Identity() if kind == "none" else Adaptation(dim, kind=kind, scope="token")


@torch.inference_mode()
def embed_strips(network: SystemNetwork, strips: Sequence[np.ndarray]) -> np.ndarray:
    """Strips of ``to_strip`` -> (N, D) float32, L2-normalised, by a network in evaluation. A vector does not depend on
    the other strips: each is computed at a width that it chooses itself."""
    out = np.zeros((len(strips), network.dim), np.float32)
    widths = np.array([padded_width(strip.shape[1]) for strip in strips], np.int64)
    if network.input == "square":
        widths[:] = 0  # all have one size
    for width in np.unique(widths):
        members = np.flatnonzero(widths == width)
        for start in range(0, len(members), BATCH):
            rows = members[start : start + BATCH]
            some = [strips[i] for i in rows]
            pixels = (
                np.stack([to_square(strip) for strip in some]) if not width else pad_strips(some, int(width))
            )
            out[rows] = _normalised(network.images(_on_device(network, pixels)).vectors)
    return out


@torch.inference_mode()
def embed_words(network: SystemNetwork, words: Sequence[str]) -> np.ndarray:
    """Folded words -> (N, D) float32, L2-normalised, in the space of crops, by a network in evaluation."""
    if not words:
        return np.zeros((0, network.dim), np.float32)
    parts = [words[start : start + BATCH] for start in range(0, len(words), BATCH)]
    vectors = [network.text_to_image(network.texts(part).vectors) for part in parts]
    return _normalised(torch.cat(vectors))


def _normalised(vectors: Tensor) -> np.ndarray:
    return F.normalize(vectors.float(), dim=1).cpu().numpy()


def _on_device(network: SystemNetwork, pixels: np.ndarray) -> Tensor:
    return torch.from_numpy(pixels).to(network.image_head.weight.device)
