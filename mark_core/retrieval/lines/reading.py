"""What the lines of a page read, letter by letter, with how sure the reading head is of each.

A machine reading of the likeliest letters, no transcription: letters are folded, that is small and without accents, and
there is no punctuation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mark_core.errors import MarkError
from mark_core.model.alphabet import ink_order
from mark_core.model.strip import COLUMN, STRIP_HEIGHT
from mark_core.model.word_script import kept_letters
from mark_core.retrieval.lines.columns import SPACE, LineColumns
from mark_core.retrieval.lines.line_ends import INK
from mark_core.retrieval.lines.line_index import places_on_lines
from mark_core.retrieval.lines.pieces import page_pieces
from mark_core.segmentation.line_strips import StripFrame, strip_frame
from mark_core.segmentation.word import Box

if TYPE_CHECKING:
    from mark_core.retrieval.indexed import IndexedPage

_PAD = 0.2 / 1.8  # of the reach: paper around the ink, as around that of boxes


@dataclass(frozen=True)
class ReadWord:
    """What is read between two spaces. text: folded letters in the order in which they are read. certainties: 0..1 of
    each, the probability that the reading head gives it. box: x, y, w, h of its ink, page pixels."""

    text: str
    certainties: tuple[float, ...]
    box: Box

    @property
    def certainty(self) -> float:
        """0..1, the mean over its letters."""
        return float(np.mean(self.certainties))


@dataclass(frozen=True)
class ReadLine:
    """A line of a page, at least one word. line: its 0-based number, as that of `Word`. direction: see `Word`."""

    line: int
    direction: str
    words: tuple[ReadWord, ...]

    @property
    def text(self) -> str:
        """Its words, parted by spaces."""
        return SPACE.join(word.text for word in self.words)

    @property
    def certainty(self) -> float:
        """0..1, the mean over its letters."""
        return float(np.mean([value for word in self.words for value in word.certainties]))

    @property
    def box(self) -> Box:
        """x, y, w, h around its words, page pixels."""
        left, top, right, bottom = np.array([_corners(word.box) for word in self.words]).T
        x, y = int(left.min()), int(top.min())
        return x, y, int(right.max()) - x, int(bottom.max()) - y


def _corners(box: Box) -> tuple[int, int, int, int]:
    x, y, w, h = box
    return x, y, x + w, y + h


def page_reading(page: IndexedPage) -> tuple[ReadLine, ...]:
    """What the lines of a page of an index read, in reading order; lines without words are left out.

    Raises MarkError if its lines were not read, as by weights that read single words only.
    """
    read_lines = page.lines
    if read_lines is None or read_lines.columns is None or not read_lines.columns.has_spaces:
        raise MarkError("These weights read single words, not whole lines.")
    frames = [strip_frame(line, STRIP_HEIGHT, read_lines.size) for line in read_lines.lines]
    places = places_on_lines(page.words, read_lines.lines)
    pieces, _ = page_pieces(page.words, *places, frames, read_lines.columns.counts.tolist(), COLUMN)
    found = []
    for piece in sorted(pieces, key=lambda piece: piece.rank):
        if piece.first < 0:
            continue
        first = int(read_lines.columns.starts[piece.line])
        rows = slice(first + piece.start, first + piece.stop)
        frame = frames[piece.line]
        readable = _readable(read_lines.columns, page.encoding.scripts[places[0] == piece.line])
        words = tuple(_words(read_lines.columns, rows, frame, piece.start, readable))
        if words:
            leftward = frame.line.direction == "rtl"
            number = page.words[piece.first].line
            found.append(ReadLine(number, frame.line.direction, words[::-1] if leftward else words))
    return tuple(found)


def _readable(columns: LineColumns, scripts: np.ndarray) -> np.ndarray:
    """(C,) bool, which classes may be read in a line whose words are in these scripts: their letters, the space and the
    blank. Letters of others that look the same are not."""
    letters = {SPACE, *"".join(kept_letters(script) for script in np.unique(scripts).tolist())}
    return np.array([letter in letters for letter in columns.letters] + [True])


def _words(
    columns: LineColumns, rows: slice, frame: StripFrame, offset: int, readable: np.ndarray
) -> Iterator[ReadWord]:
    """The words of columns of a line, along it; offset: the column of the strip that the first is. readable: see
    ``_readable``."""
    fits = readable[columns.classes[rows]]
    kept = fits.argmax(axis=1)[:, None]  # the likeliest of these; a column that kept none of them is blank
    found = np.take_along_axis(columns.classes[rows], kept, axis=1)[:, 0]
    path = np.where(fits.any(axis=1), found, columns.blank)
    best = np.take_along_axis(columns.log_p[rows], kept, axis=1)[:, 0].astype(float)
    inked = np.flatnonzero(columns.ink[rows] >= INK)
    begins = np.flatnonzero(np.concatenate([[True], path[1:] != path[:-1]])) if len(path) else path
    ends = np.append(begins[1:], len(path))
    space = columns.letters.index(SPACE)
    letters: list[tuple[str, float]] = []
    room = first = last = 0
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        kind = int(path[begin])
        if kind == space:
            if letters:
                yield _word(letters, _ink(inked, room, begin, (first, last)), frame, offset)
            letters, room = [], end
        elif kind != columns.blank:
            first, last = (first if letters else begin), end
            letters.append((columns.letters[kind], float(np.exp(best[begin:end].max()))))
    if letters:
        yield _word(letters, _ink(inked, room, len(path), (first, last)), frame, offset)


def _ink(inked: np.ndarray, start: int, stop: int, read: tuple[int, int]) -> tuple[int, int]:
    """Columns between two spaces that have ink; without any, those of its letters."""
    mine = inked[(inked >= start) & (inked < stop)]
    return (int(mine[0]), int(mine[-1]) + 1) if len(mine) else read


def _word(
    letters: Sequence[tuple[str, float]], columns: tuple[int, int], frame: StripFrame, offset: int
) -> ReadWord:
    pad = _PAD * frame.height / 2
    start, stop = ((offset + column) * float(COLUMN) for column in columns)
    box = frame.box(max(0.0, start - pad), min(float(frame.width), stop + pad))
    text = "".join(letter for letter, _ in letters)
    values = tuple(min(1.0, value) for _, value in letters)
    turned = ink_order(text) != text
    return ReadWord(ink_order(text), values[::-1] if turned else values, box)
