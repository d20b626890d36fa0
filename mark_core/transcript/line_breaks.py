"""A text whose lines are not those of its page, as of an edition by paragraphs, broken where the page breaks it.

What the reading head reads of the lines, one after the other, is aligned with the letters of the text (Needleman and
Wunsch, 1970); a word belongs to the line in which most of its letters were read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from mark_core.model.alphabet import RIGHT_TO_LEFT, fold_lenient

MAX_CELLS = 120_000_000  # letters of the text by letters of the page: bytes of memory
_SAME, _OTHER, _LEFT_OUT = 2, -2, -1  # worth of a pair of letters that agree, or do not, and of one left out


def read_letters(columns: Iterable[np.ndarray], alphabet: str) -> list[str]:
    """What is read in each line, from left to right, letters alone. columns: (T, C) log-probabilities, blank last."""
    read = []
    for log_p in columns:
        path = log_p.argmax(axis=1)
        kept = path[np.concatenate([[True], path[1:] != path[:-1]])] if len(path) else path
        read.append("".join(alphabet[one] for one in kept if one < len(alphabet)))
    return read


def broken(words: Sequence[str], read: Sequence[str]) -> list[list[str]]:
    """The words of a text by the lines of its page; lines without words are left out.

    read: letters of the lines of the page in reading order, see `read_letters`. Words of which no letter was read stay
    with the one before them. An empty list if the text or the page is too long.
    """
    folded = [fold_lenient(word) for word in words]
    text = "".join(folded)
    if sum(char in RIGHT_TO_LEFT for char in text) * 2 > len(text):
        read = [line[::-1] for line in read]
    page = "".join(read)
    if not text or not page or len(text) * len(page) > MAX_CELLS:
        return []
    of_line = np.repeat(np.arange(len(read)), [len(line) for line in read])
    pairs = _aligned(text, page)
    of_word = np.repeat(np.arange(len(words)), [len(word) for word in folded])
    votes = np.zeros((len(words), len(read)), np.int32)
    np.add.at(votes, (of_word[pairs[:, 0]], of_line[pairs[:, 1]]), 1)
    lines = np.maximum.accumulate(np.where(votes.any(axis=1), votes.argmax(axis=1), 0))
    return [
        [words[number] for number in np.flatnonzero(lines == line).tolist()]
        for line in range(len(read))
        if (lines == line).any()
    ]


def _aligned(text: str, page: str) -> np.ndarray:
    """(K, 2) numbers of letters of two texts that stand for each other and agree, of the greatest total worth."""
    one = np.array([ord(char) for char in text], np.int32)
    other = np.array([ord(char) for char in page], np.int32)
    left_out = _LEFT_OUT * np.arange(len(other) + 1, dtype=np.int32)
    row = left_out.copy()
    steps = np.zeros(
        (len(one), len(other) + 1), np.uint8
    )  # 0: both letters, 1: one of the text, 2: of the page
    for place, char in enumerate(one):
        both = np.full(len(row), np.iinfo(np.int32).min // 2, np.int32)
        both[1:] = row[:-1] + np.where(other == char, _SAME, _OTHER)
        down = row + _LEFT_OUT
        best = np.maximum(both, down)
        row = (
            np.maximum.accumulate(best - left_out) + left_out
        )  # letters of the page left out before this place
        steps[place] = np.where(row > best, 2, np.where(down > both, 1, 0))
    pairs = []
    i, j = len(one), len(other)
    while i and j:
        step = steps[i - 1, j]
        if step == 2:
            j -= 1
        elif step == 1:
            i -= 1
        else:
            i, j = i - 1, j - 1
            if one[i] == other[j]:
                pairs.append((i, j))
    return np.array(pairs[::-1], np.int64).reshape(-1, 2)
