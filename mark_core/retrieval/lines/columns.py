"""What the reading head says of every column of many text lines, kept as the few likeliest classes of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

KEPT = 8  # classes of a column that are kept; what the loss of the others costs is in docs/line-search.md
FLOOR = -12.0  # log-probability below which classes are all the same
SPACE = " "


@dataclass(frozen=True, eq=False)
class LineColumns:
    """Columns of L lines, one line after the other, each in the order in which it is read.

    letters: what each class reads, a space between words included if the weights know it; the class behind the last is
    the blank. counts: (L,) int32 columns a line. classes: (N, K) uint16, the likeliest first; log_p: (N, K) float16.
    ink: (N,) uint8 share of each column that is ink, 255 for all.
    """

    letters: str
    counts: np.ndarray
    classes: np.ndarray
    log_p: np.ndarray
    ink: np.ndarray

    def __len__(self) -> int:
        """Number of lines."""
        return len(self.counts)

    @property
    def blank(self) -> int:
        return len(self.letters)

    @property
    def has_spaces(self) -> bool:
        """Whether the weights tell spaces between words apart; without, lines cannot be searched."""
        return SPACE in self.letters

    @cached_property
    def starts(self) -> np.ndarray:
        """(L + 1,) int64 first column of every line, and the number of all."""
        return np.concatenate([[0], np.cumsum(self.counts, dtype=np.int64)])

    @cached_property
    def line(self) -> np.ndarray:
        """(N,) int32 the line of every column."""
        return np.repeat(np.arange(len(self.counts), dtype=np.int32), self.counts)

    @cached_property
    def best(self) -> np.ndarray:
        """(N,) float32 log-probability of the likeliest class."""
        return self.log_p[:, 0].astype(np.float32)

    @property
    def path(self) -> np.ndarray:
        """(N,) the likeliest class of every column."""
        return self.classes[:, 0]

    @cached_property
    def others(self) -> np.ndarray:
        """(N,) float32 log-probability of each class that was not kept: what is left, shared out evenly."""
        left = 1.0 - np.exp(self.log_p.astype(np.float32)).sum(axis=1)
        many = max(1, self.blank + 1 - self.classes.shape[1])
        shared = np.log(np.maximum(left, 1e-9) / many)
        return np.clip(shared, FLOOR, np.maximum(FLOOR, self.log_p[:, -1].astype(np.float32)))

    def dense(self, line: int) -> np.ndarray:
        """(T, C) float32 log-probabilities of a line; classes that were not kept share what is left."""
        rows = slice(*self.starts[line : line + 2])
        out = np.repeat(self.others[rows, None], self.blank + 1, axis=1)
        np.put_along_axis(
            out, self.classes[rows].astype(np.int64), self.log_p[rows].astype(np.float32), axis=1
        )
        return out

    def texts(self) -> list[str]:
        """What every line reads by its likeliest path, words parted by single spaces."""
        path, out = self.path, []
        for start, stop in zip(self.starts[:-1].tolist(), self.starts[1:].tolist(), strict=True):
            part = path[start:stop]
            first = np.concatenate([[True], part[1:] != part[:-1]]) if len(part) else np.zeros(0, bool)
            letters = "".join(self.letters[i] for i in part[first].tolist() if i != self.blank)
            out.append(SPACE.join(letters.split()))
        return out

    def select(self, lines: Sequence[int] | np.ndarray) -> LineColumns:
        """These lines, in this order."""
        lines = np.asarray(lines, np.int64)
        counts = self.counts[lines]
        offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = np.repeat(self.starts[lines], counts) + offset
        return LineColumns(self.letters, counts, self.classes[rows], self.log_p[rows], self.ink[rows])

    def cut(self, pieces: Sequence[tuple[int, int, int]]) -> LineColumns:
        """Pieces of lines as lines of their own, each as a line and its columns start..stop."""
        counts = np.array([stop - start for _, start, stop in pieces], np.int32)
        parts = [np.arange(start, stop) + self.starts[line] for line, start, stop in pieces]
        rows = np.concatenate([np.zeros(0, np.int64), *parts])
        return LineColumns(self.letters, counts, self.classes[rows], self.log_p[rows], self.ink[rows])

    @classmethod
    def from_dense(
        cls,
        lines: Iterable[np.ndarray],
        letters: str,
        kept: int = KEPT,
        ink: Sequence[np.ndarray] | None = None,
    ) -> LineColumns:
        """(T, C) log-probabilities of each line, C one more than there are letters. ink: (T,) uint8 of each line; None
        where nothing is known of it: all full."""
        kept = min(kept, len(letters) + 1)
        counts, classes, log_p = [], [np.zeros((0, kept), np.uint16)], [np.zeros((0, kept), np.float16)]
        for columns in lines:
            columns = np.asarray(columns, np.float32)
            some = np.argpartition(-columns, kept - 1, axis=1)[:, :kept]
            values = np.take_along_axis(columns, some, axis=1)
            order = np.argsort(-values, axis=1, kind="stable")
            classes.append(np.take_along_axis(some, order, axis=1).astype(np.uint16))
            log_p.append(np.take_along_axis(values, order, axis=1).astype(np.float16))
            counts.append(len(columns))
        full = np.full(sum(counts), 255, np.uint8)
        inks = full if ink is None else np.concatenate([full[:0], *ink])
        return cls(letters, np.array(counts, np.int32), np.concatenate(classes), np.concatenate(log_p), inks)

    @classmethod
    def join(cls, parts: Sequence[LineColumns]) -> LineColumns:
        """All parts of the same weights, one after the other. There must be at least one."""
        return cls(
            parts[0].letters,
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("counts", "classes", "log_p", "ink")
            ),
        )
