"""Words that differ from a typed one by a letter or two: how they may be spelled, and which words can be meant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

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
    """N texts -> (N, R) int32 numbers of their letters, and (N,) their lengths."""
    lengths = np.array([len(reading) for reading in readings], np.int64)
    codes = np.full((len(readings), int(lengths.max(initial=0))), _NOTHING, np.int32)
    for row, reading in enumerate(readings):
        codes[row, : len(reading)] = [ord(char) for char in reading]
    return codes, lengths


def distances(codes: np.ndarray, lengths: np.ndarray, letters: Sequence[str]) -> np.ndarray:
    """(N,) by how many letters texts differ from a word (Levenshtein, 1966), for all at once. letters: for each
    letter of the word those that it may be."""
    positions = np.arange(codes.shape[1] + 1, dtype=np.int16)
    row = np.tile(positions, (len(codes), 1))
    for place, options in enumerate(letters, start=1):
        other = ~np.isin(codes, [ord(char) for char in options])
        row[:, 1:] = np.minimum(row[:, :-1] + other, row[:, 1:] + 1)
        row[:, 0] = place
        # insertions run along the text: the running minimum of (cost - position) does them at once
        row = np.minimum.accumulate(row - positions, axis=1) + positions
    return row[np.arange(len(codes)), lengths].astype(np.int64)
