"""What the model sees in N crops, as arrays that are kept, joined and searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

LETTER_CLASSES = 37  # of a word's script (see ``word_script``), with the blank


@dataclass(frozen=True)
class Encoding:
    """Arrays of N crops, all that a search needs.

    vectors: (N, D) float32, L2-normalised: the word, in the space of typed words. letters: (sum of counts, 37)
    float16 log-probabilities of the letters of the word's script and the blank for every column of every word, one
    word after the other; counts: (N,) int32 columns per word. shapes: (N, S) float16, L2-normalised: the drawing of
    the word before anything is decided about letters, for examples in any script. scripts: (N,) uint8, see
    ``word_script``; None stands for Latin. A model without a reading head gives no letters (counts are zero), one
    without shapes has S = 0.
    """

    vectors: np.ndarray
    letters: np.ndarray
    counts: np.ndarray
    shapes: np.ndarray
    scripts: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint8))

    def __post_init__(self) -> None:
        if not len(self.scripts):  # Latin, the script of number 0
            object.__setattr__(self, "scripts", np.zeros(len(self.counts), np.uint8))

    def __len__(self) -> int:
        return len(self.vectors)

    def select(self, rows: Sequence[int] | np.ndarray) -> Encoding:
        """The crops of these rows, in this order."""
        rows = np.asarray(rows, np.int64)
        starts = np.cumsum(self.counts) - self.counts
        counts = self.counts[rows]
        offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        letters = self.letters[np.repeat(starts[rows], counts) + offset]
        return Encoding(self.vectors[rows], letters, counts, self.shapes[rows], self.scripts[rows])

    @classmethod
    def join(cls, parts: Sequence[Encoding], dim: int = 0, shape_dim: int = 0) -> Encoding:
        """All parts, one after the other. ``dim`` and ``shape_dim`` are those of the result if there is no part."""
        if not parts:
            return cls(
                np.zeros((0, dim), np.float32),
                np.zeros((0, LETTER_CLASSES), np.float16),
                np.zeros(0, np.int32),
                np.zeros((0, shape_dim), np.float16),
            )
        return cls(
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("vectors", "letters", "counts", "shapes", "scripts")
            )
        )
