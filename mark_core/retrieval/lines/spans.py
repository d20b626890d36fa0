"""Where in the columns of many lines something typed stands: exact search (Viterbi), all places at once.

The score of a span is the sum over its columns of log p(path) - log p(likeliest path there), per letter and space that
is given: 0 where the line reads just so, and comparable between words and hands. A span goes from space to space; the
ends of a line count as spaces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mark_core.retrieval.lines.automaton import Automaton, Pattern, automaton
from mark_core.retrieval.lines.columns import FLOOR, SPACE, LineColumns
from mark_core.retrieval.lines.spikes import Spikes, Windows

WORST = FLOOR  # score of a span that does not read what is asked for at all
_BITS = 16  # of a path that say where it began
_BEGIN = (1 << _BITS) - 1
_UNIT = 4096  # whole numbers per unit of log-probability
_DEAD = -(10**4) * _UNIT  # where nothing can be read
_DEAD_PATH = _DEAD << _BITS  # where no path leads
_CELLS = 400_000  # places times states that are computed at once: what a processor keeps near
MOST = 400  # places that are read exactly
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
    return best_spans(columns, machine, spikes.windows(pattern, most), most)


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
    length = windows.stop - windows.start
    order = np.argsort(length, kind="stable")  # windows of like length are computed together
    found = []
    first = 0
    while first < len(order):
        count = max(1, _CELLS // len(machine.of))
        longest = int(length[order[min(first + count, len(order)) - 1]])
        rows = order[first : first + max(1, min(count, _CELLS // max(1, longest)))]
        found.append((rows, *_viterbi(columns, machine, windows.select(rows))))
        first += len(rows)
    rows, begin, end, score = (np.concatenate(part) for part in zip(*found, strict=True))
    line = windows.line[rows]
    origin = columns.starts[line]
    spans = Spans(line, begin - origin, end - origin, np.maximum(score / machine.given, WORST))
    return _distinct(spans.select(np.argsort(-spans.score, kind="stable")), most)


def _viterbi(
    columns: LineColumns, machine: Automaton, windows: Windows
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(W,) columns where the best span of each window begins and ends, without its spaces, and the sum of its path.

    A path is one whole number, its sum above ``_BITS`` bits that say where it began, so that the better of two paths
    brings its beginning along.
    """
    emission, changed = _emissions(columns, machine, windows)
    steps, count = changed.shape
    states = len(machine.of)
    path = np.full((states + 1, count), _DEAD_PATH, np.int64)  # the last state is nowhere
    best, best_end = np.full(count, _DEAD_PATH, np.int64), np.zeros(count, np.int64)
    may_end = windows.start + np.arange(steps)[:, None] > windows.ends
    ending = np.flatnonzero(machine.last)
    others = [row for row in machine.before[:, 1:].T if (row < states).any()]
    guards = [(row, True) for row in machine.changed.T] + [(row, False) for row in machine.same.T]
    guarded = [(row, change) for row, change in guards if (row < states).any()]
    for t in range(steps):
        moved = path[machine.before[:, 0]]
        for row in others:
            np.maximum(moved, path[row], out=moved)
        for row, change in guarded:
            entered = path[row]
            entered[:, changed[t] != change] = _DEAD_PATH
            np.maximum(moved, entered, out=moved)
        moved[0] = t + 1  # the space at the beginning may be entered anywhere; what is read begins behind it
        moved += emission[t][machine.of]
        np.maximum(moved, _DEAD_PATH, out=path[:-1])
        there = path[ending].max(axis=0)  # what is read ends where the last space is entered
        better = (there > best) & may_end[t]
        best = np.where(better, there, best)
        best_end[better] = t
    offset = windows.start - 1  # one column stands before each window: the space before a line
    return offset + (best & _BEGIN), offset + best_end, (best >> _BITS) / np.float32(_UNIT)


def _emissions(columns: LineColumns, machine: Automaton, windows: Windows) -> tuple[np.ndarray, np.ndarray]:
    """(T, A, W) int64 how far each column of each window is behind if it is of each set, and (T, W) whether the
    likeliest class differs from that of the column before.

    Columns outside a line read a space, others outside a window nothing.
    """
    start, stop = windows.start, windows.stop
    steps = int((stop - start).max()) + 2
    place = start - 1 + np.arange(steps)[:, None]
    inside = (place >= start) & (place < stop)
    rows = np.clip(place, 0, max(0, len(columns.best) - 1))
    beyond = (place < columns.starts[windows.line]) | (place >= columns.starts[windows.line + 1])
    value = _behind(columns, machine.accepts, rows)
    out = np.rint(value * _UNIT).astype(np.int64)
    out = np.where(inside[:, None], out, _DEAD)
    space = columns.letters.index(SPACE)
    for number in np.flatnonzero(machine.accepts[:, space]).tolist():
        out[:, number][beyond] = 0
    path = columns.path[rows]
    changed = np.ones(place.shape, bool)
    changed[1:] = (path[1:] != path[:-1]) | ~inside[:-1]
    return out << _BITS, changed


def _behind(columns: LineColumns, accepts: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(A, C) bool sets of classes and (T, W) columns -> (T, A, W) float32 <= 0: how far the likeliest class of each set
    is behind the likeliest of all."""
    classes, others, best = columns.classes[rows], columns.others[rows], columns.best[rows]
    log_p = columns.log_p[rows].astype(np.float32)
    single = np.flatnonzero(accepts.sum(axis=1) == 1)
    # classes of sets that have one alone are written to their places, all others to one that is not looked at
    places = np.full(accepts.shape[1], len(single))
    of_class = accepts[single].argmax(axis=1)
    unique, same = np.unique(of_class, return_inverse=True)
    places[unique] = np.arange(len(unique))
    places[places == len(single)] = len(unique)
    table = np.broadcast_to(others[..., None], (*rows.shape, len(unique) + 1)).copy()
    for rank in range(classes.shape[2]):
        np.put_along_axis(table, places[classes[..., rank]][..., None], log_p[..., rank, None], axis=2)
    out = np.empty((rows.shape[0], len(accepts), rows.shape[1]), np.float32)
    out[:, single] = np.moveaxis(table[..., same], 2, 1)
    for number in np.flatnonzero(accepts.sum(axis=1) != 1).tolist():
        mine = accepts[number][classes]
        value = np.where(mine, log_p, -np.inf).max(axis=2)
        out[:, number] = np.where(mine.sum(axis=2) < accepts[number].sum(), np.maximum(value, others), value)
    return np.maximum(out, FLOOR) - best[:, None]


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
