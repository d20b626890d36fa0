"""Kolmogorov-Arnold layers in the formulation known as efficient-KAN.

y = W_base silu(x) + sum_g (W_spline * scaler)_g B_g(x): every edge has its own spline, written as one
linear map of the B-spline bases B_g of the inputs. Parameter names and shapes (``base_weight``,
``spline_weight``, ``spline_scaler``, buffer ``grid``) are those of the package, so state dicts are
interchangeable. Liu et al., "KAN: Kolmogorov-Arnold Networks", 2024.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class KANLinear(nn.Module):
    """(..., in_features) -> (..., out_features); inputs should lie mostly in ``grid_range``."""

    def __init__(
        self,
        in_features: int,
        out_features: int,
        grid_size: int = 5,
        spline_order: int = 3,
        grid_range: tuple[float, float] = (-1.0, 1.0),
    ) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.grid_size, self.spline_order = grid_size, spline_order
        step = (grid_range[1] - grid_range[0]) / grid_size
        knots = torch.arange(-spline_order, grid_size + spline_order + 1) * step + grid_range[0]
        self.register_buffer("grid", knots.expand(in_features, -1).contiguous())
        self.base_weight = nn.Parameter(torch.empty(out_features, in_features))
        self.spline_weight = nn.Parameter(torch.empty(out_features, in_features, grid_size + spline_order))
        self.spline_scaler = nn.Parameter(torch.empty(out_features, in_features))
        nn.init.kaiming_uniform_(self.base_weight, a=math.sqrt(5))
        nn.init.normal_(self.spline_weight, std=0.1 / grid_size)
        nn.init.kaiming_uniform_(self.spline_scaler, a=math.sqrt(5))

    def b_splines(self, x: Tensor) -> Tensor:
        """Bases at x by the Cox-de Boor recursion: (N, in) -> (N, in, grid_size + spline_order)."""
        return _BSplines.apply(x, self.grid.T.contiguous(), self.spline_order).permute(1, 2, 0)

    def forward(self, x: Tensor) -> Tensor:
        shape = x.shape
        x = x.reshape(-1, self.in_features)
        with torch.autocast(x.device.type, enabled=False):  # knots are closer than bf16 can tell apart
            bases = self.b_splines(x.float()).reshape(len(x), -1)
        spline = (self.spline_weight * self.spline_scaler.unsqueeze(-1)).flatten(1)
        out = F.linear(F.silu(x), self.base_weight) + F.linear(bases.to(x.dtype), spline)
        return out.reshape(*shape[:-1], self.out_features)


class _BSplines(torch.autograd.Function):
    """Bases with the basis index first, (K, N, in), which keeps every slice of the recursion contiguous.

    The derivative of a basis is a difference of two bases of one order less, so backward needs no graph of
    the recursion: it halves the time of a KAN layer.
    """

    @staticmethod
    def forward(ctx, x: Tensor, grid: Tensor, order: int) -> Tensor:
        knots = grid.unsqueeze(1)
        bases = ((x >= knots[:-1]) & (x < knots[1:])).to(x.dtype)
        lower = bases
        for k in range(1, order + 1):
            lower = bases
            rising = (x - knots[: -(k + 1)]) / (knots[k:-1] - knots[: -(k + 1)])
            falling = (knots[k + 1 :] - x) / (knots[k + 1 :] - knots[1:-k])
            bases = rising * lower[:-1] + falling * lower[1:]
        ctx.save_for_backward(lower, grid)
        ctx.order = order
        return bases

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None, None]:
        lower, grid = ctx.saved_tensors
        k, knots = ctx.order, grid.unsqueeze(1)
        slope = k * (
            lower[:-1] / (knots[k:-1] - knots[: -(k + 1)]) - lower[1:] / (knots[k + 1 :] - knots[1:-k])
        )
        return (gradient * slope).sum(dim=0), None, None


def projection(kind: str, in_features: int, out_features: int) -> nn.Module:
    """A KAN layer, or for the ablation an MLP of about equal parameter count (``kind`` "kan" or "mlp")."""
    if kind == "kan":
        return KANLinear(in_features, out_features)
    if kind != "mlp":
        raise ValueError(f"unknown projection {kind!r}, expected 'kan' or 'mlp'")
    # a KAN layer has (grid + order + 2) = 10 numbers an edge; a hidden layer of this width has as many
    hidden = max(1, round(10 * in_features * out_features / (in_features + out_features)))
    return nn.Sequential(nn.Linear(in_features, hidden), nn.SiLU(), nn.Linear(hidden, out_features))


class GatedSelfAttention(nn.Module):
    """K-MSA: gated multi-head self-attention over the tokens of ONE sample, (B, T, d) -> (B, T, d).

    The query, key, value, gate and output projections are KAN layers (MARK, Sec. 3). The published code
    attends over the batch, which makes a vector depend on its batch-mates; here tokens of one sample
    attend to each other, so every row is independent of the others.
    """

    def __init__(self, width: int, heads: int, kind: str = "kan") -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} is not divisible by {heads} heads")
        self.heads = heads
        self.query, self.key, self.value, self.gate, self.out = (
            projection(kind, width, width) for _ in range(5)
        )

    def forward(self, x: Tensor) -> Tensor:
        b, t, d = x.shape
        q, k, v = (
            layer(x).view(b, t, self.heads, d // self.heads).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, d)
        return self.out(torch.sigmoid(self.gate(x)) * mixed)


class Adaptation(nn.Module):
    """LayerNorm(x + Dropout(K-MSA(KAN2(ReLU(KAN1(x)))))), (B, D) -> (B, D). MARK's modality adaptation.

    The tokens of a sample are the D / ``token_width`` consecutive parts of its vector. ``scope`` "vector" is
    the paper's KAN1: D -> 2D and KAN2: 2D -> D on the whole vector; "token" applies KAN1: d -> 2d and
    KAN2: 2d -> d to every token, at a tenth of the parameters, and leaves the mixing to K-MSA.
    Rows are first scaled to a standard deviation of 0.5, where the splines' grid lies.
    """

    def __init__(
        self,
        width: int,
        token_width: int = 64,
        heads: int = 4,
        dropout: float = 0.1,
        kind: str = "kan",
        scope: str = "vector",
    ) -> None:
        super().__init__()
        if width % token_width:
            raise ValueError(f"width {width} is not divisible by the token width {token_width}")
        if scope not in ("vector", "token"):
            raise ValueError(f"unknown scope {scope!r}, expected 'vector' or 'token'")
        inner = width if scope == "vector" else token_width
        self.inner, self.token_width = inner, token_width
        self.first = projection(kind, inner, 2 * inner)
        self.second = projection(kind, 2 * inner, inner)
        self.attention = GatedSelfAttention(token_width, heads, kind)
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        x = F.normalize(x, dim=-1) * (0.5 * math.sqrt(x.shape[-1]))
        hidden = self.second(F.relu(self.first(x.view(len(x), -1, self.inner))))
        tokens = hidden.reshape(len(x), -1, self.token_width)
        mixed = self.attention(tokens).flatten(1)
        return self.norm(x + self.dropout(mixed))
