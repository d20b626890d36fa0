"""Data sets as the paper's authors publish them: folders of word images and split files.

A split file (Kanjur ``F1`` .. ``F4``, Geser ``split_rate_0.2`` .. ``split_rate_0.8``) is a text list with one
``word\\file.png`` a line; the folder's name is the label, a transliteration in which case matters.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path, PureWindowsPath

import numpy as np

from mark_core.errors import MarkError
from mark_core.model.config import MarkConfig
from mark_core.model.strip import to_strip
from mark_core.pages.load import load_page
from mark_core.textfile import read_text_file
from mark_core.training.data import WordSet

_UPRIGHT = 1.5  # words this much taller than wide are written from top to bottom
BIGRAMS = 50


def read_split(listing: Path, images: Path) -> WordSet:
    """The words of a split file, sorted by label. Upright words are turned, so that reading goes to the right.

    Raises MarkError when the list cannot be read, a line is not ``word\\file``, or an image is missing or unusable.
    """
    lines = [line.strip() for line in read_text_file(listing, "The split file").splitlines()]
    rows = sorted(_entry(line, listing.name) for line in lines if line)
    if not rows:
        raise MarkError(f"The split file {listing.name} names no word.")
    strips = []
    for label, file in rows:
        grey = load_page(images / label / file).grey
        strips.append(to_strip(np.rot90(grey) if grey.shape[0] > _UPRIGHT * grey.shape[1] else grey))
    return WordSet.from_strips(strips, [label for label, _ in rows], ["latin"] * len(rows))


def _entry(line: str, listing: str) -> tuple[str, str]:
    parts = PureWindowsPath(line).parts  # accepts both kinds of slash
    if len(parts) != 2 or any(part in ("..", "/", "\\") or ":" in part for part in parts):
        raise MarkError(f"The split file {listing} has the line “{line[:60]}”, which is not word\\file.")
    return parts[0], parts[1]


def hold_out(words: WordSet, share: float = 0.1, seed: int = 0) -> tuple[WordSet, WordSet]:
    """Training and validation words: epochs are chosen on a part of the training list, never on the test list."""
    chosen = np.random.default_rng(seed).random(len(words)) < share
    return tuple(
        WordSet.from_strips(
            [words.strip(int(i)) for i in rows], list(words.labels[rows]), list(words.scripts[rows])
        )
        for rows in (np.flatnonzero(~chosen), np.flatnonzero(chosen))
    )


def with_vocabulary(config: MarkConfig, labels: np.ndarray) -> MarkConfig:
    """``config`` with the letters and the 50 most frequent letter pairs of the training labels alone."""
    letters = sorted({char for label in labels for char in str(label)})
    pairs = Counter(str(label)[k : k + 2] for label in labels for k in range(len(str(label)) - 1))
    ranked = sorted(pairs, key=lambda pair: (-pairs[pair], pair))
    return replace(config, alphabet="".join(letters), bigrams=tuple(ranked[:BIGRAMS]))
