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
_DEAD = np.float32(-1e4)  # where no path leads; added up a thousand times it is still a number
_CELLS = 400_000  # places times states that are computed at once: what a processor keeps near
_OVERLAP = 0.5  # of the shorter one's columns, from which two spans are the same


@dataclass(frozen=True, eq=False)
class Spans:
    """M places, the best first. line: (M,). start, stop: (M,) columns of the line, stop behind the last, without the
    spaces on either side. score: (M,) WORST..0."""

    line: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    score: np.ndarray

    def __len__(self) -> int:
        return len(self.line)

    def select(self, rows: np.ndarray) -> Spans:
        return Spans(self.line[rows], self.start[rows], self.stop[rows], self.score[rows])


def find_spans(columns: LineColumns, pattern: Pattern, spikes: Spikes, most: int = 1000) -> Spans:
    """The at most ``most`` best places where ``pattern`` stands, none overlapping another of them.

    columns must have a class for the space. A first look at `spikes` says where it is worth reading.
    """
    machine = automaton(pattern, columns.letters)
    return best_spans(columns, machine, spikes.windows(pattern, most), most)


def every_span(columns: LineColumns, pattern: Pattern, most: int = 1000) -> Spans:
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
    """(W,) columns where the best span of each window begins and ends, without its spaces, and the sum of its path."""
    emission, changed = _emissions(columns, machine, windows)
    steps, count = changed.shape
    states = len(machine.of)
    score = np.full((count, states + 1), _DEAD, np.float32)  # the last state is nowhere
    begin = np.zeros((count, states + 1), np.int32)
    best = np.full(count, _DEAD, np.float32)
    best_begin, best_end = np.zeros(count, np.int64), np.zeros(count, np.int64)
    guarded = bool((machine.changed < states).any())
    sources = np.concatenate([machine.before, machine.changed], axis=1) if guarded else machine.before
    wide = machine.before.shape[1]
    ending = np.flatnonzero(machine.last)
    every, which = np.arange(count), np.arange(states)
    for t in range(steps):
        options = score[:, sources]  # (W, S, P)
        if guarded:
            options[~changed[t], :, wide:] = _DEAD
        choice = options.argmax(axis=2)
        source = sources[which[None], choice]
        moved = np.take_along_axis(options, choice[..., None], axis=2)[..., 0]
        came = begin[every[:, None], source]
        # the space at the beginning may be entered anywhere; what is read begins behind its last column, or blank
        moved[:, 0] = 0
        came[:, :2] = t + 1
        score[:, :states] = np.maximum(moved + emission[t][:, machine.of], _DEAD)
        begin[:, :states] = came
        # what is read ends where the last space is entered
        fresh = ~np.isin(source[:, ending], ending) & (windows.start + t > windows.ends)[:, None]
        there = np.where(fresh, score[:, ending], _DEAD)
        which_end = there.argmax(axis=1)
        value = there[every, which_end]
        better = np.flatnonzero(value > best)
        best[better] = value[better]
        best_begin[better] = begin[better, ending[which_end[better]]]
        best_end[better] = t
    offset = windows.start - 1  # one column stands before each window: the space before a line
    return offset + best_begin, offset + best_end, best


def _emissions(columns: LineColumns, machine: Automaton, windows: Windows) -> tuple[np.ndarray, np.ndarray]:
    """(T, W, A) how far each column of each window is behind if it is of each set, and (T, W) whether the likeliest
    class differs from that of the column before.

    Columns outside a line read a space, others outside a window nothing.
    """
    line, start, stop = windows.line, windows.start, windows.stop
    steps = int((stop - start).max()) + 2
    place = start[None] - 1 + np.arange(steps)[:, None]
    inside = (place >= start[None]) & (place < stop[None])
    rows = np.clip(place, 0, len(columns.best) - 1)
    kept = columns.log_p[rows].astype(np.float32)  # (T, W, K)
    classes = columns.classes[rows]
    others, best = columns.others[rows], columns.best[rows]
    out = np.empty((*place.shape, len(machine.accepts)), np.float32)
    space = columns.letters.index(SPACE)
    first, behind = columns.starts[line], columns.starts[line + 1]
    beyond = (place < first[None]) | (place >= behind[None])
    for number, accepted in enumerate(machine.accepts):
        mine = accepted[classes]
        value = np.where(mine, kept, -np.inf).max(axis=2)
        value = np.where(mine.sum(axis=2) < accepted.sum(), np.maximum(value, others), value)
        value = np.maximum(value, FLOOR) - best
        value = np.where(inside, value, _DEAD)
        out[..., number] = np.where(beyond & ~inside, 0.0 if accepted[space] else _DEAD, value)
    path = columns.path[rows].astype(np.int32)
    changed = np.ones(place.shape, bool)
    changed[1:] = (path[1:] != path[:-1]) | ~inside[:-1]
    return out, changed


def _distinct(spans: Spans, most: int) -> Spans:
    """The first ``most`` of spans, the best first, without those that lie on a better one."""
    taken: dict[int, list[tuple[int, int]]] = {}
    rows = []
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
