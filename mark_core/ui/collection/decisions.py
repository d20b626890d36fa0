"""Decisions about the hits of each query: confirmed or rejected, with undo.

A decision is kept by the box it was made on, not by a word number: it lasts while pages are closed, opened again or
edited, and counts whenever its box is on an open page. Everything here is immutable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mark_core.errors import MarkError
from mark_core.segmentation.edit import Words
from mark_core.segmentation.word import Box
from mark_core.ui.collection.edits import Moves, box_mapping, read_box

KINDS = ("confirmed", "rejected")
STEPS = 50  # decisions of one query that can be undone
MAX_DECISIONS = 300  # of one query
MAX_QUERIES = 500
_DAMAGED = "The decisions in this file are damaged."


@dataclass(frozen=True)
class QueryKey:
    """What decisions belong to: the typed text, the clicked word as (page id, box), or both."""

    text: str = ""
    example: tuple[str, Box] | None = None

    @classmethod
    def of(cls, text: str | None, example: tuple[str, Box] | None) -> QueryKey:
        """Case and blanks make no difference."""
        return cls(" ".join((text or "").split()).casefold(), example)


@dataclass(frozen=True)
class Decision:
    """The decision about one hit.

    page: id of its page. box: of its word, of the first word of a phrase. kind: one of KINDS. rank: its 1-based rank
    when the decision was made, which it keeps in a list of the same pages. only: id of the page if one page alone was
    searched. score: its probability then, 0..1. span: number of words. found: the box in which the first word was
    found, if that is not ``box``.
    """

    page: str
    box: Box
    kind: str
    rank: int
    only: str | None = None
    score: float = 0.0
    span: int = 1
    found: Box | None = None
    beside: Box | None = None  # the page's box when ``found`` was found; filled in

    def __post_init__(self) -> None:
        if self.found is not None and self.beside is None:
            object.__setattr__(self, "beside", self.box)

    @property
    def elsewhere(self) -> Box | None:
        """``found``, until the box of the page is edited (and again when that is undone): then the edited box is where
        the hit is."""
        return self.found if self.beside == self.box else None

    @property
    def place(self) -> tuple[str, Box]:
        return self.page, self.box


Group = tuple[Decision, ...]


@dataclass(frozen=True)
class Decisions:
    """now: the decisions of every query, in the order in which they were made. past: what undo leads back to."""

    now: Mapping[QueryKey, Group] = field(default_factory=dict)
    past: Mapping[QueryKey, tuple[Group, ...]] = field(default_factory=dict)

    def of(self, key: QueryKey) -> Group:
        return self.now.get(key, ())

    def can_undo(self, key: QueryKey) -> bool:
        return bool(self.past.get(key))

    def decided(self, key: QueryKey, decision: Decision) -> Decisions:
        """With one more decision, in place of an earlier one about the same hit. Raises MarkError when there are too
        many."""
        others = tuple(other for other in self.of(key) if other.place != decision.place)
        if len(others) >= MAX_DECISIONS:
            raise MarkError(
                "At most {limit} hits of one search can be decided on; clear some first.", limit=MAX_DECISIONS
            )
        return self._step(key, (*others, decision))

    def withdrawn(self, key: QueryKey, page: str, box: Box) -> Decisions:
        """Without the decision about a hit."""
        return self._step(key, tuple(other for other in self.of(key) if other.place != (page, box)))

    def cleared(self, key: QueryKey) -> Decisions:
        return self._step(key, ())

    def undone(self, key: QueryKey) -> Decisions:
        """As before the last step of this query. Raises MarkError if there is none."""
        past = self.past.get(key, ())
        if not past:
            raise MarkError("There is nothing to undo.")
        return Decisions({**self.now, key: past[-1]}, {**self.past, key: past[:-1]})

    def _step(self, key: QueryKey, group: Group) -> Decisions:
        before = self.of(key)
        if group == before:
            return self
        now = {other: kept for other, kept in self.now.items() if other != key}
        past = {**self.past, key: (*self.past.get(key, ()), before)[-STEPS:]}
        while len(now) >= MAX_QUERIES:
            oldest = next(iter(now))
            del now[oldest]
            past.pop(oldest, None)
        return Decisions({**now, key: group}, past)

    def mapped(self, page: str, then: Words, now: Words) -> Decisions:
        """After an edit of a page's boxes. Decisions about a deleted box are kept, because the edit may be undone."""
        return self.moved(box_mapping(page, then, now))

    def moved(self, moved: Moves) -> Decisions:
        """After boxes have got other places."""

        def renewed(group: Group) -> Group:
            places = [(one, *moved(*one.place)) for one in group]
            boxes = [replace(one, page=page, box=box) for one, page, box in places]
            return tuple({one.place: one for one in boxes}.values())  # of two on one box the later

        def mapped_key(old: QueryKey) -> QueryKey:
            return old if old.example is None else replace(old, example=moved(*old.example))

        return Decisions(
            {mapped_key(key): renewed(group) for key, group in self.now.items()},
            {mapped_key(key): tuple(map(renewed, groups)) for key, groups in self.past.items()},
        )

    def transcribed(self) -> dict[tuple[str, Box], str]:
        """The text of boxes that were confirmed as hits of one typed word, by (page id, box). A hit found in another
        box than the page shows, or in two, does not say what is written in the page's box."""
        return {
            one.place: key.text
            for key, group in self.now.items()
            if key.example is None and key.text and not set(key.text) & set(' *?~"')
            for one in group
            if one.kind == "confirmed" and one.elsewhere is None and one.span == 1
        }

    def to_dict(self, names: Mapping[str, str]) -> list[dict[str, Any]]:
        """For a file: one entry a search. names: of the pages that are written; what concerns others is left out."""
        rows = []
        for key, group in self.now.items():
            kept = [one for one in group if one.page in names and (one.only is None or one.only in names)]
            if not kept or (key.example and key.example[0] not in names):
                continue
            example = key.example and {"page": names[key.example[0]], "box": list(key.example[1])}
            decisions = [
                {
                    "page": names[one.page],
                    "box": list(one.box),
                    "decision": one.kind,
                    "rank": one.rank,
                    "only": names[one.only] if one.only else None,
                    "score": one.score,
                    "words": one.span,
                    "found": None if one.elsewhere is None else list(one.elsewhere),
                }
                for one in kept
            ]
            rows.append({"text": key.text, "example": example, "decisions": decisions})
        return rows

    @classmethod
    def from_dict(cls, rows: Any, pages: Mapping[str, str]) -> Decisions:
        """Read what ``to_dict`` wrote. pages: page ids by name. Raises MarkError if damaged."""
        try:
            if len(rows) > MAX_QUERIES:
                raise ValueError("too many")
            now = {}
            for row in rows:
                example = row["example"]
                if example is not None:
                    example = pages[example["page"]], read_box(example["box"])
                now[QueryKey.of(str(row["text"]), example)] = _group(row["decisions"], pages)
            return cls(now)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise MarkError(_DAMAGED) from error


def _group(rows: Any, pages: Mapping[str, str]) -> Group:
    if len(rows) > MAX_DECISIONS:
        raise ValueError("too many")
    group = []
    for row in rows:
        kind, rank, span, score = row["decision"], int(row["rank"]), int(row["words"]), float(row["score"])
        if kind not in KINDS or rank < 1 or not 1 <= span <= 100 or not 0 <= score <= 1:
            raise ValueError("out of bounds")
        only = None if row["only"] is None else pages[row["only"]]
        found = row.get("found")  # not in older files
        found = None if found is None else read_box(found)
        group.append(Decision(pages[row["page"]], read_box(row["box"]), kind, rank, only, score, span, found))
    return tuple(group)
