"""Batches from shards: groups of one word, augmented anew every time they are seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from torch.utils.data import DataLoader, Dataset

from mark_core.errors import MarkError
from mark_core.model.alphabet import ALPHABET, is_folded
from mark_core.model.strip import MAX_STRIP_WIDTH, MIN_STRIP_WIDTH, pad_strips

ENDLESS = 10**9  # length of a data set whose batches never end


@dataclass
class WordSet:
    """Strips with labels in memory. pixels: (48, sum of widths) uint8; item i starts at column starts[i]."""

    pixels: np.ndarray
    starts: np.ndarray
    widths: np.ndarray
    labels: np.ndarray
    scripts: np.ndarray

    def __len__(self) -> int:
        return len(self.widths)

    def strip(self, i: int) -> np.ndarray:
        return self.pixels[:, self.starts[i] : self.starts[i] + self.widths[i]]

    def groups(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Runs of words with one label: (G,) the first word of each, their number, and the median of their widths."""
        change = np.flatnonzero(self.labels[1:] != self.labels[:-1]) + 1
        first = np.concatenate([[0], change])
        size = np.diff(np.concatenate([first, [len(self)]]))
        width = [np.median(self.widths[f : f + s]) for f, s in zip(first, size, strict=True)]
        return first, size, np.array(width)

    def rows(self, rows: np.ndarray) -> WordSet:
        """The words of these rows; the pixels are shared."""
        return WordSet(
            self.pixels, self.starts[rows], self.widths[rows], self.labels[rows], self.scripts[rows]
        )

    @classmethod
    def from_strips(cls, strips: list[np.ndarray], labels: list[str], scripts: list[str]) -> WordSet:
        widths = np.array([s.shape[1] for s in strips], np.int64)
        return cls(
            np.concatenate(strips, axis=1),
            np.cumsum(widths) - widths,
            widths,
            np.array(labels),
            np.array(scripts),
        )

    @classmethod
    def load(cls, paths: list[Path]) -> WordSet:
        """Raises MarkError when there is no shard."""
        if not paths:
            raise MarkError("There are no training shards; render them first (see docs/training.md).")
        parts = [np.load(path) for path in paths]
        widths = np.concatenate([p["widths"] for p in parts]).astype(np.int64)
        return cls(
            np.concatenate([p["pixels"] for p in parts], axis=1),
            np.cumsum(widths) - widths,
            widths,
            np.concatenate([p["labels"] for p in parts]),
            np.concatenate([p["scripts"] for p in parts]),
        )


@dataclass
class Batch:
    """strips: (B, 1, 48, W) float32, padding -1; labels: B strings; readable: (B,) bool, label is a-z0-9 only."""

    strips: np.ndarray
    labels: list[str]
    readable: np.ndarray


def augment(
    strip: np.ndarray, generator: np.random.Generator, width_limit: int = MAX_STRIP_WIDTH
) -> np.ndarray:
    """Small changes that leave the word readable: stretch, slant, shift, ink weight, contrast, noise, a blot."""
    g = generator
    rows, columns = strip.shape
    stretch = float(np.exp(g.normal(-0.03, 0.2)))
    out_columns = int(np.clip(round(columns * stretch), MIN_STRIP_WIDTH, width_limit))
    scale_y = g.uniform(0.74, 1.14)
    matrix = np.array(
        [
            [out_columns / columns * g.uniform(0.97, 1.01), g.normal(0, 0.08), 0],
            [g.normal(0, 0.012), scale_y, rows * (1 - scale_y) / 2 + g.normal(0, 1.5)],
        ],
        np.float32,
    )
    matrix[0, 2] = -matrix[0, 1] * rows / 2 + g.normal(0, 1.0)
    out = cv2.warpAffine(strip, matrix, (out_columns, rows), flags=cv2.INTER_LINEAR, borderValue=0)
    choice = g.random()
    if choice < 0.08:
        out = cv2.dilate(out, np.ones((2, 2), np.uint8))
    elif choice < 0.14:
        out = cv2.erode(out, np.ones((2, 2), np.uint8))
    elif choice < 0.3:
        out = cv2.GaussianBlur(out, (0, 0), g.uniform(0.4, 1.1))
    values = out.astype(np.float32)
    if g.random() < 0.5:
        values = 255 * (values / 255) ** np.float32(g.uniform(0.6, 1.6))
    values *= np.float32(g.uniform(0.7, 1.05))
    if g.random() < 0.3:
        values += g.standard_normal(values.shape, np.float32) * np.float32(g.uniform(2, 14))
    if g.random() < 0.12:
        w, h = int(g.integers(3, 12)), int(g.integers(6, 48))
        x, y = int(g.integers(0, max(1, out_columns - w))), int(g.integers(0, rows - h + 1))
        values[y : y + h, x : x + w] = g.uniform(0, 200)
    return np.clip(values, 0, 255).astype(np.uint8)


_TURNS = {
    "mirrored": (slice(None), slice(None, None, -1)),
    "upside down": (slice(None, None, -1), slice(None)),
}


class GroupSampler(Dataset[Batch]):
    """Endless batches of ``words`` labels x ``views`` renderings, words of like width together.

    A share ``foreign`` of the groups is mirrored or turned upside down: letters of scripts that nobody knows, which
    teach the embedding to compare shapes it cannot read. Their labels are their own and are never read.

    The order depends on the seed and the step alone, so a run that resumes at step k sees what an
    uninterrupted one would have seen.
    """

    def __init__(
        self,
        words: WordSet,
        labels: int,
        views: int,
        seed: int,
        window: int = 24,
        foreign: float = 0.0,
        alphabet: str = ALPHABET,
    ) -> None:
        self.foreign, self.alphabet = foreign, alphabet
        self.words, self.count, self.views, self.seed, self.window = words, labels, views, seed, window
        self.first, self.size, self.median_width = words.groups()
        if len(self.first) < labels:
            raise MarkError(
                f"A batch needs {labels} different words, the training set has {len(self.first)}."
            )
        self.steps_per_epoch = len(self.first) // labels
        self._epoch, self._batches = -1, np.zeros((0, labels), np.int64)

    def groups(self, step: int) -> tuple[np.ndarray, np.random.Generator]:
        """Group numbers of batch ``step`` and the generator for its augmentation."""
        epoch, within = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            self._epoch, self._batches = epoch, self._plan(epoch)
        return self._batches[within], np.random.default_rng([self.seed, 3, step])

    def _plan(self, epoch: int) -> np.ndarray:
        """All batches of an epoch: sorted by width inside windows of some batches, then shuffled."""
        order = np.random.default_rng([self.seed, 1, epoch]).permutation(len(self.first))
        order = order[: self.steps_per_epoch * self.count]
        span = self.window * self.count
        for start in range(0, len(order), span):
            part = order[start : start + span]
            order[start : start + span] = part[np.argsort(self.median_width[part], kind="stable")]
        batches = order.reshape(-1, self.count)
        return batches[np.random.default_rng([self.seed, 2, epoch]).permutation(len(batches))]

    def batch(self, step: int) -> Batch:
        groups, generator = self.groups(step)
        limit = int(np.clip(1.3 * np.quantile(self.median_width[groups], 0.95), 48, MAX_STRIP_WIDTH))
        strips, labels = [], []
        for group in groups:
            # a word of a real data set may occur once only: then its views are augmentations of one crop
            views = generator.choice(
                self.size[group], self.views, replace=bool(self.size[group] < self.views)
            )
            turn = str(generator.choice(list(_TURNS))) if generator.random() < self.foreign else None
            for view in views:
                item = int(self.first[group] + view)
                strip, label = self.words.strip(item), str(self.words.labels[item])
                if turn is not None:
                    strip, label = np.ascontiguousarray(strip[_TURNS[turn]]), f"{label} {turn}"
                strips.append(augment(strip, generator, limit))
                labels.append(label)
        readable = np.array([is_folded(label, self.alphabet) for label in labels])
        return Batch(pad_strips(strips), labels, readable)

    def __len__(self) -> int:
        return ENDLESS

    __getitem__ = batch


def loader(batches: Dataset[Any], start: int, stop: int, workers: int = 1) -> DataLoader[Any]:
    """Batches ``start .. stop - 1`` of an endless data set in their order, prepared in ``workers`` other processes."""
    return DataLoader(
        batches,
        batch_size=None,
        sampler=range(start, stop),
        num_workers=workers,
        prefetch_factor=4 if workers else None,
    )
