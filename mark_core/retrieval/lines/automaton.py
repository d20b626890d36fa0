"""What is typed as a finite automaton over letters, and the same over the columns of a reading head.

One machine for words, patterns (``*``, ``?``), letters that may differ (``~1``), spelling variants and phrases: a typed
``winch* the`` is a space, w, i, n, c, h, any letters, a space, t, h, e, a space. Over columns every letter may last and
may be followed by blanks (Graves et al., "Connectionist Temporal Classification", 2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

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
    """States over columns: 2 j is the letter j, 2 j + 1 the blanks behind it; J letters, those with fewer ways in
    first. Letter 0 is the space at the beginning.

    accepts: (A, C) bool, distinct sets of classes, the blank alone at last. of: (2 J,) the set of each state. lasts:
    (J,) whether a letter may last for several columns; of these ``any`` (J,) do so only while the likeliest class is
    the same, because they stand for any letter.

    ways: (J, P) where each letter may be entered from, as number j + J * kind, 3 J for none. Kinds: 0, from the letter
    j or a blank behind it; 1, the two could be one and the same letter, so from the letter only where the likeliest
    class has changed; 2, the two are the same letter, so only from a blank between them.

    last: (2 J,) whether the whole has been read there. given: see `Pattern`.
    """

    accepts: np.ndarray
    of: np.ndarray
    lasts: np.ndarray
    any: np.ndarray
    ways: np.ndarray
    last: np.ndarray
    given: int

    @property
    def letters(self) -> int:
        """J."""
        return len(self.of) // 2


@dataclass(frozen=True)
class _Node:
    """A letter that leads from one place of the pattern to another; a place is a number of elements and of edits."""

    accepts: str
    start: tuple[int, int]
    stop: tuple[int, int]


@lru_cache(maxsize=64)
def automaton(pattern: Pattern, letters: str) -> Automaton:
    """letters: what the classes of the columns read, the blank behind the last, see `columns.LineColumns`."""
    nodes, skips = _nodes(pattern)
    accepted = {node.accepts: accepted_classes(node.accepts, letters) for node in nodes}
    enters = _enters(nodes, skips)
    order = sorted(range(len(nodes)), key=lambda j: len(enters[j]))  # stable: the first has none
    nodes, enters = [nodes[j] for j in order], [[order.index(i) for i in enters[j]] for j in order]
    count = len(nodes)
    ways = [
        [i + count * _kind(accepted[nodes[i].accepts], accepted[nodes[j].accepts]) for i in before]
        for j, before in enumerate(enters)
    ]
    end = len(pattern.elements)
    last = np.array([node.accepts == _SPACE and node.stop[0] == end for node in nodes])
    blank = np.zeros(len(letters) + 1, bool)
    blank[-1] = True
    sets = list(accepted)
    of = np.array([sets.index(node.accepts) for node in nodes])
    return Automaton(
        np.stack([*accepted.values(), blank]),
        np.stack([of, np.full(count, len(sets))], axis=1).ravel(),
        ~last,  # of the last space one column is enough
        np.array([node.accepts == _ANY for node in nodes]),
        _padded(ways, 3 * count),
        np.stack([last, np.zeros(count, bool)], axis=1).ravel(),
        pattern.given,
    )


def _enters(
    nodes: Sequence[_Node], skips: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> list[list[int]]:
    """From which nodes each may be entered."""
    reach = {place: _closure(place, skips) for place in {node.stop for node in nodes}}
    return [[i for i, node in enumerate(nodes) if after.start in reach[node.stop]] for after in nodes]


def _kind(before: np.ndarray, after: np.ndarray) -> int:
    """How a letter of one set of classes follows one of another, see `Automaton`."""
    if not (before & after).any():
        return 0
    return 2 if before.sum() == 1 and after.sum() == 1 else 1


@lru_cache(maxsize=512)
def accepted_classes(accepts: str, letters: str) -> np.ndarray:
    """(C,) bool: the classes that an element accepts; a space only where a space is asked for. Not to be written to."""
    if accepts == _ANY:
        out = np.array([*(letter != _SPACE for letter in letters), False])
    else:
        out = np.array([*(letter in accepts for letter in letters), False])
    out.setflags(write=False)
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
