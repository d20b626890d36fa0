"""What an archive keeps of the encoding of a word: about a tenth of what an index holds in memory.

The vector has 8 bits a number, the shape vector 4. Of every column of letters the likeliest few are kept with their
log-probabilities; what is left of the probability is shared by the other letters. What each step costs is measured by
``benchmarks/archive/record.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mark_core.model.encoding import LETTER_CLASSES, Encoding

VECTOR_STEP = 1 / 256  # of a number of a vector of length 1; more than 127 steps are cut off
MOST_LETTERS = 4  # that are kept of a column
LEAST_LETTER = -6.0  # log-probability below which a letter is not kept
_LETTER_STEP = 1 / 64  # of the square root of a negative log-probability: finest where a letter is sure
_SHAPE_STEP = 0.335  # in standard deviations: best for 16 levels of a normal distribution (Max, 1960)
_LEAST_OTHER = -15.9  # log-probability of a letter that was not kept, at least
OTHERS = LETTER_CLASSES  # stands for each of the letters of a column that were not kept, and ends it


@dataclass(frozen=True, eq=False)
class Records:
    """N words. vectors: (N, D) int8. shapes: (N, ceil(S / 2)) uint8, two numbers a byte. letters: N byte strings, for
    each column its letters, likeliest first, each one byte of class and one of log-probability, and behind them
    ``OTHERS`` with the mean log-probability of the rest. scripts: (N,) uint8."""

    vectors: np.ndarray
    shapes: np.ndarray
    letters: Sequence[bytes]
    scripts: np.ndarray

    def __len__(self) -> int:
        return len(self.vectors)


def pack(encoding: Encoding) -> Records:
    """The records of N words."""
    return Records(
        pack_vectors(encoding.vectors),
        pack_shapes(encoding.shapes),
        pack_letters(encoding.letters, encoding.counts),
        encoding.scripts.astype(np.uint8),
    )


def unpack(records: Records, shape_dim: int) -> Encoding:
    """The encoding as an index would have it. shape_dim: S. Raises ValueError if letters are damaged."""
    letters, counts = unpack_letters(records.letters)
    vectors = unpack_vectors(records.vectors)
    return Encoding(vectors, letters, counts, unpack_shapes(records.shapes, shape_dim), records.scripts)


def pack_vectors(vectors: np.ndarray) -> np.ndarray:
    """(N, D) float of length 1 -> (N, D) int8."""
    return np.clip(np.round(vectors / VECTOR_STEP), -127, 127).astype(np.int8)


def unpack_vectors(packed: np.ndarray) -> np.ndarray:
    """(N, D) int8 -> (N, D) float32 of length 1 (but for rounding)."""
    return packed.astype(np.float32) * np.float32(VECTOR_STEP)


def pack_shapes(shapes: np.ndarray) -> np.ndarray:
    """(N, S) float of length 1 -> (N, ceil(S / 2)) uint8: the even number in the low four bits, the odd one above."""
    size = shapes.shape[1]
    if not size:
        return np.zeros((len(shapes), 0), np.uint8)
    steps = np.floor(shapes.astype(np.float32) * (np.sqrt(size) / _SHAPE_STEP)) + 8
    levels = np.clip(steps, 0, 15).astype(np.uint8)
    if size % 2:
        levels = np.pad(levels, ((0, 0), (0, 1)))
    return levels[:, ::2] | (levels[:, 1::2] << 4)


def unpack_shapes(packed: np.ndarray, size: int) -> np.ndarray:
    """(N, ceil(S / 2)) uint8 -> (N, S) float16 of length 1."""
    levels = np.stack([packed & 15, packed >> 4], axis=-1).reshape(len(packed), 2 * packed.shape[1])[:, :size]
    shapes = levels.astype(np.float32) - 7.5
    length = np.sqrt((shapes * shapes).sum(axis=1, keepdims=True))
    return (shapes / np.maximum(length, 1e-6)).astype(np.float16)


def pack_letters(letters: np.ndarray, counts: np.ndarray) -> list[bytes]:
    """(sum of counts, 37) log-probabilities -> N byte strings, see ``Records``."""
    log_p = letters.astype(np.float32)
    order = np.argsort(-log_p, axis=1, kind="stable")[:, :MOST_LETTERS]
    kept = np.take_along_axis(log_p, order, axis=1)
    used = kept >= LEAST_LETTER
    probability = np.exp(log_p)
    left = probability.sum(axis=1) - (np.exp(kept) * used).sum(axis=1)
    others = np.maximum(LETTER_CLASSES - used.sum(axis=1), 1)
    each = np.log(np.maximum(left / others, np.exp(_LEAST_OTHER)))
    classes = np.column_stack([order.astype(np.uint8), np.full(len(order), OTHERS, np.uint8)])
    levels = np.clip(
        np.round(np.sqrt(np.maximum(-np.column_stack([kept, each]), 0)) / _LETTER_STEP), 0, 255
    ).astype(np.uint8)
    used = np.column_stack([used, np.ones(len(order), bool)])
    flat = np.stack([classes, levels], axis=-1)[used].tobytes()
    ends = np.concatenate([[0], np.cumsum(2 * used.sum(axis=1))])  # of the columns, in bytes
    stops = ends[np.concatenate([[0], np.cumsum(counts)])].tolist()
    return [flat[first:end] for first, end in pairwise(stops)]


def unpack_letters(packed: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """N byte strings -> (sum of counts, 37) float16 log-probabilities and (N,) int32 counts of columns.

    Raises ValueError if they are damaged.
    """
    sizes = np.array([len(one) for one in packed], np.int64)
    if (sizes % 2).any():
        raise ValueError("letters")
    pairs = np.frombuffer(b"".join(packed), np.uint8).reshape(-1, 2)
    classes, log_p = pairs[:, 0].astype(np.int64), -np.square(pairs[:, 1] * np.float32(_LETTER_STEP))
    ends = classes == OTHERS
    last = np.cumsum(sizes // 2) - 1
    if (classes > OTHERS).any() or not ends[last[sizes > 0]].all():
        raise ValueError("letters")
    word = np.repeat(np.arange(len(packed)), sizes // 2)
    counts = np.bincount(word[ends], minlength=len(packed)).astype(np.int32)
    column = np.cumsum(ends) - ends
    letters = np.repeat(log_p[ends][:, None], LETTER_CLASSES, axis=1)
    letters[column[~ends], classes[~ends]] = log_p[~ends]
    return letters.astype(np.float16), counts
