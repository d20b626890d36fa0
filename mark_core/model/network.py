"""The network of MARK: an open_clip model, the PHOC gate, two adaptations and the reading heads."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mark_core.errors import MarkError
from mark_core.model.alphabet import ALPHABET, LETTERS, ink_order
from mark_core.model.compat import import_torchvision
from mark_core.model.config import MarkConfig
from mark_core.model.kan import Adaptation

import_torchvision()  # before open_clip and timm, which import it themselves

import open_clip  # noqa: E402

from mark_core.model import tower, vit  # noqa: E402, F401  registers the strip towers with timm

open_clip.add_model_config(Path(__file__).with_name("open_clip_configs"))

_BOS = 1
_TOKEN = {char: i + 2 for i, char in enumerate(LETTERS)}  # 0 pads, 1 begins


@dataclass
class ImageFeatures:
    """What the image side gives for B crops.

    embedding: (B, D), not normalised. phoc: (B, P) logits in training, else None. columns: (B, T, C) logits of the
    reading head or None, see ``MarkNetwork.classes``; counts: (B,) how many of the T columns lie on the word. drawn:
    (B, Q) the drawing of the word, before anything is decided about letters; shape: (B, S) this on its principal axes.
    None for a model without.
    """

    embedding: Tensor
    drawn: Tensor | None = None
    phoc: Tensor | None = None
    columns: Tensor | None = None
    counts: Tensor | None = None
    shape: Tensor | None = None


class MarkNetwork(nn.Module):
    """Image -> f_I; text -> t' = FC2(FC1(t) * PHOC(word)); adaptations between the two spaces (MARK, Sec. 3)."""

    def __init__(self, config: MarkConfig, pretrained: bool = False) -> None:
        super().__init__()
        self.config = config
        self.phoc = config.phoc
        self.clip = _create_clip(config, pretrained)
        width = config.embed_dim
        if config.tokenizer == "characters":
            if config.alphabet not in (ALPHABET, LETTERS):
                raise MarkError(
                    "{name} reads the letters of its scripts only; train mark-b32 for others.",
                    name=config.name,
                )
            self.clip.text.use_pad_mask = True  # a word's vector must not depend on the padding beside it
        if config.gate:
            self.gate_in = nn.Linear(width, self.phoc.size)
            self.gate_out = nn.Linear(self.phoc.size, width)
        if config.adaptation != "none":
            self.image_to_text, self.text_to_image = (
                Adaptation(
                    width,
                    config.token_width,
                    config.heads,
                    config.dropout,
                    config.adaptation,
                    config.adaptation_scope,
                )
                for _ in range(2)
            )
        if config.shape_dim:
            trunk = self.clip.visual.trunk
            axes = torch.zeros(config.shape_dim, trunk.drawn_width)
            self.register_buffer("shape_axes", axes)  # fitted once training is over, see training/shapes.py
        if config.phoc_head:
            self.phoc_head = nn.Linear(self.clip.visual.trunk.num_features, self.phoc.size)
        if config.ctc_head:
            self.ctc_head = nn.Linear(self.clip.visual.trunk.column_width, self.classes)

    @property
    def classes(self) -> int:
        """Classes of the reading head: the letters of the alphabet, the space if it has one, at last the blank."""
        return len(self.config.alphabet) + int(self.config.space) + 1

    @property
    def blank(self) -> int:
        """Class of the CTC blank."""
        return self.classes - 1

    def images(self, x: Tensor) -> ImageFeatures:
        """Strips (B, 1, 48, W) or squares (B, 3, 224, 224) -> features."""
        if self.config.input == "square":
            return ImageFeatures(self.clip.encode_image(x))
        trunk = self.clip.visual.trunk
        drawn_columns, columns, counts = trunk.forward_features(x)
        hidden = trunk.forward_head(columns, counts)
        drawn = trunk.draw(drawn_columns, counts)
        return ImageFeatures(
            self.clip.visual.head(hidden),
            drawn,
            self.phoc_head(hidden) if self.config.phoc_head and self.training else None,
            self.ctc_head(columns) if self.config.ctc_head else None,
            counts,
            F.linear(drawn, self.shape_axes) if self.config.shape_dim else None,
        )

    def read(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Strips of whole lines (B, 1, 48, W) -> (B, T, C) logits of the reading head, (B,) columns of each."""
        _, columns, counts = self.clip.visual.trunk.forward_features(x)
        return self.ctc_head(columns), counts

    def texts(self, words: Sequence[str]) -> Tensor:
        """Folded words -> t' (B, D), not normalised. The towers see the letters in the order of their ink."""
        device = self.clip.logit_scale.device
        words = [ink_order(word) for word in words]
        t = self.clip.encode_text(tokenize(words, self.config.tokenizer).to(device))
        if not self.config.gate:
            return t
        phoc = torch.from_numpy(self.phoc.encode(words)).to(device)
        return self.gate_out(self.gate_in(t) * phoc)

    def to_image_space(self, text: Tensor) -> Tensor:
        """A_T2I(t'): what a typed word is compared with."""
        return self.text_to_image(text) if self.config.adaptation != "none" else text

    def to_text_space(self, image: Tensor) -> Tensor:
        """A_I2T(f_I), used by the alignment loss."""
        return self.image_to_text(image) if self.config.adaptation != "none" else image


def _create_clip(config: MarkConfig, pretrained: bool) -> nn.Module:
    """The open_clip model. Its warning about random weights is for those who wanted a download; we load our own."""
    logger = logging.getLogger()
    quiet = lambda record: "No pretrained weights" not in record.getMessage()  # noqa: E731
    logger.addFilter(quiet)
    try:
        tag = config.pretrained if pretrained else None
        return open_clip.create_model(config.clip, pretrained=tag, load_weights=pretrained)
    finally:
        logger.removeFilter(quiet)


def tokenize(words: Sequence[str], kind: str) -> Tensor:
    """Words -> (B, L) int64. "characters": BOS and letters, padded with 0 to the longest; "bpe": CLIP's prompt."""
    if kind == "bpe":
        return open_clip.tokenize([f"a word image of a {word}" for word in words])
    out = np.zeros((len(words), 1 + max((len(w) for w in words), default=0)), np.int64)
    out[:, 0] = _BOS
    for row, word in zip(out, words, strict=True):
        row[1 : 1 + len(word)] = [_TOKEN.get(char, 0) for char in word]
    return torch.from_numpy(out)
