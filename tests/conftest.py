"""What several test folders share: a small network of known seed and words drawn on paper."""

# ruff: noqa: E402  the number of threads is read when NumPy and torch are loaded
from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence

# Threads that wait for busy cores make small networks many times slower.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

# Pages are worked on in this process, where tests can put other things in place; workers have tests of their own.
os.environ.setdefault("MARK_WORKERS", "0")

import cv2
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, settings

from mark_core import Page, Word
from mark_core.model.config import preset
from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.retrieval.reading.typed_words import BLANK

torch.set_num_threads(1)

# A busy computer is no fault of the code: hypothesis's own limits of time are off.
settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory):
    """Tests leave the cache of whoever runs them alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MARK_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def draw_word(text: str, size: float = 1.3, thickness: int = 3) -> np.ndarray:
    """A word in OpenCV's own strokes on paper: no font file is needed."""
    (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, size, thickness)
    crop = np.full((height + base + 24, width + 24), 225, np.uint8)
    cv2.putText(
        crop, text, (12, height + 12), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, size, 40, thickness, cv2.LINE_AA
    )
    return crop


@pytest.fixture(scope="session")
def random_model() -> MarkModel:
    """mark-compact with random weights: for everything that must hold whatever the weights are."""
    torch.manual_seed(0)
    return MarkModel(MarkNetwork(preset("mark-compact")), device="cpu")


@pytest.fixture(scope="session")
def wordwise_model() -> MarkModel:
    """The same without a class for the space: it cannot read whole lines."""
    torch.manual_seed(0)
    config = dataclasses.replace(preset("mark-compact"), space=False)
    return MarkModel(MarkNetwork(config), device="cpu")


@pytest.fixture(scope="session")
def crops() -> list[np.ndarray]:
    return [
        draw_word(text) for text in ("orders", "a", "Winchester", "1755", "circumstances", "the", "letters")
    ]


def encoding_that_reads(words: Sequence[str], dim: int = 4, doubt: float = 1e-4) -> Encoding:
    """Words whose letters are read with certainty (but for ``doubt`` in every other class), one column a letter and a
    blank between; their vectors stand at right angles as far as ``dim`` allows."""
    letters, counts = [], []
    for word in words:
        columns = [c for char in word for c in (ord(char) - 97, BLANK)]
        part = np.full((len(columns), BLANK + 1), doubt)
        part[np.arange(len(columns)), columns] = 1 - BLANK * doubt
        letters.append(np.log(part))
        counts.append(len(columns))
    return Encoding(
        np.eye(len(words), dim, dtype=np.float32),
        np.concatenate(letters).astype(np.float16),
        np.array(counts, np.int32),
        np.zeros((len(words), 0), np.float16),
    )


TEXTS = ["orders", "letter", "orders", "captain", "a", "letter", "orders", "1755"]


def make_page(name: str = "page", seed: int = 0) -> tuple[Page, list[Word]]:
    """A page of drawn words with their boxes, 400 x 700; equal words are equal but for noise."""
    pixels = np.full((400, 700), 228, np.uint8)
    words = []
    for i, text in enumerate(TEXTS):
        x, y = 20 + (i % 4) * 165, 60 + (i // 4) * 120
        cv2.putText(pixels, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 40, 2, cv2.LINE_AA)
        (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.1, 2)
        words.append(Word((x - 4, y - height - 6, width + 8, height + base + 8), 1.0, i // 4, i))
    noise = np.random.default_rng(seed).integers(0, 5, pixels.shape, np.uint8)
    return Page(np.stack([pixels - noise] * 3, axis=2), name, f"sha-{name}"), words
