"""The image tower of mark-compact: a small residual network over a word strip.

It keeps one column per four pixels along the word (timm's towers reduce by 32, too coarse to read from) and
is registered with timm, so that open_clip builds it from our JSON like any other tower.

Input: (B, 1, H, W) float32, ink 0..1, padding marked by ``PAD``; a strip says itself how wide it is.
"""

from __future__ import annotations

import torch
from timm.models import register_model
from torch import Tensor, nn
from torch.nn import functional as F

from mark_core.model.strip import COLUMN, PAD

PYRAMID = (1, 2, 3, 4, 5)
DRAWING = (2, 4, 8)  # regions of a word that its drawing is described by


class ResidualBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: tuple[int, int] | int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut: nn.Module = nn.Identity()
        if inputs != outputs or stride != 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        hidden = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(hidden)) + self.shortcut(x))


class ContextBlock(nn.Module):
    """Residual convolution along the line: lets a column see its neighbouring letters, ``dilation`` columns apart."""

    def __init__(self, width: int, dilation: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation, bias=False)
        self.bn = nn.BatchNorm1d(width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, width, T) -> the same shape."""
        return x + F.relu(self.bn(self.conv(x)))

    def over_rows(self, x: Tensor) -> Tensor:
        """The same in evaluation over (B, width, 1, T), channels last: the layout that the tower has anyway, so that
        nothing is copied."""
        dilation = self.conv.dilation[0]
        weight = self.conv.weight.unsqueeze(2)
        hidden = F.conv2d(x, weight, padding=(0, dilation), dilation=(1, dilation))
        bn = self.bn
        hidden = F.batch_norm(hidden, bn.running_mean, bn.running_var, bn.weight, bn.bias, eps=bn.eps)
        return x + F.relu(hidden)


class ColumnTower(nn.Module):
    """What towers over a strip share: columns (B, T, column_width) are pooled and become (B, num_features).

    A tower defines ``forward_features``: the columns as they are drawn, each by itself, and as they are read, with
    their neighbours, both (B, T, column_width), and how many of them lie on the word, (B,) int64.
    """

    def __init__(self, column_width: int, num_features: int, dropout: float) -> None:
        super().__init__()
        self.num_features, self.column_width = num_features, column_width
        self.default_cfg: dict[str, object] = {}
        self.dropout = nn.Dropout(dropout)
        self.drawn_width = sum(DRAWING) * column_width
        self.hidden = nn.Linear(sum(PYRAMID) * column_width, num_features)

    def reset_classifier(self, num_classes: int, global_pool: str | None = None) -> None:
        """timm's interface for dropping a classifier; these towers have none."""

    def draw(self, drawn: Tensor, counts: Tensor) -> Tensor:
        """The drawing of a word, (B, drawn_width): its columns averaged over the regions of ``DRAWING``.

        The root keeps the strongest features from drowning the others (power normalisation; Perronnin, Sanchez and
        Mensink, "Improving the Fisher kernel", 2010).
        """
        pooled = torch.bmm(pyramid_weights(counts, drawn.shape[1], DRAWING), drawn.float().clamp(min=0))
        return (pooled.flatten(1) + 1e-6).sqrt()

    def forward_head(self, columns: Tensor, counts: Tensor) -> Tensor:
        """Temporal pyramid pooling over each word's own columns, then one hidden layer."""
        weights = pyramid_weights(counts, columns.shape[1], PYRAMID).to(columns.dtype)
        pooled = torch.bmm(weights, columns).flatten(1)
        return F.gelu(self.hidden(self.dropout(pooled)))

    def forward(self, x: Tensor) -> Tensor:
        _, columns, counts = self.forward_features(x)
        return self.forward_head(columns, counts)


def column_counts(x: Tensor) -> Tensor:
    """(B, 1, H, W) padded strips -> (B,) int64 columns of the tower that lie on each word."""
    pixels = (x[:, 0, 0] > PAD / 2).sum(dim=-1)
    return torch.div(pixels + COLUMN - 1, COLUMN, rounding_mode="floor").clamp(min=1)


class StripTower(ColumnTower):
    """The default: residual convolutions. (B, 1, H, W) -> (B, num_features)."""

    def __init__(
        self,
        channels: tuple[int, int, int, int] = (24, 48, 96, 192),
        column_width: int = 256,
        num_features: int = 512,
        height: int = 48,
        context: tuple[int, ...] = (1, 1),
        dropout: float = 0.1,
    ) -> None:
        super().__init__(column_width, num_features, dropout)
        a, b, c, d = channels
        self.stem = nn.Sequential(nn.Conv2d(1, a, 5, 2, 2, bias=False), nn.BatchNorm2d(a), nn.ReLU())
        # No block at full resolution: few channels on large maps run at a fifth of a CPU's speed. Width is
        # halved twice and then kept, height is halved four times.
        self.stages = nn.Sequential(
            nn.Conv2d(a, b, 3, 2, 1, bias=False),
            nn.BatchNorm2d(b),
            nn.ReLU(),
            ResidualBlock(b, b),
            ResidualBlock(b, c, (2, 1)),
            ResidualBlock(c, d, (2, 1)),
            ResidualBlock(d, d),
        )
        rows = height // 16
        self.collapse = nn.Sequential(  # the remaining rows of a column become one vector
            nn.Conv2d(d, column_width, (rows, 1), bias=False), nn.BatchNorm2d(column_width), nn.ReLU()
        )
        self.context = nn.Sequential(*(ContextBlock(column_width, dilation) for dilation in context))

    def forward_features(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Columns drawn and read, and their number; see ``ColumnTower``."""
        counts = column_counts(x)
        x = x.clamp(min=0).contiguous(memory_format=torch.channels_last)
        x = self.collapse(self.stages(self.stem(x)))
        drawn = x.squeeze(2)
        if self.training:
            return drawn.transpose(1, 2), self.context(drawn).transpose(1, 2), counts
        for block in self.context:
            x = block.over_rows(x)
        return drawn.transpose(1, 2), x.squeeze(2).transpose(1, 2), counts


def pyramid_weights(counts: Tensor, columns: int, levels: tuple[int, ...]) -> Tensor:
    """Averaging weights (B, sum of levels, columns): row r of level L averages columns of [r/L, (r+1)/L] of the word.

    A column that is partly inside a region counts by the part that is.
    """
    edges = torch.arange(columns, device=counts.device, dtype=torch.float32)
    rows = []
    for level in levels:
        for region in range(level):
            start = (counts * (region / level)).unsqueeze(1)
            end = (counts * ((region + 1) / level)).unsqueeze(1)
            inside = (torch.minimum(edges + 1, end) - torch.maximum(edges, start)).clamp(min=0)
            rows.append(inside / inside.sum(1, keepdim=True))
    return torch.stack(rows, dim=1)


@register_model
def mark_strip(pretrained: bool = False, **kwargs) -> StripTower:
    """timm entry point; the size is fixed here because open_clip's JSON passes no arguments through."""
    return StripTower()


@register_model
def mark_strip_wide(pretrained: bool = False, **kwargs) -> StripTower:
    """The same with a third more channels and columns a quarter wider, for comparison."""
    return StripTower(channels=(32, 64, 128, 256), column_width=320)


@register_model
def mark_strip_line(pretrained: bool = False, **kwargs) -> StripTower:
    """The tower for words and whole lines: columns see 34 of their neighbours on either side (136 pixels)."""
    return StripTower(context=(1, 1, 2, 4, 8, 16, 2))
