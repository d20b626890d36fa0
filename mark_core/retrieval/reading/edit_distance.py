"""Edit distance: patterns of words within one or two edits, and the distance of a word to many texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_NOTHING = -1  # code behind the end of a text


def edited(letters: Sequence[str], edits: int) -> list[tuple[str, ...]]:
    """All patterns within ``edits`` edits of a word: a letter deleted, replaced by ``?``, or ``?`` inserted.

    letters: see ``query.Term.letters``. Returns the patterns sorted, the word itself included.
    """
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
    """Texts as arrays: (N, R) int32 code points, padded with -1, and (N,) int64 lengths."""
    lengths = np.array([len(reading) for reading in readings], np.int64)
    codes = np.full((len(readings), int(lengths.max(initial=0))), _NOTHING, np.int32)
    for row, reading in enumerate(readings):
        codes[row, : len(reading)] = [ord(char) for char in reading]
    return codes, lengths


def distances(codes: np.ndarray, lengths: np.ndarray, letters: Sequence[str]) -> np.ndarray:
    """Edit distances of N texts to one word (Levenshtein, 1966), computed for all texts at once.

    codes, lengths: see `as_codes`. letters: for each letter of the word, the letters that match it. Returns (N,) int64.
    """
    positions = np.arange(codes.shape[1] + 1, dtype=np.int16)
    row = np.tile(positions, (len(codes), 1))
    for place, options in enumerate(letters, start=1):
        other = ~np.isin(codes, [ord(char) for char in options])
        row[:, 1:] = np.minimum(row[:, :-1] + other, row[:, 1:] + 1)
        row[:, 0] = place
        # insertions run along the text: the running minimum of (cost - position) does them at once
        row = np.minimum.accumulate(row - positions, axis=1) + positions
    return row[np.arange(len(codes)), lengths].astype(np.int64)
