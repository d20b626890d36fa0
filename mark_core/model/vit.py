"""A small vision transformer over a word strip, the other tower of the ablation: as many parameters as the CNN.

A token is a slice of the strip, its full height and ``2 * COLUMN`` pixels wide, one every ``COLUMN`` pixels; so the
reading head sees as many columns as with the convolutional tower. Dosovitskiy et al., "An Image is Worth 16x16
Words", 2021.
"""

from __future__ import annotations

import math

import torch
from timm.models import register_model
from torch import Tensor, nn

from mark_core.model.strip import COLUMN
from mark_core.model.tower import ColumnTower, column_counts


class PatchTower(ColumnTower):
    """(B, 1, H, W) -> (B, num_features). Tokens attend to the word's own columns, never to the padding."""

    def __init__(
        self,
        column_width: int = 256,
        num_features: int = 512,
        height: int = 48,
        layers: int = 6,
        heads: int = 4,
        dropout: float = 0.1,
    ) -> None:
        super().__init__(column_width, num_features, dropout)
        self.embed = nn.Conv2d(1, column_width, (height, 2 * COLUMN), (1, COLUMN), (0, COLUMN // 2))
        layer = nn.TransformerEncoderLayer(
            column_width, heads, 2 * column_width, dropout, "gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(column_width)

    def forward_features(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Columns drawn and read, which are the same here, and their number; see ``ColumnTower``."""
        counts = column_counts(x)
        tokens = self.embed(x.clamp(min=0)).squeeze(2).transpose(1, 2)
        tokens = tokens + positions(tokens.shape[1], self.column_width).to(tokens)
        beyond = torch.arange(tokens.shape[1], device=x.device)[None] >= counts[:, None]
        columns = self.norm(self.layers(tokens, src_key_padding_mask=beyond))
        return columns, columns, counts


def positions(count: int, width: int) -> Tensor:
    """Sinusoidal positions (count, width) of "Attention is all you need"."""
    rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
    angle = torch.arange(count)[:, None] * rate[None]
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


@register_model
def mark_patches(pretrained: bool = False, **kwargs) -> PatchTower:
    """timm entry point, see ``mark_strip``."""
    return PatchTower()
