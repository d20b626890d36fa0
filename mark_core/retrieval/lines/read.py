"""The lines of a page as columns, read once when the page is indexed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mark_core.model.line_reader import ink_of_columns, line_letters, read_lines, reads_lines
from mark_core.model.mark import MarkModel
from mark_core.model.strip import STRIP_HEIGHT, stretch_contrast
from mark_core.retrieval.lines.columns import LineColumns
from mark_core.segmentation.line_strips import line_strips
from mark_core.segmentation.text_line import TextLine

_TOGETHER = 64  # lines whose columns are in memory with all their classes


def read_page(model: MarkModel, grey: np.ndarray, lines: Sequence[TextLine]) -> LineColumns | None:
    """What ``model`` reads in the lines of an (H, W) uint8 page; None if its weights know no spaces."""
    if not reads_lines(model):
        return None
    letters = line_letters(model.network)
    parts = [LineColumns.from_dense([], letters)]
    for first in range(0, len(lines), _TOGETHER):
        strips = line_strips(grey, lines[first : first + _TOGETHER], STRIP_HEIGHT)
        inks = [stretch_contrast(strip) for strip, _ in strips]
        read = read_lines(model, inks)
        parts.append(LineColumns.from_dense(read, letters, ink=[ink_of_columns(ink) for ink in inks]))
    return LineColumns.join(parts)
