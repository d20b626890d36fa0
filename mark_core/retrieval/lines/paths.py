"""The best path of an automaton in each of many windows of columns (Viterbi), all windows at once.

A path is one whole number: its sum, and in the lowest bits where it began, so that the better of two paths brings its
beginning along.
"""

from __future__ import annotations

import numpy as np

from mark_core.retrieval.lines.automaton import Automaton
from mark_core.retrieval.lines.columns import FLOOR, SPACE, LineColumns
from mark_core.retrieval.lines.spikes import Windows

_UNIT = 4096  # whole numbers per unit of log-probability


def best_paths(
    columns: LineColumns, machine: Automaton, windows: Windows
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(W,) columns where the best path through each window begins and ends, without its spaces, and its sum."""
    longest = int((windows.stop - windows.start).max()) + 2
    bits = int(longest + 1).bit_length()
    dtype, dead = _room(bits, machine.given)
    place = (
        windows.start - 1 + np.arange(longest)[:, None]
    )  # one column before each window: the space before a line
    emission, changed = _emissions(columns, machine, windows, place, (bits, dtype, dead))
    latest = None if windows.latest is None else windows.latest - windows.start + 1
    ends = _run(machine, emission, changed, dead, latest)
    ends[place <= windows.ends - 1] = dead
    end = ends.argmax(axis=0)
    best = ends[end, np.arange(len(end))].astype(np.int64)
    offset = windows.start - 1
    return offset + (best & ((1 << bits) - 1)), offset + end, (best >> bits) / np.float32(_UNIT)


def _room(bits: int, given: int) -> tuple[type, int]:
    """The smallest whole numbers that hold sums down to that of the worst score above ``bits`` bits, and the least of
    them, which with another added still is one: where no path leads."""
    worst = int(-FLOOR * _UNIT * (given + 1))
    return (np.int32, -(1 << 29)) if worst << bits < 1 << 29 else (np.int64, -(1 << 61))


def _run(
    machine: Automaton, emission: np.ndarray, changed: np.ndarray, dead: int, latest: np.ndarray | None = None
) -> np.ndarray:
    """(T, A, W) whole numbers and (T, W) bool, see `_emissions` -> (T, W) best path that ends in each column. latest:
    (W,) the last column that the space at the beginning may be in; None for any."""
    steps, _, count = emission.shape
    letters = machine.letters
    # the ways into a letter, by kind, see ``Automaton.ways``; the last leads from nowhere
    ways = np.full((3 * letters + 1, count), dead, emission.dtype)
    both, parted, blank = (ways[kind * letters : (kind + 1) * letters] for kind in range(3))
    letter = np.full((letters, count), dead, emission.dtype)
    moved, entered = np.empty_like(letter), np.empty_like(letter)
    used = machine.ways < 3 * letters
    firsts = used.argmax(axis=0).tolist()  # letters with fewer ways come first
    sources = [(first, machine.ways[first:, number].copy()) for number, first in enumerate(firsts)]
    guarded = bool(((machine.ways >= letters) & (machine.ways < 2 * letters)).any())
    any_letter, of = np.flatnonzero(machine.any), machine.of[0::2]
    brief = np.flatnonzero(~machine.lasts)
    ends = np.empty((steps, count), emission.dtype)
    no_change = np.where(changed, 0, dead).astype(emission.dtype)
    a_change = np.where(changed, dead, 0).astype(emission.dtype)
    finals = np.flatnonzero(machine.last[0::2])
    for t in range(steps):
        np.maximum(letter, blank, out=both)
        if guarded:
            np.add(letter, no_change[t], out=parted)
            np.maximum(parted, blank, out=parted)
        np.copyto(moved, letter)
        moved[brief] = dead
        if len(any_letter):
            moved[any_letter] = letter[any_letter] + a_change[t]
        for first, rows in sources:
            some = entered[first:]
            np.take(ways, rows, axis=0, out=some, mode="clip")
            np.maximum(moved[first:], some, out=moved[first:])
        # the space at the beginning may be entered anywhere up to there; what is read begins behind it
        moved[0] = t + 1 if latest is None else np.where(t <= latest, t + 1, dead)
        np.add(both, emission[t, -1], out=blank)
        np.maximum(blank, dead, out=blank)
        np.take(emission[t], of, axis=0, out=entered, mode="clip")
        np.add(moved, entered, out=letter)
        np.maximum(letter, dead, out=letter)
        letter[finals].max(axis=0, out=ends[t])  # what is read ends where the last space is entered
    return ends


def _emissions(
    columns: LineColumns,
    machine: Automaton,
    windows: Windows,
    place: np.ndarray,
    room: tuple[int, type, int],
) -> tuple[np.ndarray, np.ndarray]:
    """(T, A, W) how far each column of each window is behind if it is of each set, above ``bits`` bits, and (T, W)
    whether the likeliest class differs from that of the column before.

    place: (T, W) columns, also some beyond the windows. Columns outside a line read a space, others outside a window
    nothing. room: the bits, and what `_room` says.
    """
    bits, dtype, dead = room
    inside = (place >= windows.start) & (place < windows.stop)
    beyond = (place < columns.starts[windows.line]) | (place >= columns.starts[windows.line + 1])
    rows, where = np.unique(place[inside], return_inverse=True)  # windows share many columns
    value = np.rint(behind(columns, machine.accepts, rows) * _UNIT).astype(dtype) << bits
    space = machine.accepts[:, columns.letters.index(SPACE)]
    nothing: np.ndarray = np.full((len(value), 1), dead, dtype)
    table = np.hstack([value, np.where(space[:, None], dtype(0), nothing), nothing])
    index = np.where(beyond, len(rows), len(rows) + 1)
    index[inside] = where
    path = np.append(columns.path[rows].astype(np.int64), [-1, -1])[index]
    changed = np.ones(place.shape, bool)
    changed[1:] = (path[1:] != path[:-1]) | ~inside[:-1]
    return np.take(table.T, index, axis=0).transpose(0, 2, 1), changed


def behind(columns: LineColumns, accepts: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(A, C) bool sets of classes and (U,) columns -> (A, U) float32 <= 0: how far the likeliest class of each set is
    behind the likeliest of all."""
    classes, log_p = columns.classes[rows], columns.log_p[rows].astype(np.float32)
    others = columns.others[rows]
    small = accepts.sum(axis=1) <= classes.shape[1]
    known = np.flatnonzero(accepts[small].any(axis=0))  # classes of small sets, each with a place of its own
    places = np.full(accepts.shape[1], len(known))
    places[known] = np.arange(len(known))
    table = np.repeat(others[:, None], len(known) + 1, axis=1)
    np.put_along_axis(table, places[classes], log_p, axis=1)
    out = np.empty((len(accepts), len(rows)), np.float32)
    for number, accepted in enumerate(accepts):
        if small[number]:
            out[number] = table[:, places[np.flatnonzero(accepted)]].max(axis=1)
        else:  # classes are sorted, so the first that the set has is its likeliest
            mine = accepted[classes]
            first = mine.argmax(axis=1)
            kept = np.take_along_axis(log_p, first[:, None], axis=1)[:, 0]
            out[number] = np.where(mine.any(axis=1), kept, others)
    return np.maximum(out, FLOOR) - log_p[:, 0]
