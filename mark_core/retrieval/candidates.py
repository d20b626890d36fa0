"""Candidate boxes of each word: its own box, and alternatives where a gap beside it is uncertain.

The gallery has N rows of words, followed by A rows of alternatives. A query scores all N + A rows and keeps the best
row of each word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mark_core.segmentation.word import Word

if TYPE_CHECKING:
    from mark_core.retrieval.indexed import IndexedPage


@dataclass(frozen=True, eq=False)
class Candidates:
    """The rows of a gallery.

    words: N. row_words: the ``Word`` whose crop is encoded in each of the N + A rows. word_of: (A,) int64 number of the
    word, 0..N-1, that each alternative is a box of. overlaps: (P, 2) int64 pairs of an alternative, 0..A-1, and another
    word whose ink it contains.
    """

    words: int
    row_words: Sequence[Word]
    word_of: np.ndarray
    overlaps: np.ndarray

    @classmethod
    def of_pages(cls, pages: Sequence[IndexedPage]) -> Candidates:
        """The candidates of all words of these pages, page by page."""
        row_words = [word for page in pages for word in page.words]
        words = len(row_words)
        word_of: list[int] = []
        overlaps: list[tuple[int, int]] = []
        first = 0
        for page in pages:
            place = {word.box: first + number for number, word in enumerate(page.words)}
            for alternative in page.alternatives:
                own, *others = (place[box] for box in alternative.over)
                overlaps += [(len(word_of), other) for other in others]
                word_of.append(own)
                row_words.append(alternative.word)
            first += len(page.words)
        return cls(words, row_words, np.array(word_of, np.int64), np.array(overlaps, np.int64).reshape(-1, 2))

    def best(self, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The best row of each word.

        logits: (N + A,) log-odds of the rows. Returns (N,) log-odds of the words and (N,) int64 their rows.
        """
        order = np.argsort(logits[self.words :], kind="stable")
        word_of = self.word_of[order]
        rows = np.arange(self.words)
        better = logits[self.words + order] > logits[word_of]
        rows[word_of[better]] = self.words + order[better]  # the best is written last
        return logits[rows], rows

    def suppress_overlaps(self, logits: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Non-maximum suppression: -inf for a word whose ink lies in the chosen box of a word with higher log-odds.

        logits, rows: (N,) of the words, as ``best`` returns them. Returns (N,) log-odds.
        """
        alternative, word = self.overlaps.T
        owner = self.word_of[alternative]
        covered = (rows[owner] == self.words + alternative) & (logits[owner] > logits[word])
        out = logits.copy()
        out[word[covered]] = -np.inf
        return out
