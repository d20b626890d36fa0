"""The traced lines of a page for the browser, which cuts the line around a hit out of the page's picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mark_core.segmentation.text_line import TextLine, extents

if TYPE_CHECKING:
    from mark_core.segmentation.edit import Words

_POINTS = 24  # of a curve at most; a line bends less than they can follow


def line_curves(words: Words, lines: Sequence[TextLine]) -> dict[int, list[Any]]:
    """The curve of each line that has words: line number -> [reach, [along, across], ...], whole page pixels.

    Of a line along is x and across is y, of a column along is y and across is x. reach: pixels on either side of the
    curve that belong to the line. Lines on which none of the traced ones has most of the words are left out.
    """
    if not words or not lines:
        return {}
    start, stop, near, far = np.array([extents(word) for word in words], float).T
    centre = (start + stop) / 2
    column = np.array([word.direction == "ttb" for word in words])
    held = np.array(
        [
            ((line.direction == "ttb") == column) & line.holds_places(centre, near, far, line.middle(centre))
            for line in lines
        ]
    )
    numbers = np.array([word.line for word in words])
    found = {}
    for number in np.unique(numbers):
        votes = held[:, numbers == number].sum(axis=1)
        best = int(votes.argmax())
        if 2 * votes[best] > (numbers == number).sum():
            found[int(number)] = _curve(lines[best])
    return found


def _curve(line: TextLine) -> list[Any]:
    along = np.linspace(line.start, line.stop, min(_POINTS, len(line.along)))
    points = np.stack([along, line.middle(along)], axis=1).round().astype(int)
    return [round(line.reach), *points.tolist()]
