"""The small record of a word: what it keeps, how large it is, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core.archive.record import (
    VECTOR_STEP,
    pack,
    pack_letters,
    pack_shapes,
    unpack,
    unpack_letters,
    unpack_shapes,
)
from mark_core.model.encoding import Encoding
from tests.conftest import encoding_that_reads


def _unit(g: np.random.Generator, count: int, size: int) -> np.ndarray:
    values = g.normal(size=(count, size))
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def test_a_word_takes_less_than_600_bytes_and_keeps_its_evidence():
    g = np.random.default_rng(0)
    columns = g.normal(size=(40 * 24, 37)) * 12  # most are sure, as those of ink are
    letters = (columns - np.log(np.exp(columns).sum(axis=1, keepdims=True))).astype(np.float16)
    exact = Encoding(
        _unit(g, 40, 256).astype(np.float32),
        letters,
        np.full(40, 24, np.int32),
        _unit(g, 40, 256).astype(np.float16),
    )
    records = pack(exact)
    size = records.vectors.shape[1] + records.shapes.shape[1] + np.mean([len(one) for one in records.letters])
    assert size < 600
    small = unpack(records, 256)
    assert np.abs(small.vectors - exact.vectors).max() <= VECTOR_STEP / 2 + 1e-6
    cosine = (small.shapes.astype(np.float32) * exact.shapes.astype(np.float32)).sum(axis=1)
    assert cosine.min() > 0.98
    best, rows = exact.letters.argmax(axis=1), np.arange(len(letters))
    assert np.abs(small.letters[rows, best] - exact.letters[rows, best]).max() < 0.05
    assert np.abs(np.exp(small.letters.astype(float)).sum(axis=1) - 1).max() < 0.06
    assert (small.counts == exact.counts).all()


def test_letters_that_are_read_with_certainty_stay():
    exact = encoding_that_reads(["orders", "", "a"])
    letters, counts = unpack_letters(pack_letters(exact.letters, exact.counts))
    assert counts.tolist() == exact.counts.tolist()
    assert (letters.argmax(axis=1) == exact.letters.argmax(axis=1)).all()
    assert np.exp(letters.astype(np.float32)).sum(axis=1) == pytest.approx(np.ones(len(letters)), abs=0.02)


@given(st.integers(0, 7), st.integers(0, 9), st.integers(0, 2**32 - 1))
def test_any_number_of_words_columns_and_shapes(count, size, seed):
    g = np.random.default_rng(seed)
    counts = g.integers(0, 5, count).astype(np.int32)
    columns = g.normal(size=(int(counts.sum()), 37)) * 5
    letters = (columns - np.log(np.exp(columns).sum(axis=1, keepdims=True))).astype(np.float16)
    again, told = unpack_letters(pack_letters(letters, counts))
    assert told.tolist() == counts.tolist()
    assert again.shape == letters.shape
    best = letters.argmax(axis=1)
    rows = np.arange(len(letters))
    assert np.abs(again[rows, best] - letters[rows, best]).max(initial=0) < 0.05  # the likeliest is kept
    shapes = _unit(g, count, size) if size else np.zeros((count, 0))
    assert unpack_shapes(pack_shapes(shapes), size).shape == (count, size)


@pytest.mark.parametrize("damaged", [b"\x25", b"\x01\x05", bytes([40, 3, 37, 3])])
def test_damaged_letters_are_refused(damaged):
    with pytest.raises(ValueError, match="letters"):
        unpack_letters([damaged])
