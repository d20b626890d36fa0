"""The boxes that a word may be found in: its own, and others where a gap beside it is in doubt.

The gallery has a row for every word and behind them one for every alternative. A query takes the row that suits it.
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
    """Rows of a gallery of ``words`` words and A alternatives.

    seen: what is looked at in each row. of: (A,) the word that each alternative is a box of. over: (P, 2) pairs of an
    alternative, 0..A-1, and another word that it takes ink from.
    """

    words: int
    seen: Sequence[Word]
    of: np.ndarray
    over: np.ndarray

    @classmethod
    def of_pages(cls, pages: Sequence[IndexedPage]) -> Candidates:
        seen = [word for page in pages for word in page.words]
        words = len(seen)
        of: list[int] = []
        over: list[tuple[int, int]] = []
        first = 0
        for page in pages:
            place = {word.box: first + number for number, word in enumerate(page.words)}
            for alternative in page.alternatives:
                own, *others = (place[box] for box in alternative.over)
                over += [(len(of), other) for other in others]
                of.append(own)
                seen.append(alternative.word)
            first += len(page.words)
        return cls(words, seen, np.array(of, np.int64), np.array(over, np.int64).reshape(-1, 2))

    def best(self, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N + A,) log-odds of the rows -> (N,) of the words, each in the box that suits best, and (N,) its row."""
        order = np.argsort(logits[self.words :], kind="stable")
        of = self.of[order]
        rows = np.arange(self.words)
        better = logits[self.words + order] > logits[of]
        rows[of[better]] = self.words + order[better]  # the best is written last
        return logits[rows], rows

    def alone(self, logits: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """(N,) log-odds of the words in these rows; -inf for one whose ink is in the box of a likelier word."""
        alternative, word = self.over.T
        owner = self.of[alternative]
        covered = (rows[owner] == self.words + alternative) & (logits[owner] > logits[word])
        out = logits.copy()
        out[word[covered]] = -np.inf
        return out
