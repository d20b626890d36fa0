"""A first look at many lines: where something typed may stand at all, so that only there is it sought exactly.

A reading head says little in most columns and much in a few: neighbouring columns with the same likeliest class are
taken together as one spike, and columns that are blank beyond doubt are left out. Over spikes a word costs a few sums
over whole arrays for each of its letters. What is found is read exactly afterwards (see `spans`), so here a rough score
is enough; it may lose what no exact search would have ranked high.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mark_core.retrieval.lines.automaton import Pattern, accepted_classes
from mark_core.retrieval.lines.columns import SPACE, LineColumns
from mark_core.retrieval.lines.line_ends import LineEnds, line_ends

_STEP = 64  # whole numbers per unit of log-probability; all are even but for the end of a line that is passed
_FLOOR = -8 * _STEP  # of a letter that is not there
_MISSED = -6 * _STEP  # of a letter that is passed over
_EMPTY = np.log(0.95)  # log-probability from which a column is blank beyond doubt
# Score for each letter and space, below which nothing is looked at again, by how many letters may differ. The rough
# score is seldom more than .1 below the exact one, and what scores less is no likelier a hit by its line.
_CUTS = (-2.5, -2.0, -1.6)
_CUT_SHORT = -3.0  # of words whose rough score is rougher
_SHORT = 5  # letters and spaces
_STAR = 16  # spikes that stand for ``*`` at most
_BLOCK = 32_768  # spikes that are looked at together: what a processor keeps near
_PASSED = -1  # of the end of a line that goes on in the next: an odd score tells that it was passed
_LONGEST = 80  # letters and spaces of what is sought across the end of a line: so many fit into 16 bits
_LOST = -24_000  # below which no sum of a longer one is let
_LETTERS = 4  # of a word that is sought across the end of a line; shorter ones are not divided


@dataclass(frozen=True, eq=False)
class Windows:
    """W places in which to search. line: (W,). start, stop: (W,) columns among those of all lines, stop behind the
    last. ends: (W,) the first column that the space behind what is sought may begin in. latest: (W,) the last column
    that the space before it may be in; None for any."""

    line: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    ends: np.ndarray
    latest: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.line)

    def select(self, rows: np.ndarray) -> Windows:
        latest = None if self.latest is None else self.latest[rows]
        return Windows(self.line[rows], self.start[rows], self.stop[rows], self.ends[rows], latest)


@dataclass(frozen=True, eq=False)
class Spikes:
    """The spikes of lines, with one between any two lines that reads a space.

    columns: the lines. first, behind: (S,) columns of each spike. line: (S,) the line of a spike, of one between lines
    that behind it. entry: (L,) the spike before each line. blank, letter: (S,) int16 how far a blank, and the likeliest
    letter, is behind the likeliest class. order, values, bounds: spikes and how far a class is behind in them, class by
    class. goes_on: (L,) bool lines that go on in the next one. ends: of the lines. hyphens: (H,) spikes
    that may be hyphens at the ends of these.
    """

    columns: LineColumns
    first: np.ndarray
    behind: np.ndarray
    line: np.ndarray
    entry: np.ndarray
    blank: np.ndarray
    letter: np.ndarray
    order: np.ndarray
    values: np.ndarray
    bounds: np.ndarray
    goes_on: np.ndarray
    ends: LineEnds
    hyphens: np.ndarray

    def __len__(self) -> int:
        return len(self.first)

    @cached_property
    def _between(self) -> np.ndarray:
        """(S,) bool: spikes between lines."""
        return self.first == self.behind

    @cached_property
    def _passing(self) -> np.ndarray:
        """(S,) int16 `blank`, with a way past the ends of lines that go on and past what may be a hyphen there."""
        out = self.blank.copy()
        out[np.flatnonzero(self._between)[1:][self.goes_on]] = _PASSED
        out[self.hyphens] = 0
        return out

    @cached_property
    def _blocks(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Lines that are looked at together: (B + 1,) the spikes between which they lie, (B,) the spike before the line
        before them, which may go on in theirs, and (C, B) where among the spikes of each class the first from there is,
        with (C, B) the first behind."""
        ends = np.append(self.entry, len(self) - 1)
        wanted = np.arange(0, len(self) - 1 + _BLOCK, _BLOCK)
        number = np.unique(np.minimum(np.searchsorted(ends, wanted), len(ends) - 1))
        edges, early = ends[number], ends[np.maximum(number[:-1] - 1, 0)]
        parts = list(zip(self.bounds[:-1].tolist(), self.bounds[1:].tolist(), strict=True))
        begins = [start + np.searchsorted(self.order[start:stop], early) for start, stop in parts]
        behind = [start + np.searchsorted(self.order[start:stop], edges[1:] + 1) for start, stop in parts]
        return edges, early, np.stack([np.array(begins), np.array(behind)])

    def windows(self, pattern: Pattern, most: int) -> tuple[Windows, Windows]:
        """The at most ``most`` most promising places in lines, and among these those that begin in the line before."""
        score = self._scores(pattern)
        rises = np.concatenate([[True], score[1:] >= score[:-1]])
        falls = np.concatenate([score[:-1] > score[1:], [True]]) | self._between
        found = np.flatnonzero(rises & falls & (score > _cut(pattern) * _STEP * pattern.given))
        if len(found) > most:
            found = found[np.argpartition(-score[found], most)[:most]]
        found = found[found > 0]
        stars = sum(element.star for element in pattern.elements)
        spread = 2 * len(pattern.elements) + 4 + stars * _STAR + 2 * pattern.edits
        line = self.line[found - 1].astype(np.int64)
        begins = np.maximum(found - spread, self.entry[line])
        stop = np.minimum(self.behind[np.minimum(found + 1, len(self) - 1)], self.columns.starts[line + 1])
        inside = Windows(line, self.first[begins], stop, self.first[found - 1])
        over = np.flatnonzero(score[found] & 1)
        over = over[(line[over] > 0) & self.goes_on[line[over] - 1]]
        across = inside.select(over)
        early = np.maximum(found[over] - spread - 2, self.entry[across.line - 1])
        return inside, Windows(across.line, self.first[early], across.stop, across.ends)

    def _scores(self, pattern: Pattern) -> np.ndarray:
        """(S,) int16 how far what ends in each spike is behind, in all; odd if it begins in the line before."""
        edges, early, _ = self._blocks
        divided = bool(self.goes_on.any()) and _is_divided(pattern)
        out = np.full(len(self), _MISSED - 1000, np.int16)  # nothing ends before the first line
        for number in range(len(edges) - 1):
            some = self._scores_of(pattern, number, self._passing if divided else self.blank)
            out[edges[number] + 1 : edges[number + 1] + 1] = some[edges[number] + 1 - early[number] :]
        return out

    def _scores_of(self, pattern: Pattern, block: int, blank: np.ndarray) -> np.ndarray:
        """The same of the spikes of a block, those between lines before and behind it and those of the line before
        included."""
        edges, starts, _ = self._blocks
        here = slice(starts[block], edges[block + 1] + 1)
        skip, letter = blank[here], self.letter[here]
        skip_two = np.maximum(skip[1:] + skip[:-1], 2 * _FLOOR)
        passed = np.maximum(skip, letter)
        long = len(pattern.elements) > _LONGEST
        known: dict[str, np.ndarray] = {}
        layers: list[np.ndarray] = []
        for k, element in enumerate(pattern.elements):
            inner = element.accepts == SPACE and 0 < k < len(pattern.elements) - 1
            own = known.get("inner" if inner else element.accepts)
            if own is None:
                own = self._of_element(element.accepts, block)
                if inner:  # between two words the end of a line is passed, if at all
                    own = np.where(self._between[here], blank[here], own)
                known["inner" if inner else element.accepts] = own
            if k == 0:
                layers = [own] + [np.full(len(own), _MISSED - 1000, np.int16) for _ in range(pattern.edits)]
                continue
            after: list[np.ndarray] = []
            for number, before in enumerate(layers):
                score = _entered(before, skip, skip_two)
                if element.star:
                    np.maximum(score[1:], _carried(before, passed)[:-1], out=score[1:])
                score += own
                np.maximum(score, before if element.optional else before + np.int16(_MISSED), out=score)
                if number and element.accepts != SPACE:
                    fewer = layers[number - 1]
                    other = _entered(fewer, skip, skip_two)
                    other += letter
                    np.maximum(score, other, out=score)
                    np.maximum(score, fewer, out=score)  # the letter is missing
                if number and k + 1 < len(pattern.elements):  # none is put in behind the last space
                    inserted = after[number - 1]
                    np.maximum(score[1:], inserted[:-1] + letter[1:], out=score[1:])
                if long:
                    np.maximum(score, np.int16(_LOST), out=score)
                after.append(score)
            layers = after
        return np.maximum.reduce(layers)

    def _of_element(self, accepts: str, block: int) -> np.ndarray:
        """(S,) int16 how far the likeliest class that an element accepts is behind in the spikes of a block."""
        edges, starts, bounds = self._blocks
        start, stop = starts[block], edges[block + 1] + 1
        if accepts == "?":
            return self.letter[start:stop]
        out = np.full(stop - start, _FLOOR, np.int16)
        classes = np.flatnonzero(accepted_classes(accepts, self.columns.letters)).tolist()
        for number in classes:
            part = slice(*bounds[:, number, block])
            rows, values = self.order[part] - start, self.values[part]
            out[rows] = values if len(classes) == 1 else np.maximum(out[rows], values)
        if accepts == SPACE:
            out[self._between[start:stop]] = 0
        return out


def _is_divided(pattern: Pattern) -> bool:
    """Whether a pattern is sought across the ends of lines."""
    return _LETTERS + 2 <= len(pattern.elements) <= _LONGEST


def _cut(pattern: Pattern) -> float:
    return _CUT_SHORT if pattern.given <= _SHORT else _CUTS[pattern.edits]


def _entered(before: np.ndarray, skip: np.ndarray, skip_two: np.ndarray) -> np.ndarray:
    """(S,) the best with which a letter can be read in each spike: from the same one, the last one, or one or two
    spikes before that are passed over."""
    out = before.copy()
    np.maximum(out[1:], before[:-1], out=out[1:])
    np.maximum(out[2:], before[:-2] + skip[1:-1], out=out[2:])
    np.maximum(out[3:], before[:-3] + skip_two[1:-1], out=out[3:])
    return out


def _carried(before: np.ndarray, passed: np.ndarray) -> np.ndarray:
    """(S,) the best of the last ``_STAR`` spikes behind which there are but letters. passed: (S,) how far the likeliest
    letter, or a blank, is behind."""
    out, cost, step = before.copy(), passed.copy(), 1
    while step < _STAR:
        np.maximum(out[step:], out[:-step] + cost[step:], out=out[step:])
        cost[step:] = cost[step:] + cost[:-step]
        step *= 2
    return out


def find_spikes(columns: LineColumns, goes_on: np.ndarray | None = None) -> Spikes:
    """The spikes of lines whose weights know spaces. goes_on: (L,) bool lines that go on in the next one; None: none
    does."""
    lines, path = len(columns), columns.path
    line, best = columns.line, columns.best
    count = len(path)
    ends = line_ends(columns)
    column = np.arange(count)
    margin = (column < ends.first[line]) | (column >= ends.last[line])
    empty = (path == columns.blank) | margin & (path == columns.letters.index(SPACE))
    kept = ~(empty & (best > _EMPTY))  # spikes between lines read the spaces at their ends
    begins = np.ones(count, bool)
    begins[1:] = (path[1:] != path[:-1]) | (line[1:] != line[:-1]) | ~kept[:-1]
    group = np.cumsum(begins & kept) - 1  # of kept columns
    first = np.flatnonzero(begins & kept)
    of_line = line[first]
    rows = np.flatnonzero(kept)
    behind = np.zeros(len(first), np.int64)
    behind[group[rows]] = rows + 1
    # a spike between lines stands before each line and behind the last
    number = number_of = np.arange(len(first)) + of_line + 1
    entry = np.searchsorted(of_line, np.arange(lines + 1)) + np.arange(lines + 1)
    total = len(first) + lines + 1
    all_first, all_behind = np.empty(total, np.int64), np.empty(total, np.int64)
    all_line = np.empty(total, np.int64)
    all_first[number], all_behind[number], all_line[number] = first, behind, of_line
    all_first[entry] = all_behind[entry] = columns.starts
    all_line[entry] = np.minimum(np.arange(lines + 1), max(0, lines - 1))
    order, values, bounds = _postings(columns, rows, number[group[rows]], total)
    spikes_of = np.full((2, total), _FLOOR, np.int16)
    for number in range(columns.blank + 1):
        mine = slice(bounds[number], bounds[number + 1])
        if number == columns.blank:
            spikes_of[0, order[mine]] = values[mine]
        elif columns.letters[number] != SPACE:
            spikes_of[1, order[mine]] = np.maximum(spikes_of[1, order[mine]], values[mine])
    goes_on = np.zeros(lines, bool) if goes_on is None else goes_on & (ends.last > ends.first)
    goes_on[-1:] = False
    marks = np.flatnonzero(goes_on & (ends.mark < ends.last))
    hyphens = number_of[np.searchsorted(first, ends.mark[marks])]
    return Spikes(
        columns,
        all_first,
        all_behind,
        all_line,
        entry[:lines],
        spikes_of[0],
        spikes_of[1],
        order,
        values,
        bounds,
        goes_on,
        ends,
        hyphens,
    )


def _postings(
    columns: LineColumns, rows: np.ndarray, spike: np.ndarray, total: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Class by class the spikes in which it may be, how far it is behind there, and where each class
    begins."""
    value = 2 * np.rint((columns.log_p[rows].astype(np.float32) - columns.best[rows, None]) * (_STEP // 2))
    near = value > _MISSED  # what is less likely is passed over sooner than read
    key = (columns.classes[rows].astype(np.int64) * total + spike[:, None])[near]
    value = value[near].astype(np.int16)
    order = np.argsort(key, kind="stable")
    key, value = key[order], value[order]
    fresh = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.zeros(0, int)
    value = np.maximum.reduceat(value, fresh) if len(key) else value
    key = key[fresh]
    bounds = np.searchsorted(key, np.arange(columns.blank + 2) * total)
    return (key % total).astype(np.int32), value, bounds
