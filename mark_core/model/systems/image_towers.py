"""Image towers of published systems, each behind one name. Their weights are drawn by chance: no package ships any, and
nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mark_core.errors import MarkError
from mark_core.model.compat import import_torchvision
from mark_core.model.tower import StripTower, column_counts
from mark_core.model.vit import PatchTower

import_torchvision()  # before timm, which imports it itself

import timm  # noqa: E402


class TimmStripTower(nn.Module):
    """A convolutional network of timm over strips of any width: (B, 1, 48, W) -> (B, num_features).

    Its last map is averaged over the columns that lie on the word, so the padding beside a word does not dilute it.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.trunk = timm.create_model(name, pretrained=False, in_chans=1, num_classes=0)
        self.num_features = int(self.trunk.head_hidden_size)

    def forward(self, x: Tensor) -> Tensor:
        share = column_counts(x) / column_counts(torch.ones_like(x))
        columns = self.trunk.forward_features(x.clamp(min=0)).mean(dim=2)
        count = (share * columns.shape[2]).ceil().clamp(min=1)
        inside = torch.arange(columns.shape[2], device=x.device)[None] < count[:, None]
        pooled = (columns * inside[:, None]).sum(dim=2) / count[:, None]
        return self.trunk.forward_head(pooled[:, :, None, None])


class ClipVitB32(nn.Module):
    """CLIP's vision transformer, patches of 32 x 32: squares (B, 3, 224, 224) of ``model.mark.squares`` -> (B, 768)."""

    num_features = 768

    def __init__(self) -> None:
        super().__init__()
        self.trunk = timm.create_model("vit_base_patch32_clip_quickgelu_224", pretrained=False, num_classes=0)

    def forward(self, x: Tensor) -> Tensor:
        return self.trunk(x)


@dataclass(frozen=True)
class ImageTower:
    """build: the module, with an attribute ``num_features``. input: "strip" or "square", what it takes."""

    build: Callable[[], nn.Module]
    input: str = "strip"


IMAGE_TOWERS = {
    "strip": ImageTower(StripTower),  # that of mark-compact
    "small-vit": ImageTower(PatchTower),
    "resnet34": ImageTower(lambda: TimmStripTower("resnet34")),
    "mobilenet-v1": ImageTower(lambda: TimmStripTower("mobilenetv1_100")),
    "mobilenet-v3": ImageTower(lambda: TimmStripTower("mobilenetv3_large_100")),
    "efficientnet-b0": ImageTower(lambda: TimmStripTower("efficientnet_b0")),
    "efficientnet-lite0": ImageTower(lambda: TimmStripTower("efficientnet_lite0")),
    "clip-vit-b32": ImageTower(ClipVitB32, "square"),
}


def image_tower(name: str) -> ImageTower:
    """Raises MarkError on an unknown name."""
    if name not in IMAGE_TOWERS:
        raise MarkError(
            "There is no image tower “{name}”; known are {known}.", name=name, known=", ".join(IMAGE_TOWERS)
        )
    return IMAGE_TOWERS[name]
