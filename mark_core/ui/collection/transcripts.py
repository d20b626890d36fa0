"""The texts of the open pages, from hand, from a program or typed here, with undo. Immutable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.transcript.page_text import MAX_LETTERS, MAX_WORDS, PageText, TextWord
from mark_core.ui import requests
from mark_core.ui.collection.edits import read_box

if TYPE_CHECKING:
    from mark_core.segmentation.word import Box
    from mark_core.ui.collection.edits import Place
    from mark_core.ui.collection.open_page import OpenPage

    Places = Callable[[str, Box], Place | None]  # (page id, box) -> where that is now, None: on no page

STEPS = 50  # changes that can be undone
_DAMAGED = "The transcripts in this file are damaged."


@dataclass(frozen=True)
class Transcripts:
    """now: by page id. past: what undo brings back, the last at the end."""

    now: Mapping[str, PageText] = field(default_factory=dict)
    past: tuple[Mapping[str, PageText], ...] = ()

    def with_text(self, page: str, text: PageText | None) -> Transcripts:
        """With another text of a page, or none."""
        now = {other: kept for other, kept in self.now.items() if other != page}
        if text is not None and text.words:
            now[page] = text
        return Transcripts(now, (*self.past, self.now)[-STEPS:])

    def undone(self) -> Transcripts:
        """As before the last step. Raises MarkError if there is none."""
        if not self.past:
            raise MarkError("There is nothing to undo.")
        return Transcripts(self.past[-1], self.past[:-1])

    def moved(self, page: str, moves: Callable[[Box], Box]) -> Transcripts:
        """After boxes of a page have got other places, also in what undo brings back."""
        known: dict[int, PageText] = {}

        def renewed(texts: Mapping[str, PageText]) -> Mapping[str, PageText]:
            text = texts.get(page)
            if text is None:
                return texts
            if id(text) not in known:
                known[id(text)] = text.moved(moves)
            return {**texts, page: known[id(text)]}

        return Transcripts(renewed(self.now), tuple(map(renewed, self.past)))

    def distributed(self, pages: Sequence[str], places: Places) -> Transcripts:
        """After ``pages`` have become others, also in what undo brings back, see `distributed_texts`."""
        return Transcripts(
            distributed_texts(self.now, pages, places),
            tuple(distributed_texts(texts, pages, places) for texts in self.past),
        )

    def to_rows(self, names: Mapping[str, str]) -> list[dict[str, Any]]:
        """For a project file. names: of the pages that are written, by page id."""
        return [
            {"page": names[page], "words": [_row(word) for word in text.words]}
            for page, text in self.now.items()
            if page in names
        ]

    @classmethod
    def from_rows(cls, rows: Any, pages: Mapping[str, OpenPage]) -> Transcripts:
        """Read what `to_rows` wrote. pages: by name. Raises MarkError if the rows are damaged or too many."""
        try:
            if len(rows) > len(pages):
                raise ValueError("too many")
            texts = {}
            for row in rows:
                page, words = pages[row["page"]], row["words"]
                if len(words) > MAX_WORDS:
                    raise ValueError("too many")
                texts[page.id] = PageText(tuple(_word(word, page) for word in words))
                lines = [word.line for word in texts[page.id].words]
                if lines != sorted(lines):
                    raise ValueError("order")
            return cls(texts)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise MarkError(_DAMAGED) from error


def distributed_texts(
    texts: Mapping[str, PageText], pages: Sequence[str], places: Places
) -> Mapping[str, PageText]:
    """Texts by page id, those of ``pages`` on the pages that their words are on now. A word that is on none is left
    out; one whose place is not known goes with the one before it."""
    if not any(page in texts for page in pages):
        return texts
    found: dict[str, list[TextWord]] = {}
    for page in pages:
        words = texts[page].words if page in texts else ()
        now = [None if word.box is None else places(page, word.box) for word in words]
        homes = [place and place[0] for word, place in zip(words, now, strict=True) if word.box is not None]
        home = homes[0] if homes else page  # of the words before the first whose place is known
        shift: dict[str, int] = {}  # of line numbers, where the text of another page stands before
        for word, place in zip(words, now, strict=True):
            if word.box is not None:
                home = place and place[0]
            if home is None:
                continue
            there = found.setdefault(home, [])
            shift.setdefault(home, max(0, there[-1].line + 1 - word.line) if there else 0)
            box = None if place is None else place[1]
            there.append(replace(word, box=box, line=word.line + shift[home]))
    others = {page: text for page, text in texts.items() if page not in pages}
    return {**others, **{page: PageText(tuple(words)) for page, words in found.items()}}


def _row(word: TextWord) -> list[Any]:
    box = None if word.box is None else [int(side) for side in word.box]
    return [word.text, word.line, box, round(word.certainty, 4), word.by_hand]


def _word(row: Any, page: OpenPage) -> TextWord:
    text, line, sides, certainty, by_hand = row
    text = (requests.text(text) or "")[:MAX_LETTERS]
    requests.whole_number(line, 0, MAX_WORDS)
    sure = requests.real_number(certainty, 0.0, 1.0)
    box = None if sides is None else read_box(sides)
    if box is not None:
        x, y, w, h = box
        if min(x, y) < 0 or min(w, h) < 1 or x + w > page.width or y + h > page.height:
            raise ValueError("box outside the page")
    if not text:
        raise ValueError("no text")
    return TextWord(text, line, box, sure, requests.flag(by_hand))
