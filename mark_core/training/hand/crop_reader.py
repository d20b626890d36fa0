"""The crops of a collection as a model sees them, twice: as they are, and drawn a little differently."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.training.data import augment
from mark_core.training.hand.time_budget import TimeBudget

READING = "reading"  # the kind of work in the time budget; its unit is a column of a strip, read twice
_TOGETHER = 64  # crops read between two looks at the clock
_FIRST = 64  # crops read before the pace is believed

Report = Callable[[float], None]  # hears the share done, 0..1
Views = tuple[Encoding, Encoding]


class CropReader:
    """Reads N strips of ``to_strip`` within a time budget. scripts: (N,) number of the script that each is read in, -1
    where it is not known; None: nowhere."""

    def __init__(
        self,
        strips: Sequence[np.ndarray],
        budget: TimeBudget,
        seed: int = 0,
        scripts: np.ndarray | None = None,
    ) -> None:
        self.strips, self.budget, self.seed = strips, budget, seed
        self.scripts = np.full(len(strips), -1) if scripts is None else scripts

    def __len__(self) -> int:
        return len(self.strips)

    @property
    def cost(self) -> float:
        """Seconds that reading all crops twice will take."""
        return self.budget.cost(READING, _columns(self.strips))

    def probe(self, model: MarkModel) -> None:
        """Read a few crops, to tell how long reading takes on this processor. Raises Stopped."""
        g = np.random.default_rng([self.seed, 3])
        some = g.permutation(len(self))[:_FIRST]
        self.select(some)._read(model, g, lambda done: None)

    def fitting(self, seconds: float, known: Sequence[int]) -> np.ndarray:
        """Numbers of the crops that can be read twice within these seconds, in their order: all of them, or the known
        ones first and others by chance."""
        g = np.random.default_rng([self.seed, 4])
        first = set(known)
        order = [*known, *(int(i) for i in g.permutation(len(self)) if i not in first)]
        spent = np.cumsum([self.budget.cost(READING, self.strips[i].shape[1]) for i in order])
        return np.sort(np.array(order[: int((spent <= seconds).sum())], np.int64))

    def select(self, rows: np.ndarray) -> CropReader:
        """A reader of these crops only."""
        rows = np.asarray(rows, np.int64)  # an empty list of numbers has none
        return CropReader([self.strips[i] for i in rows], self.budget, self.seed, self.scripts[rows])

    def read(self, model: MarkModel, cycle: int, report: Report = lambda done: None) -> Views:
        """The crops, and a changed drawing of each that belongs to this cycle. Raises Stopped."""
        return self._read(model, np.random.default_rng([self.seed, 1, cycle]), report)

    def _read(self, model: MarkModel, g: np.random.Generator, report: Report) -> Views:
        """Crops of like width together, because padding costs."""
        strips = self.strips
        order = np.argsort([strip.shape[1] for strip in strips], kind="stable")
        first: list[Encoding] = []
        again: list[Encoding] = []
        for start in range(0, len(strips), _TOGETHER):
            report(start / len(strips))
            rows = order[start : start + _TOGETHER]
            part, told = [strips[i] for i in rows], self.scripts[rows]
            with self.budget.measured(READING, _columns(part)):
                first.append(model.look(part, told)[0])
                self.budget.check()
                again.append(model.look([augment(strip, g) for strip in part], told)[0])
        back = np.argsort(order, kind="stable")
        return Encoding.join(first).select(back), Encoding.join(again).select(back)


def _columns(strips: Sequence[np.ndarray]) -> int:
    return sum(strip.shape[1] for strip in strips)
