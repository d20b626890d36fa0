"""What a visitor has typed for the words that MARK asked about, with undo. Immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.model.alphabet import is_supported
from mark_core.ui.collection import word_labels
from mark_core.ui.collection.edits import Moves, box_mapping
from mark_core.ui.collection.word_labels import WordLabels

if TYPE_CHECKING:
    from mark_core.segmentation.edit import Words
    from mark_core.segmentation.word import Box

STEPS = 50  # transcriptions that can be undone
MAX_TRANSCRIPTIONS = 2000
MAX_LETTERS = 80  # of one


def is_learnable(text: str) -> bool:
    """Whether a model can learn from a text: all its letters are in the model's alphabet."""
    return is_supported(text)


@dataclass(frozen=True)
class Transcriptions:
    """now: by page id and box; "" where the visitor could not read the word. past: what undo brings back, the last at
    the end."""

    now: WordLabels = field(default_factory=dict)
    past: tuple[WordLabels, ...] = ()

    @property
    def texts(self) -> WordLabels:
        """What is written, without the words that could not be read."""
        return {place: text for place, text in self.now.items() if text}

    def transcribed(self, place: tuple[str, Box], text: str | None) -> Transcriptions:
        """With the text of one word in place of an earlier one; None removes it. Raises MarkError when there are too
        many."""
        others = {key: kept for key, kept in self.now.items() if key != place}
        if text is not None and len(others) >= MAX_TRANSCRIPTIONS:
            raise MarkError(
                "At most {limit} words can be answered; clear some first.", limit=MAX_TRANSCRIPTIONS
            )
        return self._step(others if text is None else {**others, place: text})

    def cleared(self) -> Transcriptions:
        return self._step({})

    def undone(self) -> Transcriptions:
        """As before the last step. Raises MarkError if there is none."""
        if not self.past:
            raise MarkError("There is nothing to undo.")
        return Transcriptions(self.past[-1], self.past[:-1])

    def mapped(self, page: str, then: Words, now: Words) -> Transcriptions:
        """After an edit of a page's boxes."""
        return self.moved(box_mapping(page, then, now))

    def moved(self, moves: Moves) -> Transcriptions:
        """After boxes have got other places."""
        past = tuple(word_labels.moved(one, moves) for one in self.past)
        return Transcriptions(word_labels.moved(self.now, moves), past)

    def to_view(self) -> dict[str, Any]:
        texts = self.texts.values()
        return {
            "read": len(texts),
            "unreadable": len(self.now) - len(texts),
            "learnable": sum(is_learnable(text) for text in texts),
            "undo": bool(self.past),
        }

    def to_rows(self, names: Mapping[str, str]) -> list[dict[str, Any]]:
        """For a project file. names: of the pages that are written, by page id."""
        return word_labels.to_rows(self.now, names, "text")

    @classmethod
    def from_rows(cls, rows: Any, pages: Mapping[str, str]) -> Transcriptions:
        """Read what `to_rows` wrote. Raises MarkError if damaged."""
        return cls(word_labels.from_rows(rows, pages, "text", MAX_TRANSCRIPTIONS, MAX_LETTERS))

    def _step(self, now: WordLabels) -> Transcriptions:
        return self if now == self.now else Transcriptions(now, (*self.past, self.now)[-STEPS:])
