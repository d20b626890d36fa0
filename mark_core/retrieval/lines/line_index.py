"""The lines of all pages of a collection: spans that read what is typed, and the words whose boxes agree with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mark_core.model.strip import COLUMN, STRIP_HEIGHT
from mark_core.retrieval.lines.automaton import pattern_of
from mark_core.retrieval.lines.columns import LineColumns
from mark_core.retrieval.lines.read import PageLines
from mark_core.retrieval.lines.spans import Spans, find_spans
from mark_core.retrieval.lines.spikes import Spikes, find_spikes
from mark_core.retrieval.query import Term
from mark_core.segmentation.line_strips import StripFrame, strip_frame
from mark_core.segmentation.text_line import TextLine, extents
from mark_core.segmentation.word import Box, Word

AGREES = 0.6  # IoU along the line from which a span and a box are the same, as for an extent match
MISSING = -3.0  # score of a place where what is typed is not read; what scores less is not read either
_INK = 8  # of 255; a column with less is white
_COVERS = 0.3  # of a word that a span takes so much of, the ink is in the span
Places = tuple[np.ndarray, np.ndarray, np.ndarray]  # of words: their lines, begin and end along them
_PAD = 0.2 / 1.8  # of the reach: paper around the ink, as around that of boxes


@dataclass(frozen=True, eq=False)
class FoundSpans:
    """M spans. score: (M,), see `spans`. line, start, stop: (M,) the line and the places along it in page pixels, of
    the ink. frames: of their lines. edges: (M, 2) columns of the strip where their ink begins and ends, in pixels."""

    score: np.ndarray
    line: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    frames: Sequence[StripFrame]
    edges: np.ndarray

    def __len__(self) -> int:
        return len(self.score)

    def box(self, number: int) -> Box:
        """Where a span is on its page, with paper around its ink as boxes of words have."""
        frame, (begin, end) = self.frames[number], self.edges[number].tolist()
        pad = _PAD * frame.height / 2
        return frame.box(max(0.0, begin - pad), min(float(frame.width), end + pad))


@dataclass(frozen=True, eq=False)
class LineIndex:
    """Lines of all pages, one page after the other.

    line_of: (R,) the line that each row is on, -1 for none; begin, end: (R,) its extent along the line in page pixels.
    Rows are those of a gallery: the words of all pages, then the alternatives of all pages.
    """

    columns: LineColumns
    frames: Sequence[StripFrame]
    line_of: np.ndarray
    begin: np.ndarray
    end: np.ndarray

    @classmethod
    def of_pages(
        cls, pages: Sequence[tuple[PageLines | None, Sequence[Word], Sequence[Word]]]
    ) -> LineIndex | None:
        """Pages as their lines, words and alternatives of words; None if no line of them was read."""
        frames: list[StripFrame] = []
        columns: list[LineColumns] = []
        parts: tuple[list[Places], list[Places]] = ([], [])
        for found, *kinds in pages:
            read = found if found is not None and found.columns is not None else None
            lines = read.lines if read is not None else ()
            for rows, words in zip(parts, kinds, strict=True):
                home, begin, end = places_on_lines(words, lines)
                rows.append((np.where(home >= 0, home + len(frames), -1), begin, end))
            if read is not None and read.columns is not None:
                frames += [strip_frame(line, STRIP_HEIGHT, read.size) for line in lines]
                columns.append(read.columns)
        if not columns:
            return None
        line_of, begin, end = (np.concatenate(part) for part in zip(*parts[0], *parts[1], strict=True))
        return cls(LineColumns.join(columns), frames, line_of, begin, end)

    @cached_property
    def spikes(self) -> Spikes:
        return find_spikes(self.columns)

    @cached_property
    def _rows_of_lines(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows sorted by line, and where each line begins among them."""
        order = np.argsort(self.line_of, kind="stable")
        return order, np.searchsorted(self.line_of[order], np.arange(len(self.frames) + 1))

    def rows_on(self, line: int) -> np.ndarray:
        """Rows of the gallery on a line."""
        order, bounds = self._rows_of_lines
        return order[bounds[line] : bounds[line + 1]]

    def find(self, terms: Sequence[Term]) -> FoundSpans:
        """Where the words of a query stand one after the other in a line, the best first."""
        spans = find_spans(self.columns, pattern_of(terms), self.spikes)
        spans = spans.select(np.flatnonzero(spans.score > MISSING))
        edges = np.stack(self._of_ink(spans), axis=1) * float(COLUMN)
        frames = [self.frames[line] for line in spans.line.tolist()]
        along = [frame.along(edge) for frame, edge in zip(frames, edges, strict=True)]
        begin, end = np.array(along, float).reshape(-1, 2).T
        return FoundSpans(spans.score, spans.line, begin, end, frames, edges)

    def _of_ink(self, spans: Spans) -> tuple[np.ndarray, np.ndarray]:
        """(M,) columns of the lines where the ink of spans begins and ends; of one without ink as it is."""
        starts, stops = spans.start.copy(), spans.stop.copy()
        for row, (line, start, stop) in enumerate(
            zip(spans.line.tolist(), spans.start.tolist(), spans.stop.tolist(), strict=True)
        ):
            first = int(self.columns.starts[line])
            inked = np.flatnonzero(self.columns.ink[first + start : first + stop] >= _INK)
            if len(inked):
                starts[row], stops[row] = start + inked[0], start + inked[-1] + 1
        return starts, stops

    def agreeing(self, line: int, start: float, stop: float) -> tuple[np.ndarray, np.ndarray]:
        """Rows on a line that agree with a stretch of it (page pixels), and how far: IoU along the line."""
        rows = self.rows_on(line)
        begin, end = self.begin[rows], self.end[rows]
        shared = np.minimum(end, stop) - np.maximum(begin, start)
        likeness = shared / (np.maximum(end, stop) - np.minimum(begin, start))
        near = likeness >= AGREES
        return rows[near], likeness[near]

    def covered(self, line: int, start: float, stop: float, words: int) -> np.ndarray:
        """Rows below ``words`` (shown words, no alternatives) on a line whose ink is in a stretch of it, or the other
        way round; the one that shares most with it first."""
        rows = self.rows_on(line)
        rows = rows[rows < words]
        begin, end = self.begin[rows], self.end[rows]
        shared = np.minimum(end, stop) - np.maximum(begin, start)
        near = shared > _COVERS * np.minimum(end - begin, stop - start)
        return rows[near][np.argsort(-shared[near], kind="stable")]


def places_on_lines(words: Sequence[Word], lines: Sequence[TextLine]) -> Places:
    """(R,) the line that each word is on, -1 for none, and its extent along it in page pixels."""
    places = np.array([extents(word) for word in words], float).reshape(-1, 4)
    begin, end, near, far = places.T
    centre, middle = (begin + end) / 2, (near + far) / 2
    upright = np.array([word.direction == "ttb" for word in words], bool)
    home, least = np.full(len(words), -1), np.full(len(words), np.inf)
    for number, line in enumerate(lines):
        level = line.middle(centre)
        off = np.abs(middle - level)
        fits = line.holds_places(centre, near, far, level) & (upright == (line.direction == "ttb"))
        better = fits & (off < least)
        home[better], least[better] = number, off[better]
    return home, begin, end
