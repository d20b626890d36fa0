"""A question of the visitor: what is searched for, how and where; and the answer as the browser gets it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mark_core.errors import MarkError
from mark_core.ui.decisions import KINDS, Decisions, Topic
from mark_core.ui.hits import Example, find_hits, learnt_weight, on_desk
from mark_core.ui.sheet import Sheet

AGAIN = "That is done, but the search could not be repeated; please press Find."

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """text: typed. example: the clicked word as (sheet, word number). variants: old spellings count as the same.
    page: the only sheet that is searched, None for all. example_weight: how much the clicked word counts beside the
    typed one, 0..1, as the visitor wants it; None: as much as was learnt."""

    text: str | None = None
    example: Example | None = None
    variants: bool = False
    page: str | None = None
    example_weight: float | None = None

    def topic(self, sheets: Sequence[Sheet]) -> Topic:
        """What decisions are about: the same words asked for in another way, or elsewhere, are the same topic.

        Raises MarkError when the page of the clicked word is closed.
        """
        if self.example is None:
            return Topic.of(self.text, None)
        page, word = self.example
        sheet = next((sheet for sheet in sheets if sheet.id == page), None)
        if sheet is None:
            raise MarkError("The page of the clicked word is closed; please click another word.")
        return Topic.of(self.text, (page, sheet.entry.words[word].box))

    def to_view(self) -> dict[str, Any]:
        example = {"page": self.example[0], "word": self.example[1]} if self.example else None
        return {
            "text": self.text,
            "example": example,
            "variants": self.variants,
            "page": self.page,
            "lam": self.example_weight,
            "weight": None,  # what it came to
        }

    def answer(self, sheets: Sequence[Sheet], decisions: Decisions) -> dict[str, Any]:
        """The question with its hits, the sheets that were searched and how many hits are judged. Raises MarkError as
        the search does."""
        topic = self.topic(sheets)
        judged = on_desk(decisions.of(topic), sheets)
        weight = self.example_weight
        if weight is None:
            weight = learnt_weight(sheets, self.text, self.example, self.variants)
        hits = find_hits(sheets, self.text, self.example, self.variants, self.page, judged, weight)
        counts = {kind: sum(one.decision.kind == kind for one in judged) for kind in KINDS}
        return {
            **self.to_view(),
            "hits": hits,
            "searched": [sheet.id for sheet in sheets if self.page in (None, sheet.id)],
            "judged": {**counts, "undo": decisions.can_undo(topic)},
            "weight": weight,
            "threshold": round(sheets[0].index.threshold(self.text is not None), 2),
        }


def answered_again(
    question: Question, last: dict[str, Any] | None, sheets: Sequence[Sheet], decisions: Decisions
) -> dict[str, Any] | None:
    """The last result anew, in another turn, after something it depends on has changed; None if there was none."""
    if last is None or last["error"]:
        return last
    result = {**last, **question.to_view(), "turn": last["turn"] + 1}
    try:
        return {**result, **question.answer(sheets, decisions)}
    except MarkError as error:
        return {**result, "hits": [], "error": str(error)}
    except Exception:  # what has changed is changed and must be shown
        _log.exception("searching again failed")
        return {**result, "hits": [], "error": AGAIN}
