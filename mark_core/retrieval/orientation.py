"""Whether a page lies on its side or upside down, told by reading some of its lines each way round.

Letters that stand upright are read more surely than the same letters on their head. A page on its side looks like one
in columns; only Mongolian letters are written so. A page is turned where one way round is read clearly more surely, so
one in an unknown script stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mark_core.message import Message
from mark_core.model.alphabet import SCRIPTS
from mark_core.model.line_reader import line_letters, read_lines, reads_lines
from mark_core.model.mark import MarkModel
from mark_core.model.strip import STRIP_HEIGHT, stretch_contrast
from mark_core.pages.page import Page
from mark_core.pages.turn import turn_page, turned
from mark_core.segmentation.line_strips import line_strips
from mark_core.segmentation.segment import page_lines
from mark_core.segmentation.text_line import TextLine

SURE = 0.8  # mean probability of letters that are read so surely only upright; on their head at most 0.75 was seen
_READ = 0.5  # the least of a way round to which a page is turned
_BETTER = 0.05  # by which it must be surer than its opposite: no upright page was surer on its head
_ACROSS = 0.15  # by which it must be surer than lines that are found across the writing
_VERTICAL = 0.5  # share of Mongolian letters from which columns are right
_LETTERS = 40  # the least that are read; fewer do not tell
_LINES = 10  # that are read, the longest
_LONGEST = 30.0  # heights of a strip, of the part of a line that is read


@dataclass(frozen=True)
class LineReading:
    """What is read in some lines. letters: how many. sure: mean probability of their classes, 0..1. columns: whether
    the page stands in columns. vertical: share of the letters that are Mongolian."""

    letters: int
    sure: float
    columns: bool = False
    vertical: float = 0.0

    @property
    def told(self) -> float:
        """``sure``, 0 where too little is read."""
        return self.sure if self.letters >= _LETTERS else 0.0


def turned_upright(
    page: Page, degrees: int, notify: Callable[[Message], None] = lambda sentence: None
) -> Page:
    """The page, turned clockwise as `turn_of` says. notify: called with one sentence about that."""
    if degrees == 180:
        notify(Message("This page was upside down and was turned."))
    elif degrees:
        notify(Message("This page lay on its side and was turned."))
    return turn_page(page, degrees)


def turn_of(model: MarkModel, grey: np.ndarray) -> int:
    """Degrees clockwise by which an (H, W) uint8 page is to be turned; 0 where nothing clearly says so.

    A page that is read surely as it lies, as most are, costs one reading of some lines, another two or four.
    """
    if not reads_lines(model):
        return 0
    lies = read_some_lines(model, grey)
    if not lies.columns and lies.told >= SURE:
        return 0

    def other(degrees: int) -> LineReading:
        return read_some_lines(model, turned(grey, degrees))

    if lies.columns:
        return _side(other(90), other(270))
    over = other(180)
    if over.told >= max(_READ, lies.told + _BETTER) and not over.columns:
        return 180
    if lies.told >= _READ:
        return 0
    degrees = _side(right := other(90), left := other(270))
    best = right if degrees == 90 else left
    return degrees if best.told >= max(lies.told, over.told) + _ACROSS else 0


def _side(right: LineReading, left: LineReading) -> int:
    """By how much a page on its side is to be turned. right, left: what is read after turning it clockwise by 90 and by
    270 degrees. 0 if neither is clearly right, or the page is written in columns."""
    (best, degrees), (worse, _) = sorted(
        [(right, 90), (left, 270)], key=lambda one: -one[0].told * (not one[0].columns)
    )
    clear = best.told >= max(_READ, worse.told + _BETTER) and not best.columns
    return degrees if clear and best.vertical < _VERTICAL else 0


def read_some_lines(model: MarkModel, grey: np.ndarray) -> LineReading:
    """Read the longest lines of an (H, W) uint8 page as it lies."""
    lines, direction = page_lines(grey)
    lines = sorted((_middle(line) for line in lines), key=lambda line: line.start - line.stop)[:_LINES]
    inks = [stretch_contrast(strip) for strip, _ in line_strips(grey, lines, STRIP_HEIGHT)]
    return _reading(model, list(read_lines(model, inks)), direction.startswith("ttb"))


def _middle(line: TextLine) -> TextLine:
    """The line, or the middle of a long one."""
    most = _LONGEST * 2 * line.reach
    if line.stop - line.start <= most:
        return line
    centre = (line.start + line.stop) / 2
    along = np.linspace(centre - most / 2, centre + most / 2, len(line.along)).astype(np.float32)
    return TextLine(line.direction, along, line.middle(along).astype(np.float32), line.reach)


def _reading(model: MarkModel, found: Sequence[np.ndarray], columns: bool) -> LineReading:
    letters = line_letters(model.network)
    sure: list[np.ndarray] = []
    read: list[str] = []
    for log_p in found:
        best = log_p.argmax(axis=1)
        begins = np.append(True, best[1:] != best[:-1])
        starts = np.flatnonzero(begins & (best < len(letters.rstrip())))  # neither a space nor a blank
        sure.append(np.exp(log_p[starts, best[starts]]))
        read += [letters[i] for i in best[starts]]
    every = np.concatenate(sure) if sure else np.zeros(0)
    vertical = np.mean([letter in SCRIPTS["mongolian"] for letter in read]) if read else 0.0
    mean = float(every.mean()) if len(every) else 0.0
    return LineReading(len(every), mean, columns, float(vertical))
