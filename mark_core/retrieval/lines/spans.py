"""Where in the columns of many lines something typed stands: exact search (Viterbi), all places at once.

The score of a span is the sum over its columns of log p(path) - log p(likeliest path there), per letter and space that
is given: 0 where the line reads just so, and comparable between words and hands. A span goes from space to space; the
ends of a line count as spaces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mark_core.retrieval.lines.automaton import Automaton, Pattern, automaton
from mark_core.retrieval.lines.columns import FLOOR, LineColumns
from mark_core.retrieval.lines.paths import best_paths
from mark_core.retrieval.lines.seams import DividedSpans, divided_spans
from mark_core.retrieval.lines.spikes import Spikes, Windows

WORST = FLOOR  # score of a span that does not read what is asked for at all
_CELLS = 40_000  # places times states that are computed at once: what a processor keeps near
_FEW = 100  # places that are worth computing at once, whatever they take
_TABLE = 2_000_000  # places times columns that are computed at once, at most
MOST = 400  # places that are read exactly
_AS_GOOD = 0.2  # of the score by which a place across the end of a line must be better than one within a line
_OVERLAP = 0.5  # of the shorter one's columns, from which two spans are the same


@dataclass(frozen=True, eq=False)
class Spans:
    """M places, the best first. line: (M,). start, stop: (M,) columns of the line between the spaces on either side,
    stop behind the last. score: (M,) WORST..0."""

    line: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    score: np.ndarray

    def __len__(self) -> int:
        return len(self.line)

    def select(self, rows: np.ndarray) -> Spans:
        return Spans(self.line[rows], self.start[rows], self.stop[rows], self.score[rows])


def find_spans(columns: LineColumns, pattern: Pattern, spikes: Spikes, most: int = MOST) -> Spans:
    """The at most ``most`` best places where ``pattern`` stands, none overlapping another of them.

    columns must have a class for the space. A first look at `spikes` says where it is worth reading.
    """
    machine = automaton(pattern, columns.letters)
    return best_spans(columns, machine, spikes.windows(pattern, most)[0], most)


def find_everywhere(
    columns: LineColumns, pattern: Pattern, spikes: Spikes, least: float, most: int = MOST
) -> tuple[Spans, DividedSpans]:
    """The same, and the places across the ends of lines that score more than ``least``; what is as well read within a
    line is not divided."""
    machine = automaton(pattern, columns.letters)
    inside, across = spikes.windows(pattern, most)
    spans = best_spans(columns, machine, inside, most)
    divided = divided_spans(columns, spikes.ends, machine, across, least)
    return spans, _apart(divided, spans)


def _apart(divided: DividedSpans, spans: Spans) -> DividedSpans:
    there: dict[int, list[tuple[int, int, float]]] = {}
    for line, *place in zip(
        spans.line.tolist(), spans.start.tolist(), spans.stop.tolist(), spans.score.tolist(), strict=True
    ):
        there.setdefault(line, []).append((place[0], place[1], place[2]))

    def covered(line: int, start: int, stop: int, score: float) -> bool:
        return any(
            min(stop, b) > max(start, a) and other >= score - _AS_GOOD for a, b, other in there.get(line, ())
        )

    kept = [
        row
        for row, (line, start, last, first, stop, score) in enumerate(divided.places())
        if not covered(line - 1, start, last, score) and not covered(line, first, stop, score)
    ]
    return divided.select(np.array(kept, np.int64))


def every_span(columns: LineColumns, pattern: Pattern, most: int = MOST) -> Spans:
    """The best place of each line, without a first look: exact, and slow on many lines."""
    machine = automaton(pattern, columns.letters)
    line = np.arange(len(columns))
    start, stop = columns.starts[:-1], columns.starts[1:]
    return best_spans(columns, machine, Windows(line, start, stop, start), most)


def best_spans(columns: LineColumns, machine: Automaton, windows: Windows, most: int) -> Spans:
    """The best span in each window, at most ``most`` and none overlapping another."""
    if not len(windows):
        nothing = np.zeros(0, np.int64)
        return Spans(nothing, nothing, nothing, np.zeros(0, np.float32))
    order = np.argsort(windows.stop - windows.start, kind="stable")
    parts = list(_together((windows.stop - windows.start)[order], len(machine.of)))
    found = [best_paths(columns, machine, windows.select(order[part])) for part in parts]
    begin, end, score = (np.concatenate(part) for part in zip(*found, strict=True))
    line = windows.line[order]
    origin = columns.starts[line]
    spans = Spans(line, begin - origin, end - origin, np.maximum(score / machine.given, WORST))
    return _distinct(spans.select(np.argsort(-spans.score, kind="stable")), most)


def _together(lengths: np.ndarray, states: int) -> Iterator[slice]:
    """Windows, sorted by their lengths, that are computed at once: few enough to stay near."""
    first, some = 0, max(_FEW, _CELLS // states)
    while first < len(lengths):
        longest = int(lengths[min(first + some, len(lengths)) - 1])
        count = max(1, min(some, _TABLE // max(1, longest)))
        yield slice(first, first + count)
        first += count


def _distinct(spans: Spans, most: int) -> Spans:
    """The first ``most`` of spans, the best first, without those that lie on a better one."""
    taken: dict[int, list[tuple[int, int]]] = {}
    rows: list[int] = []
    for row, (line, start, stop) in enumerate(
        zip(spans.line.tolist(), spans.start.tolist(), spans.stop.tolist(), strict=True)
    ):
        if spans.score[row] <= WORST or len(rows) == most:
            break
        there = taken.setdefault(line, [])
        if any(min(stop, b) - max(start, a) > _OVERLAP * min(stop - start, b - a) for a, b in there):
            continue
        there.append((start, stop))
        rows.append(row)
    return spans.select(np.array(rows, np.int64))
