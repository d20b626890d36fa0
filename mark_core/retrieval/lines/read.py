"""The lines of a page as columns, read once when the page is indexed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mark_core.model.line_reader import ink_of_columns, line_letters, read_lines, reads_lines
from mark_core.model.mark import MarkModel
from mark_core.model.strip import STRIP_HEIGHT, stretch_contrast
from mark_core.retrieval.lines.columns import LineColumns
from mark_core.segmentation.line_strips import line_strips
from mark_core.segmentation.text_line import TextLine

_TOGETHER = 24  # lines whose columns are in memory with all their classes


@dataclass(frozen=True, eq=False)
class PageLines:
    """The text lines of a page. size: width and height of the page in pixels. columns: what the model reads in the
    lines, one after the other; None of weights that know no spaces."""

    size: tuple[int, int]
    lines: tuple[TextLine, ...]
    columns: LineColumns | None


def read_page(
    model: MarkModel,
    grey: np.ndarray,
    lines: Sequence[TextLine],
    report: Callable[[float], None] = lambda share: None,
    scripts: np.ndarray | None = None,
) -> PageLines:
    """The lines of an (H, W) uint8 page with what ``model`` reads in them. report: called with the share done, 0..1.
    scripts: (L,) number of the script that each line is read in, -1 where it is not known; None: nowhere.
    """
    size, lines = (grey.shape[1], grey.shape[0]), tuple(lines)
    if not reads_lines(model):
        return PageLines(size, lines, None)
    letters = line_letters(model.network)
    parts = [LineColumns.from_dense([], letters)]
    for first in range(0, len(lines), _TOGETHER):
        if first:
            report(first / len(lines))
        some = slice(first, first + _TOGETHER)
        strips = line_strips(grey, lines[some], STRIP_HEIGHT)
        inks = [stretch_contrast(strip) for strip, _ in strips]
        read = read_lines(model, inks, None if scripts is None else scripts[some])
        parts.append(LineColumns.from_dense(read, letters, ink=[ink_of_columns(ink) for ink in inks]))
    return PageLines(size, lines, LineColumns.join(parts))
