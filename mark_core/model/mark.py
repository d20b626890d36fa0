"""The model a program uses: crops and typed words in, vectors out. NumPy at the boundary, torch inside."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch.nn import functional as F

from mark_core.errors import MarkError
from mark_core.model.alphabet import fold
from mark_core.model.encoding import LETTER_CLASSES, Encoding
from mark_core.model.network import ImageFeatures, MarkNetwork
from mark_core.model.strip import PAD, pad_strips, padded_width, to_strip
from mark_core.model.weights import default_weights, load_network
from mark_core.model.word_script import SCRIPT_NAMES, own_script, script_evidence, script_named

BATCH = 64
_SQUARE = 224
_CLIP_MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
_CLIP_STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)


class MarkModel:
    """A MarkNetwork ready for use. Calls from several threads are safe (they take turns)."""

    def __init__(
        self, network: MarkNetwork, card: dict[str, Any] | None = None, device: str | None = None
    ) -> None:
        self.device = torch.device(device or best_device())
        self.network = network.eval().to(self.device).requires_grad_(False)
        self.card = card or {}
        self._half = bf16_is_fast(self.device)
        self._lock = threading.Lock()

    @property
    def dim(self) -> int:
        return self.network.config.embed_dim

    @property
    def alphabet(self) -> str:
        """The letters that can be typed."""
        return self.network.config.alphabet

    @property
    def shape_dim(self) -> int:
        return self.network.config.shape_dim

    def embed_images(self, crops: Sequence[np.ndarray]) -> np.ndarray:
        """Word crops, each (H, W) or (H, W, 3) uint8 -> (N, D) float32, L2-normalised.

        A vector does not depend on the other crops. Raises MarkError on an array that is no image.
        """
        return self.encode(crops).vectors

    def embed_texts(self, texts: Sequence[str]) -> np.ndarray:
        """Typed words -> (N, D) float32, L2-normalised, in the space of the crops (A_T2I(t')).

        Texts are folded first (see ``alphabet``). Raises MarkError on a text that cannot be folded.
        """
        words = [fold(text, self.alphabet) for text in texts]
        if not words:
            return np.zeros((0, self.dim), np.float32)
        with self._lock, torch.inference_mode():
            vectors = self.network.to_image_space(self.network.texts(words))
            return F.normalize(vectors.float(), dim=-1).cpu().numpy()

    def encode(self, crops: Sequence[np.ndarray], script: str | None = None) -> Encoding:
        """Crops -> vectors and the letters seen in every column. Each crop is read in the script of this name; None:
        in the one that it looks most like by itself. Raises MarkError like ``embed_images``, or if there is no script
        of that name."""
        return self.encode_strips([to_strip(crop) for crop in crops], script)

    def encode_strips(self, strips: Sequence[np.ndarray], script: str | None = None) -> Encoding:
        """Like ``encode`` for strips made by ``to_strip``."""
        told = script_named(script)
        return self.look(strips, None if told is None else np.full(len(strips), told))[0]

    def look(
        self, strips: Sequence[np.ndarray], told: np.ndarray | None = None
    ) -> tuple[Encoding, np.ndarray]:
        """N strips -> their encodings, and (N, S) float64 evidence of every script, see
        ``word_script.script_evidence``; zeros for a model without a reading head. told: (N,) number of the script of
        each strip, -1 where it is not known."""
        evidence = np.zeros((len(strips), len(SCRIPT_NAMES)))
        if self.network.config.input == "square":
            return self._encode_squares(strips), evidence
        vectors = np.zeros((len(strips), self.dim), np.float32)
        shapes = np.zeros((len(strips), self.shape_dim), np.float16)
        scripts = np.zeros(len(strips), np.uint8)
        nothing = np.zeros((0, LETTER_CLASSES), np.float16)
        letters: list[np.ndarray] = [nothing] * len(strips)
        # a strip is computed at a width that it chooses itself; equal widths share a batch
        widths = np.array([padded_width(s.shape[1]) for s in strips], np.int64)
        for width in np.unique(widths):
            members = np.flatnonzero(widths == width)
            for start in range(0, len(members), BATCH):
                rows = members[start : start + BATCH]
                features = self._features(pad_strips([strips[i] for i in rows], int(width)))
                vectors[rows] = F.normalize(features.embedding.float(), dim=-1).cpu().numpy()
                if features.shape is not None:
                    shapes[rows] = F.normalize(features.shape.float(), dim=-1).cpu().numpy()
                if features.columns is not None and features.counts is not None:
                    known = None if told is None else torch.from_numpy(told[rows].astype(np.int64))
                    logits, columns = features.columns.float(), features.counts
                    seen = script_evidence(logits.log_softmax(dim=-1), columns, self.alphabet)
                    evidence[rows] = seen.cpu().numpy()
                    kept, script = own_script(
                        logits, columns, self.alphabet, None if known is None else known.to(self.device)
                    )
                    scripts[rows] = script.cpu().numpy()
                    log_p = kept.cpu().numpy().astype(np.float16)
                    for row, part, count in zip(rows, log_p, columns.tolist(), strict=True):
                        letters[row] = part[:count]
        counts = np.array([len(part) for part in letters], np.int32)
        return Encoding(vectors, np.concatenate([nothing, *letters]), counts, shapes, scripts), evidence

    @property
    def space(self) -> int | None:
        """Class of the space between words in the columns of a line; None for a model without."""
        return self.network.blank - 1 if self.network.config.space else None

    def columns(self, crops: Sequence[np.ndarray]) -> list[np.ndarray]:
        """What stands in every column along each crop, each column by itself: (T, C) float32, L2-normalised.

        A column is 4 pixels of the strip wide. Nothing, (0, 0), for a model that takes squares. Raises MarkError like
        ``embed_images``.
        """
        strips = [to_strip(crop) for crop in crops]
        if self.network.config.input == "square":
            return [np.zeros((0, 0), np.float32) for _ in strips]
        out = []
        for strip in strips:
            x = torch.from_numpy(pad_strips([strip])).to(self.device)
            with self._lock, torch.inference_mode():
                drawn, _, counts = self.network.clip.visual.trunk.forward_features(x)
                out.append(F.normalize(drawn[0, : int(counts[0])].float(), dim=-1).cpu().numpy())
        return out

    def read_columns(self, array: np.ndarray) -> tuple[np.ndarray, list[int]]:
        """Padded strips of ``pad_strips`` of any width -> (B, T, C) float32 log-probabilities of the reading head, and
        how many of the T columns lie on each strip."""
        half = torch.autocast(self.device.type, torch.bfloat16, enabled=self._half)
        with self._lock, torch.inference_mode(), half:
            logits, counts = self.network.read(torch.from_numpy(array).to(self.device))
            return logits.float().log_softmax(dim=-1).cpu().numpy(), counts.tolist()

    def _features(self, array: np.ndarray) -> ImageFeatures:
        half = torch.autocast(self.device.type, torch.bfloat16, enabled=self._half)
        with self._lock, torch.inference_mode(), half:
            return self.network.images(torch.from_numpy(array).to(self.device))

    def _encode_squares(self, strips: Sequence[np.ndarray]) -> Encoding:
        vectors = np.zeros((len(strips), self.dim), np.float32)
        for start in range(0, len(strips), BATCH):
            x = np.stack([to_square(strip) for strip in strips[start : start + BATCH]])
            with self._lock, torch.inference_mode():
                out = self.network.images(torch.from_numpy(x).to(self.device)).embedding
                vectors[start : start + len(x)] = F.normalize(out.float(), dim=-1).cpu().numpy()
        letters = np.zeros((0, LETTER_CLASSES), np.float16)
        return Encoding(
            vectors, letters, np.zeros(len(strips), np.int32), np.zeros((len(strips), 0), np.float16)
        )


def to_square(strip: np.ndarray) -> np.ndarray:
    """Strip -> (3, 224, 224) float32 for a CLIP tower: aspect kept, padded white, CLIP's mean and std."""
    grey = 255 - strip
    scale = _SQUARE / max(grey.shape)
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    out = np.full((_SQUARE, _SQUARE), 255, np.uint8)
    y, x = (_SQUARE - size[1]) // 2, (_SQUARE - size[0]) // 2
    out[y : y + size[1], x : x + size[0]] = small
    return ((out[None] / np.float32(255)) - _CLIP_MEAN[:, None, None]) / _CLIP_STD[:, None, None]


def squares(strips: np.ndarray) -> np.ndarray:
    """Padded strips (B, 1, 48, W) of ``pad_strips`` -> (B, 3, 224, 224) float32 for a CLIP tower."""
    out = []
    for row in strips[:, 0]:
        ink = row[:, row[0] > PAD / 2]
        out.append(to_square(np.round(255 * ink).astype(np.uint8)))
    return np.stack(out)


def best_device() -> str:
    """cuda, mps or cpu, whichever is there."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def bf16_is_fast(device: torch.device) -> bool:
    """bf16 only where the processor multiplies it in hardware; elsewhere it is emulated and slower."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    if device.type != "cpu":
        return False
    probe = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    amx = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return bool((probe and probe()) or (amx and amx()))


def load_model(name_or_path: str | Path | None = None, device: str | None = None) -> MarkModel:
    """The shipped model (None), a weights file (path to .safetensors), or a preset by name.

    A preset named explicitly ("mark-b32") is built with hub weights if they can be reached. Raises MarkError
    with a sentence when the weights are missing, damaged or of another version.
    """
    if name_or_path is None:
        name_or_path = default_weights()
    path = Path(name_or_path)
    if path.suffix == ".safetensors":
        network, card = load_network(path)
        return MarkModel(network, card, device)
    from mark_core.model.config import preset

    config = preset(str(name_or_path))
    if config.name == "mark-compact":
        return load_model(None, device)
    try:
        network = MarkNetwork(config, pretrained=config.pretrained is not None)
    except Exception as error:
        raise MarkError(
            "The weights of “{name}” come from a model hub that cannot be reached from here.",
            name=config.name,
        ) from error
    return MarkModel(network, {"name": config.name}, device)
