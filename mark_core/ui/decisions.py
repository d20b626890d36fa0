"""What a person has decided about the hits of each search: confirmed, rejected, and the way back.

A decision is kept by the box it was made on, not by a number: it lasts while pages are closed, opened again or
corrected, and counts whenever its box is on the desk. Everything here is immutable and followed by another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mark_core.errors import MarkError
from mark_core.segmentation.edit import Words
from mark_core.segmentation.word import Box
from mark_core.ui.corrections import followed_box

KINDS = ("confirmed", "rejected")
STEPS = 50  # decisions of a search that can be undone
MAX_DECISIONS = 300  # of one search
MAX_TOPICS = 500
_DAMAGED = "The decisions in this file are damaged."


@dataclass(frozen=True)
class Topic:
    """What was searched for: the typed text, the clicked word as (sheet, box), or both."""

    text: str = ""
    example: tuple[str, Box] | None = None

    @classmethod
    def of(cls, text: str | None, example: tuple[str, Box] | None) -> Topic:
        """Capitals and blanks make no other topic."""
        return cls(" ".join((text or "").split()).casefold(), example)


@dataclass(frozen=True)
class Decision:
    """One hit that was judged.

    page: its sheet, box: of its word, of a phrase the first. kind: one of KINDS. rank: 1-based place it had in the
    list, which it keeps in the list of the same pages. only: the sheet of a list of one page, None of all pages.
    score: 0..1, what it was then. span: number of words. found: the box that the first word was found in, where it is
    another than ``box``.
    """

    page: str
    box: Box
    kind: str
    rank: int
    only: str | None = None
    score: float = 0.0
    span: int = 1
    found: Box | None = None
    beside: Box | None = None  # the box of the page that ``found`` was found instead of; filled in

    def __post_init__(self) -> None:
        if self.found is not None and self.beside is None:
            object.__setattr__(self, "beside", self.box)

    @property
    def elsewhere(self) -> Box | None:
        """``found``, until the box of the page is corrected (and again when that is undone): then the corrected box
        is where the hit is."""
        return self.found if self.beside == self.box else None

    @property
    def place(self) -> tuple[str, Box]:
        return self.page, self.box


Group = tuple[Decision, ...]


@dataclass(frozen=True)
class Decisions:
    """The decisions of every search, in the order in which they were made, and what undo brings back."""

    now: Mapping[Topic, Group] = field(default_factory=dict)
    past: Mapping[Topic, tuple[Group, ...]] = field(default_factory=dict)

    def of(self, topic: Topic) -> Group:
        return self.now.get(topic, ())

    def can_undo(self, topic: Topic) -> bool:
        return bool(self.past.get(topic))

    def decided(self, topic: Topic, decision: Decision) -> Decisions:
        """With one more decision, in place of an earlier one about the same hit. Raises MarkError if there are
        too many."""
        others = tuple(other for other in self.of(topic) if other.place != decision.place)
        if len(others) >= MAX_DECISIONS:
            raise MarkError(f"At most {MAX_DECISIONS} hits of one search can be judged; clear some first.")
        return self._step(topic, (*others, decision))

    def withdrawn(self, topic: Topic, page: str, box: Box) -> Decisions:
        """Without the decision about a hit."""
        return self._step(topic, tuple(other for other in self.of(topic) if other.place != (page, box)))

    def cleared(self, topic: Topic) -> Decisions:
        return self._step(topic, ())

    def undone(self, topic: Topic) -> Decisions:
        """As it was before the last step of this search. Raises MarkError if there is none."""
        past = self.past.get(topic, ())
        if not past:
            raise MarkError("There is nothing to undo.")
        return Decisions({**self.now, topic: past[-1]}, {**self.past, topic: past[:-1]})

    def _step(self, topic: Topic, group: Group) -> Decisions:
        before = self.of(topic)
        if group == before:
            return self
        now = {key: kept for key, kept in self.now.items() if key != topic}
        past = {**self.past, topic: (*self.past.get(topic, ()), before)[-STEPS:]}
        while len(now) >= MAX_TOPICS:
            oldest = next(iter(now))
            del now[oldest]
            past.pop(oldest, None)
        return Decisions({**now, topic: group}, past)

    def followed(self, page: str, then: Words, now: Words) -> Decisions:
        """After a correction of a page's boxes. A box that is gone is waited for: the correction may be undone."""
        moved = followed_box(page, then, now)

        def renewed(group: Group) -> Group:
            boxes = [replace(one, box=moved(*one.place)) for one in group]
            return tuple({one.place: one for one in boxes}.values())  # of two on one box the later

        def topic(old: Topic) -> Topic:
            return old if old.example is None else replace(old, example=(old.example[0], moved(*old.example)))

        return Decisions(
            {topic(key): renewed(group) for key, group in self.now.items()},
            {topic(key): tuple(map(renewed, groups)) for key, groups in self.past.items()},
        )

    def transcribed(self) -> dict[tuple[str, Box], str]:
        """What is written in boxes that were confirmed as hits of one typed word, by (sheet, box). A hit that was found
        in another box than the page shows does not say what is written in that one."""
        return {
            one.place: topic.text
            for topic, group in self.now.items()
            if topic.example is None and topic.text and not set(topic.text) & set(' *?~"')
            for one in group
            if one.kind == "confirmed" and one.elsewhere is None
        }

    def to_dict(self, names: Mapping[str, str]) -> list[dict[str, Any]]:
        """For a file: one entry a search. names: of the sheets that are written; what concerns others is left out."""
        rows = []
        for topic, group in self.now.items():
            kept = [one for one in group if one.page in names and (one.only is None or one.only in names)]
            if not kept or (topic.example and topic.example[0] not in names):
                continue
            example = topic.example and {"page": names[topic.example[0]], "box": list(topic.example[1])}
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
            rows.append({"text": topic.text, "example": example, "decisions": decisions})
        return rows

    @classmethod
    def from_dict(cls, rows: Any, sheets: Mapping[str, str]) -> Decisions:
        """Read what ``to_dict`` wrote. sheets: the sheet that each name stands for. Raises MarkError if damaged."""
        try:
            if len(rows) > MAX_TOPICS:
                raise ValueError("too many")
            now = {}
            for row in rows:
                example = row["example"]
                if example is not None:
                    example = sheets[example["page"]], box_of(example["box"])
                now[Topic.of(str(row["text"]), example)] = _group(row["decisions"], sheets)
            return cls(now)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise MarkError(_DAMAGED) from error


def _group(rows: Any, sheets: Mapping[str, str]) -> Group:
    if len(rows) > MAX_DECISIONS:
        raise ValueError("too many")
    group = []
    for row in rows:
        kind, rank, span, score = row["decision"], int(row["rank"]), int(row["words"]), float(row["score"])
        if kind not in KINDS or rank < 1 or not 1 <= span <= 100 or not 0 <= score <= 1:
            raise ValueError("out of bounds")
        only = None if row["only"] is None else sheets[row["only"]]
        found = row.get("found")  # not in older files
        found = None if found is None else box_of(found)
        group.append(Decision(sheets[row["page"]], box_of(row["box"]), kind, rank, only, score, span, found))
    return tuple(group)


def box_of(value: Any) -> Box:
    """A box of a file. Raises ValueError or TypeError if it is none."""
    x, y, w, h = (int(side) for side in value)
    return x, y, w, h
