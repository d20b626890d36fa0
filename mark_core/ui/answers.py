"""What a visitor has read where MARK asked, and the way back. Never changed, only followed by another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.model.alphabet import is_supported
from mark_core.ui import remarks
from mark_core.ui.remarks import Remarks

if TYPE_CHECKING:
    from mark_core.segmentation.edit import Words
    from mark_core.segmentation.word import Box

STEPS = 50  # answers that can be undone
MAX_ANSWERS = 2000
MAX_LETTERS = 80  # of one


def can_be_learnt(text: str) -> bool:
    """Whether a model can learn from it: it learns letters that can be typed."""
    return is_supported(text)


@dataclass(frozen=True)
class Answers:
    """now: by sheet and box; "" where the visitor could not read it. past: what undo brings back, the last at the
    end."""

    now: Remarks = field(default_factory=dict)
    past: tuple[Remarks, ...] = ()

    @property
    def texts(self) -> Remarks:
        """What is written, without the words that could not be read."""
        return {place: text for place, text in self.now.items() if text}

    def answered(self, place: tuple[str, Box], text: str | None) -> Answers:
        """With an answer to one word in place of an earlier one; None takes it away. Raises MarkError if there are too
        many."""
        others = {key: kept for key, kept in self.now.items() if key != place}
        if text is not None and len(others) >= MAX_ANSWERS:
            raise MarkError(f"At most {MAX_ANSWERS} words can be answered; clear some first.")
        return self._step(others if text is None else {**others, place: text})

    def cleared(self) -> Answers:
        return self._step({})

    def undone(self) -> Answers:
        """As it was before the last step. Raises MarkError if there is none."""
        if not self.past:
            raise MarkError("There is nothing to undo.")
        return Answers(self.past[-1], self.past[:-1])

    def followed(self, page: str, then: Words, now: Words) -> Answers:
        """After a correction of a page's boxes."""
        past = tuple(remarks.followed(one, page, then, now) for one in self.past)
        return Answers(remarks.followed(self.now, page, then, now), past)

    def to_view(self) -> dict[str, Any]:
        texts = self.texts.values()
        return {
            "read": len(texts),
            "unreadable": len(self.now) - len(texts),
            "learnt": sum(can_be_learnt(text) for text in texts),
            "undo": bool(self.past),
        }

    def to_rows(self, pages: Mapping[str, str]) -> list[dict[str, Any]]:
        """For a file. pages: what the sheets that are written are called in it."""
        return remarks.to_rows(self.now, pages, "text")

    @classmethod
    def from_rows(cls, rows: Any, sheets: Mapping[str, str]) -> Answers:
        """Read what `to_rows` wrote. Raises MarkError if damaged."""
        return cls(remarks.from_rows(rows, sheets, "text", MAX_ANSWERS, MAX_LETTERS))

    def _step(self, now: Remarks) -> Answers:
        return self if now == self.now else Answers(now, (*self.past, self.now)[-STEPS:])
