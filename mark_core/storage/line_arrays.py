"""The text lines of a page and what was read in them as arrays, and back, every value checked (see `record`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from mark_core.model.line_reader import line_letters, reads_lines
from mark_core.model.strip import COLUMN, STRIP_HEIGHT
from mark_core.model.word_script import told_scripts
from mark_core.retrieval.lines.columns import LineColumns
from mark_core.retrieval.lines.read import PageLines, read_page
from mark_core.segmentation.line_strips import strip_frame
from mark_core.segmentation.text_line import TextLine, lines_of_words

if TYPE_CHECKING:
    from mark_core.model.mark import MarkModel
    from mark_core.retrieval.indexed import IndexedPage

_DIRECTIONS = ("ltr", "rtl", "ttb")
_COLUMNS = {"columns": np.int32, "classes": np.uint16, "log_p": np.float16, "ink": np.uint8}
_FARTHEST = 1e6  # page pixels


def line_arrays(page: IndexedPage) -> dict[str, np.ndarray]:
    """The lines of a page, under names that begin with its id; nothing for a page without."""
    found = page.lines
    if found is None:
        return {}
    empty = np.zeros(0, np.float32)
    arrays: dict[str, np.ndarray] = {
        "directions": np.array([_DIRECTIONS.index(line.direction) for line in found.lines], np.uint8),
        "points": np.array([len(line.along) for line in found.lines], np.int32),
        "along": np.concatenate([empty, *(line.along for line in found.lines)]),
        "across": np.concatenate([empty, *(line.across for line in found.lines)]),
        "reach": np.array([line.reach for line in found.lines], np.float32),
    }
    if found.columns is not None:
        read = found.columns
        arrays |= {"columns": read.counts, "classes": read.classes, "log_p": read.log_p, "ink": read.ink}
    return {f"{_name(page.id)}.{key}": array for key, array in arrays.items()}


def read_lines_of(
    page_id: str, page: IndexedPage, arrays: Mapping[str, np.ndarray], model: MarkModel
) -> PageLines | None:
    """The lines of a page that ``model`` has seen. Older files have none: they are made from the words and read then.

    Raises ValueError or KeyError for arrays that cannot be right.
    """
    name = _name(page_id)
    if f"{name}.points" not in arrays:
        if not reads_lines(model):
            return None
        traced = lines_of_words(page.words)
        return read_page(model, page.page.grey, traced, scripts=told_scripts([(page.script, len(traced))]))
    lines = _read_curves(name, arrays)
    size = (page.page.width, page.page.height)
    if f"{name}.columns" not in arrays or not reads_lines(model):
        return PageLines(size, lines, None)
    parts = [arrays[f"{name}.{key}"] for key in _COLUMNS]
    if any(part.dtype != kind for part, kind in zip(parts, _COLUMNS.values(), strict=True)):
        raise ValueError("columns")
    counts, classes, log_p, ink = parts
    letters = line_letters(model.network)
    expected = [-(-strip_frame(line, STRIP_HEIGHT, size).width // COLUMN) for line in lines]
    if counts.tolist() != expected or classes.ndim != 2 or len(classes) != sum(expected):
        raise ValueError("number of columns")
    if (
        log_p.shape != classes.shape
        or ink.shape != (len(classes),)
        or not 1 <= classes.shape[1] <= len(letters) + 1
    ):
        raise ValueError("number of classes")
    if (classes > len(letters)).any() or not np.isfinite(log_p).all() or (log_p > 0.01).any():
        raise ValueError("classes")
    return PageLines(size, lines, LineColumns(letters, counts, classes, log_p, ink))


def _read_curves(name: str, arrays: Mapping[str, np.ndarray]) -> tuple[TextLine, ...]:
    directions, points = arrays[f"{name}.directions"], arrays[f"{name}.points"]
    along, across, reach = (arrays[f"{name}.{key}"] for key in ("along", "across", "reach"))
    if directions.dtype != np.uint8 or points.dtype != np.int32 or (directions >= len(_DIRECTIONS)).any():
        raise ValueError("lines")
    if directions.shape != points.shape or reach.shape != points.shape or (points < 2).any():
        raise ValueError("number of lines")
    for values in (along, across, reach):
        if values.dtype != np.float32 or values.ndim != 1 or not (np.abs(values) < _FARTHEST).all():
            raise ValueError("curves")
    if len(along) != int(points.sum(dtype=np.int64)) or len(across) != len(along) or (reach < 0.5).any():
        raise ValueError("number of points")
    bounds = np.cumsum(points)[:-1]
    lines = []
    for number, x, y, r in zip(
        directions, np.split(along, bounds), np.split(across, bounds), reach, strict=True
    ):
        if (np.diff(x) <= 0).any():
            raise ValueError("curve")
        lines.append(TextLine(_DIRECTIONS[number], x, y, float(r)))
    return tuple(lines)


def _name(page_id: str) -> str:
    return f"{page_id}.lines"
