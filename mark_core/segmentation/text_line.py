"""A text line on the page: the curve through the middle of its small letters, and how far about it there is to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mark_core.segmentation.measured import Measured
from mark_core.segmentation.word import Word

_MARGIN = 0.6  # of the reach, that is about an x-height, of paper beyond the first and the last letter
_STEP = 0.25  # of the reach, between two points of the curve
_REACH_OF_BOX = 0.65  # of the usual height of a box; for words whose line was never traced
_BESIDE = 0.7  # of the reach; a word whose middle is so near the curve of a line is on it


@dataclass(frozen=True, eq=False)
class TextLine:
    """A line of a page.

    direction: ``ltr`` or ``rtl`` for lines, ``ttb`` for columns. along, across: (K,) float32 points of the curve
    in page pixels, a pixel i from i to i + 1; along rises. Of a line along is x and across is y, of a column along
    is y and across is x. reach: page pixels on either side of the curve that belong to the line.
    """

    direction: str
    along: np.ndarray
    across: np.ndarray
    reach: float

    @property
    def start(self) -> float:
        return float(self.along[0])

    @property
    def stop(self) -> float:
        return float(self.along[-1])

    def middle(self, along: np.ndarray | float) -> np.ndarray:
        """Where the middle of the line is across at places along it; beyond its ends it goes on level."""
        return np.interp(along, self.along, self.across)

    def holds(self, word: Word) -> bool:
        """Whether a word stands on this line."""
        start, stop, near, far = (np.array([value], float) for value in extents(word))
        centre = (start + stop) / 2
        same = (word.direction == "ttb") == (self.direction == "ttb")
        return same and bool(self.holds_places(centre, near, far, self.middle(centre))[0])

    def holds_places(
        self, centre: np.ndarray, near: np.ndarray, far: np.ndarray, level: np.ndarray
    ) -> np.ndarray:
        """(R,) whether boxes with these centres along the line and sides across it stand on it; level: the middle of
        the line there, page pixels."""
        beside = np.abs((near + far) / 2 - level) < _BESIDE * self.reach
        return (centre >= self.start) & (centre <= self.stop) & beside & (near < level) & (level < far)


def extents(word: Word) -> tuple[float, float, float, float]:
    """Where a word begins and ends along its line, and the two sides of its box across it, page pixels."""
    x, y, w, h = word.box
    return (y, y + h, x, x + w) if word.direction == "ttb" else (x, x + w, y, y + h)


def traced_lines(measured: Measured, direction: str, width: int, reach: float) -> list[TextLine]:
    """The lines of a measured page, those without letters left out.

    direction: one of `geometry.FRAMES`. width: of the page in pixels. reach: pixels of the working image.
    """
    found = []
    for line, runs in zip(measured.lines, measured.runs, strict=True):
        if len(runs.start) == 0:
            continue
        start = max(0.0, float(runs.start[0]) - _MARGIN * reach)
        stop = min(float(measured.contrast.shape[1]), float(runs.stop[-1]) + _MARGIN * reach)
        count = max(2, int(np.ceil((stop - start) / (_STEP * reach))) + 1)
        along = np.linspace(start, stop, count)
        # the curve is given for pixels, whose middles are half a pixel on
        across = line.at(np.rint(along - 0.5).astype(int)) + 0.5
        along, across = along / measured.factor, across / measured.factor
        if measured.surface is not None:
            across = across + measured.surface.shift(along, across)
        found.append(_from_frame(along, across, direction, width, reach / measured.factor))
    return found


def _from_frame(along: np.ndarray, across: np.ndarray, direction: str, width: int, reach: float) -> TextLine:
    if direction == "rtl":
        along, across = width - along[::-1], across[::-1]
    elif direction == "ttb-rl":
        across = width - across
    written = "ttb" if direction.startswith("ttb") else direction
    return TextLine(written, along.astype(np.float32), across.astype(np.float32), float(reach))


def lines_of_words(words: Sequence[Word], traced: Sequence[TextLine] = ()) -> list[TextLine]:
    """Lines through words that are on none of the ``traced`` ones: boxes from a file, or drawn by hand.

    Words of one number share a line; its middle is a straight line through the middles of their boxes.
    """
    lost = [word for word in words if not any(line.holds(word) for line in traced)]
    if not lost:
        return []
    high = float(np.median([far - near for _, _, near, far in map(extents, lost)]))
    reach = float(np.median([line.reach for line in traced])) if traced else max(1.0, _REACH_OF_BOX * high)
    found = []
    for number, direction in sorted({(word.line, word.direction) for word in lost}):
        members = [word for word in lost if (word.line, word.direction) == (number, direction)]
        found.append(_through(members, direction, reach))
    return found


def _through(members: Sequence[Word], direction: str, reach: float) -> TextLine:
    start, stop, near, far = np.array([extents(word) for word in members], float).T
    centres, middles = (start + stop) / 2, (near + far) / 2
    degree = 1 if np.ptp(centres) > 4 * reach else 0
    curve = np.polynomial.Polynomial.fit(centres, middles, degree) if degree else None
    margin = _MARGIN * reach
    along = np.array([max(0.0, start.min() - margin), stop.max() + margin])
    across = curve(along) if curve is not None else np.full(2, np.median(middles))
    return TextLine(direction, along.astype(np.float32), np.asarray(across, np.float32), reach)
