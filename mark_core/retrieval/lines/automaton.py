"""What is typed as a finite automaton over letters, and the same over the columns of a reading head.

One machine for words, patterns (``*``, ``?``), letters that may differ (``~1``), spelling variants and phrases: a typed
``winch* the`` is a space, w, i, n, c, h, any letters, a space, t, h, e, a space. Over columns every letter may last and
may be followed by blanks (Graves et al., "Connectionist Temporal Classification", 2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mark_core.model.alphabet import RIGHT_TO_LEFT, ink_order
from mark_core.retrieval.query import Term

_SPACE = " "
_ANY = "?"


@dataclass(frozen=True)
class Element:
    """A letter of what is typed: the letters that it may be, ``?`` for any, or a space. star: any number of any letters
    stand before it. optional: it may be left out."""

    accepts: str
    star: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Pattern:
    """Elements from space to space; edits: how many letters may differ."""

    elements: tuple[Element, ...]
    edits: int = 0

    @property
    def given(self) -> int:
        """Letters and spaces that are given: what a score is divided by."""
        return sum(element.accepts != _ANY for element in self.elements)


def pattern_of(terms: Sequence[Term]) -> Pattern:
    """The words of a query in a row, each between spaces, in the order of their ink: from right to left words of Hebrew
    and Arabic letters follow each other, and so do their letters (see ``alphabet.ink_order``)."""
    elements = [Element(_SPACE)]
    leftward = all(_literal(term) and _literal(term) <= RIGHT_TO_LEFT for term in terms)
    for term in terms[::-1] if leftward else terms:
        star, before = False, ""
        for letter in ink_order(term.letters):
            if letter == "*":
                star = True
                continue
            twice = term.variants and letter == before and not star
            elements.append(Element(letter, star, optional=twice))
            star, before = False, letter
        elements.append(Element(_SPACE, star))
    return Pattern(tuple(elements), max((term.edits for term in terms), default=0))


def _literal(term: Term) -> set[str]:
    return {char for item in term.letters if item not in ("?", "*") for char in item}


@dataclass(frozen=True, eq=False)
class Automaton:
    """States over columns.

    accepts: (A, C) bool, sets of classes; of: (S,) the set of each state. before: (S, P) states from which each may
    be entered, and changed: (S, Q) those from which it may only where the likeliest class has changed, because both
    could be one and the same letter; same: (S, 1) the state itself where it stands for any letter and so may last
    only as long as the likeliest class is the same; S stands for none. last: (S,) bool, whether the whole has been
    read there. State 0 is the space at the beginning. given: see `Pattern`.
    """

    accepts: np.ndarray
    of: np.ndarray
    before: np.ndarray
    changed: np.ndarray
    same: np.ndarray
    last: np.ndarray
    given: int


@dataclass(frozen=True)
class _Node:
    """A letter that leads from one place of the pattern to another; a place is a number of elements and of edits."""

    accepts: str
    start: tuple[int, int]
    stop: tuple[int, int]


def automaton(pattern: Pattern, letters: str) -> Automaton:
    """letters: what the classes of the columns read, the blank behind the last, see `columns.LineColumns`."""
    nodes, skips = _nodes(pattern)
    reach = {place: _closure(place, skips) for place in {node.stop for node in nodes}}
    follows = [[j for j, after in enumerate(nodes) if after.start in reach[node.stop]] for node in nodes]
    end = (len(pattern.elements), 0)
    last = [node.accepts == _SPACE and node.stop[0] == end[0] for node in nodes]
    sets = [accepted_classes(node.accepts, letters) for node in nodes]
    blank = np.zeros(len(letters) + 1, bool)
    blank[-1] = True
    before: list[list[int]] = []
    changed: list[list[int]] = []
    lasting: list[list[int]] = []
    for j in range(len(nodes)):  # states 2 j and 2 j + 1: the letter, and the blanks behind it
        enters = [i for i in range(len(nodes)) if j in follows[i]]
        same = [i for i in enters if (sets[i] & sets[j]).any()]
        alike = [i for i in same if sets[i].sum() == 1 and sets[j].sum() == 1]
        any_letter = nodes[j].accepts == _ANY
        itself = [] if last[j] or any_letter else [2 * j]  # of the last space one column is enough
        lasting += [[2 * j] if any_letter else [], []]
        before.append([*itself, *(2 * i + 1 for i in enters), *(2 * i for i in enters if i not in same)])
        changed.append([2 * i for i in same if i not in alike])
        before.append([2 * j, 2 * j + 1])
        changed.append([])
    states = 2 * len(nodes)
    return Automaton(
        np.stack([*sets, blank]),
        np.array([part for j in range(len(nodes)) for part in (j, len(nodes))]),
        _padded(before, states),
        _padded(changed, states),
        _padded(lasting, states),
        np.array([part for one in last for part in (one, False)]),
        pattern.given,
    )


def accepted_classes(accepts: str, letters: str) -> np.ndarray:
    """(C,) bool: the classes that an element accepts; a space only where a space is asked for."""
    out = np.zeros(len(letters) + 1, bool)
    for i, letter in enumerate(letters):
        out[i] = letter != _SPACE if accepts == _ANY else letter in accepts
    return out


def _nodes(pattern: Pattern) -> tuple[list[_Node], list[tuple[tuple[int, int], tuple[int, int]]]]:
    """Letters, the space at the beginning first, and pairs of places that may be passed without a letter."""
    nodes, skips = [], []
    for edits in range(pattern.edits + 1):
        for k, element in enumerate(pattern.elements):
            here, there = (k, edits), (k + 1, edits)
            if k == 0 and edits:
                continue
            nodes.append(_Node(element.accepts, here, there))
            if element.star:
                nodes.append(_Node(_ANY, here, here))
            if element.optional:
                skips.append((here, there))
            if edits == pattern.edits or not k > 0:
                continue
            if element.accepts != _SPACE:
                nodes.append(_Node(_ANY, here, (k + 1, edits + 1)))
                skips.append((here, (k + 1, edits + 1)))
            nodes.append(_Node(_ANY, here, (k, edits + 1)))
    return nodes, skips


def _closure(
    place: tuple[int, int], skips: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> set[tuple[int, int]]:
    found, edge = {place}, [place]
    while edge:
        here = edge.pop()
        for start, stop in skips:
            if start == here and stop not in found:
                found.add(stop)
                edge.append(stop)
    return found


def _padded(rows: Sequence[Sequence[int]], fill: int) -> np.ndarray:
    out = np.full((len(rows), max(1, *map(len, rows))), fill)
    for row, values in zip(out, rows, strict=True):
        row[: len(values)] = values
    return out
