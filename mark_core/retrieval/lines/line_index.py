"""The lines of all pages of a collection: spans that read what is typed, and the words whose boxes agree with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mark_core.model.strip import COLUMN, STRIP_HEIGHT
from mark_core.retrieval.lines.automaton import pattern_of
from mark_core.retrieval.lines.columns import LineColumns
from mark_core.retrieval.lines.pieces import Piece, page_pieces
from mark_core.retrieval.lines.read import PageLines
from mark_core.retrieval.lines.seams import DividedSpans
from mark_core.retrieval.lines.spans import Spans, find_everywhere
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

    def place(self, number: int) -> tuple[int, float, float]:
        """Line, begin and end of a span."""
        return int(self.line[number]), float(self.start[number]), float(self.stop[number])


@dataclass(frozen=True, eq=False)
class FoundDivided:
    """D spans that go over the end of a line, see `seams`, of equal ``score``: their part in one line and that in the
    next; of lines from right to left the later part is ``before``."""

    before: FoundSpans
    behind: FoundSpans

    def __len__(self) -> int:
        return len(self.before)

    @property
    def score(self) -> np.ndarray:
        return self.before.score

    def parts(self, number: int) -> tuple[FoundSpans, FoundSpans]:
        """Both parts, that which is read first before the other."""
        leftward = self.before.frames[number].line.direction == "rtl"
        return (self.behind, self.before) if leftward else (self.before, self.behind)

    def boxes(self, number: int) -> tuple[Box, ...]:
        """The boxes of both parts."""
        return tuple(part.box(number) for part in self.parts(number))


@dataclass(frozen=True, eq=False)
class LineIndex:
    """Lines of all pages, one page after the other, in the order in which they are read, see `pieces`.

    line_of: (R,) the line that each row is on, -1 for none; begin, end: (R,) its extent along the line in page pixels.
    Rows are those of a gallery: the words of all pages, then the alternatives of all pages. offsets: (L,) the column of
    the strip that each line begins at. goes_on: (L,) bool lines whose ink goes on in the next.
    """

    columns: LineColumns
    frames: Sequence[StripFrame]
    line_of: np.ndarray
    begin: np.ndarray
    end: np.ndarray
    offsets: np.ndarray
    goes_on: np.ndarray

    @classmethod
    def of_pages(
        cls, pages: Sequence[tuple[PageLines | None, Sequence[Word], Sequence[Word]]]
    ) -> LineIndex | None:
        """Pages as their lines, words and alternatives of words; None if no line of them was read."""
        frames: list[StripFrame] = []
        parts: list[tuple[LineColumns, np.ndarray, np.ndarray]] = []
        places: tuple[list[Places], list[Places]] = ([], [])
        for found, *kinds in pages:
            read = found if found is not None and found.columns is not None else None
            lines = read.lines if read is not None else ()
            rows = [places_on_lines(words, lines) for words in kinds]
            if read is not None and read.columns is not None:
                own = [strip_frame(line, STRIP_HEIGHT, read.size) for line in lines]
                pieces, goes_on = page_pieces(kinds[0], *rows[0], own, read.columns.counts.tolist(), COLUMN)
                rows = [(_on_pieces(one, pieces, len(frames)), *one[1:]) for one in rows]
                frames += [own[piece.line] for piece in pieces]
                bounds = [(piece.line, piece.start, piece.stop) for piece in pieces]
                parts.append((read.columns.cut(bounds), np.array([start for _, start, _ in bounds]), goes_on))
            for part, one in zip(places, rows, strict=True):
                part.append(one)
        if not parts:
            return None
        line_of, begin, end = (np.concatenate(part) for part in zip(*places[0], *places[1], strict=True))
        columns, offsets, goes_on = zip(*parts, strict=True)
        joined = LineColumns.join(columns)
        return cls(
            joined,
            frames,
            line_of,
            begin,
            end,
            np.concatenate(offsets).astype(np.int64),
            np.concatenate(goes_on),
        )

    @cached_property
    def spikes(self) -> Spikes:
        return find_spikes(self.columns, self.goes_on)

    @cached_property
    def _rows_of_lines(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows sorted by line, and where each line begins among them."""
        order = np.argsort(self.line_of, kind="stable")
        return order, np.searchsorted(self.line_of[order], np.arange(len(self.frames) + 1))

    def rows_on(self, line: int) -> np.ndarray:
        """Rows of the gallery on a line."""
        order, bounds = self._rows_of_lines
        return order[bounds[line] : bounds[line + 1]]

    def find(self, terms: Sequence[Term]) -> tuple[FoundSpans, FoundDivided]:
        """Where the words of a query stand one after the other, in a line and over the end of one, the best first."""
        spans, divided = find_everywhere(self.columns, pattern_of(terms), self.spikes, MISSING)
        return self._placed(spans.select(np.flatnonzero(spans.score > MISSING))), self._divided(divided)

    def _divided(self, found: DividedSpans) -> FoundDivided:
        """Both parts reach as far as the boxes of their lines do: to the hyphen, and from the whole of the letter that
        the next line begins with."""
        one = self._placed(Spans(found.line - 1, found.start, found.last, found.score))
        other = self._placed(Spans(found.line, found.first, found.stop, found.score))
        for row in range(len(found)):
            self._reach_out(one, row, 1)
            self._reach_out(other, row, 0)
        return FoundDivided(one, other)

    def _reach_out(self, found: FoundSpans, number: int, side: int) -> None:
        """Move the beginning (side 0) or the end (1) of a span out to that of the boxes of its line, by twice the reach
        of the line at most."""
        rows, frame = self.rows_on(int(found.line[number])), found.frames[number]
        if not len(rows):
            return
        place, far = (found.start, found.stop)[side], 2 * frame.line.reach
        pad = _PAD * frame.line.reach
        if side:
            place[number] = np.clip(self.end[rows].max() - pad, place[number], place[number] + far)
        else:
            place[number] = np.clip(self.begin[rows].min() + pad, place[number] - far, place[number])
        found.edges[number, side] = np.clip(frame.column(place[number]), 0, frame.width)

    def _placed(self, spans: Spans) -> FoundSpans:
        """Spans as places on their pages."""
        edges = np.stack(self._of_ink(spans), axis=1) + self.offsets[spans.line][:, None]
        edges = edges * float(COLUMN)
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


def _on_pieces(rows: Places, pieces: Sequence[Piece], first: int) -> np.ndarray:
    """The piece that each row is on, counted from ``first``; -1 for none."""
    home, begin, end = rows
    of_line: dict[int, list[int]] = {}
    for number in sorted(range(len(pieces)), key=lambda number: pieces[number].edge):
        of_line.setdefault(pieces[number].line, []).append(number)
    out = np.full(len(home), -1)
    for line, numbers in of_line.items():
        mine = np.flatnonzero(home == line)
        edges = np.array([pieces[number].edge for number in numbers[1:]])
        place = np.searchsorted(edges, (begin[mine] + end[mine]) / 2)
        out[mine] = first + np.array(numbers)[place]
    return out


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
