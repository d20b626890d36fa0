"""Words that differ from a typed one by a letter or two: how they may be spelled, and which words can be meant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mark_core.model.alphabet import ALPHABET

_NOTHING = -1  # beyond the end of a reading


def edited(letters: Sequence[str], edits: int) -> list[tuple[str, ...]]:
    """The letters with up to ``edits`` of them left out, exchanged for any letter, or any letter put between."""
    found = {tuple(letters)}
    for _ in range(edits):
        for known in list(found):
            for k in range(len(known) + 1):
                found.add((*known[:k], "?", *known[k:]))
                if k < len(known):
                    found.add((*known[:k], "?", *known[k + 1 :]))
                    if len(known) > 1:
                        found.add((*known[:k], *known[k + 1 :]))
    return sorted(found)


def as_codes(readings: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """N readings -> (N, R) int8 numbers of their letters, and (N,) their lengths."""
    lengths = np.array([len(reading) for reading in readings], np.int64)
    codes = np.full((len(readings), int(lengths.max(initial=0))), _NOTHING, np.int8)
    for row, reading in enumerate(readings):
        codes[row, : len(reading)] = [ALPHABET.index(char) for char in reading]
    return codes, lengths


def distances(codes: np.ndarray, lengths: np.ndarray, letters: Sequence[str]) -> np.ndarray:
    """(N,) by how many letters readings differ from a word (Levenshtein, 1966), for all at once. letters: for each
    letter of the word those that it may be."""
    count, longest = codes.shape
    row = np.tile(np.arange(longest + 1, dtype=np.int16), (count, 1))
    for place, options in enumerate(letters, start=1):
        other = ~np.isin(codes, [ALPHABET.index(char) for char in options])
        following = np.empty_like(row)
        following[:, 0] = place
        following[:, 1:] = np.minimum(row[:, :-1] + other, row[:, 1:] + 1)
        for column in range(1, longest + 1):
            np.minimum(following[:, column], following[:, column - 1] + 1, out=following[:, column])
        row = following
    return row[np.arange(count), lengths].astype(np.int64)
