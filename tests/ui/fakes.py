"""A library without a model: the same names, answers that can be foreseen."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mark_core import MarkError, Page, Word
from mark_core.message import Message
from mark_core.model.encoding import Encoding
from mark_core.pages.turn import turn_page
from mark_core.retrieval.explanation.explanation import Explanation, Ground, WordEvidence
from mark_core.retrieval.explanation.letter_evidence import LetterPlace
from mark_core.retrieval.lines.reading import ReadLine, ReadWord
from mark_core.ui.search.hits import HitRow
from mark_core.ui.search.query import SearchQuery, search
from mark_core.ui.session.session import Session

NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class FakeHit:
    page: str
    word: int
    box: tuple[int, int, int, int]
    score: float
    rank: int
    line: int
    reads: str = ""
    boxes: tuple[tuple[int, int, int, int], ...] = ((0, 0, 0, 0),)
    certainty: float = 0.0
    divided: bool = False


@dataclass
class FakeEntry:
    id: str
    page: Page
    words: list[Word]
    lines: None = None
    script: str | None = None
    encoding: Encoding = field(default_factory=lambda: Encoding.join([]))


@dataclass
class FakeIndex:
    """Three words a page; scores fall with the word's number, pages of a later name score lower."""

    pages: list[FakeEntry] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)
    explained: list[Any] = field(default_factory=list)
    judged: list[Any] = field(default_factory=list)
    model: Any = "shipped weights"
    elsewhere: dict[int, Any] = field(default_factory=dict)  # by word number: another box that it is found in

    def add(
        self,
        page: Page,
        words: list[Word] | None = None,
        direction: str = "auto",
        progress: Callable[[str, float], None] | None = None,
        flatten: bool = False,
        notify: Callable[[str], None] = lambda sentence: None,
        script: str | None = None,
    ) -> str:
        if page.pixels.mean() > 254:
            raise MarkError("No words were found on this page.")
        if progress:
            progress("Finding words", 0.0)
            progress("Learning their shapes", 0.5)
        if flatten:
            notify("The lines of this page are flat already, or too few to tell; nothing was changed.")
        words = words or [Word((10 + 40 * i, 10, 30, 12), line=0, order=i) for i in range(3)]
        page_id = f"{page.name}-{page.number}"
        self.pages.append(FakeEntry(page_id, page, words, script=script))
        return page_id

    def explain(
        self,
        place: tuple[str, int],
        text: str | None = None,
        example: Any = None,
        variants: bool = False,
        confirmed: Sequence[Any] = (),
        rejected: Sequence[Any] = (),
        example_weight: float | None = None,
        beside: Sequence[Any] = (),
        abbreviations: str | None = None,
    ) -> Explanation:
        """The letters of "one", the second of them read as another; like the clicked word at the beginning."""
        query = {"text": text, "example": example, "example_weight": example_weight, "beside": beside}
        self.explained.append((place, query))
        heat = np.zeros(6, np.float32)
        letters = (
            LetterPlace("o", "o", 0.97, 0.0, 0.3, heat),
            LetterPlace("n", "u", 0.1, 0.3, 0.7, heat),
            LetterPlace("e", "e", 0.5, 0.7, 1.0, heat),
        )
        likeness = np.array([0.9, 0.8, 0.1], np.float32) if example is not None else heat[:0]
        grounds = (Ground("letters", 1, 6), Ground("look", 3, 6), Ground("confirmed", 1, 6, 0.91))
        entry = next(entry for entry in self.pages if entry.id == place[0])
        box = entry.words[place[1]].box
        words = (WordEvidence(place[1], box, letters if text else (), "oue"),)
        return Explanation(words, likeness, likeness, grounds)

    def measures(
        self,
        text: str | None = None,
        example: Any = None,
        variants: bool = False,
        abbreviations: str | None = None,
    ) -> Any:
        return {"look": (self, text, example, variants)}

    def weight(
        self, text: str, example: Any, variants: bool = False, abbreviations: str | None = None
    ) -> float:
        return 0.3

    def threshold(self, typed: bool = True, text: str | None = None) -> float:
        return 0.4 if typed else 0.35

    def upright(self, page: Page, notify: Callable[[Message], None] = lambda sentence: None) -> Page:
        if page.name.startswith("sideways"):
            notify(Message("This page lay on its side and was turned."))
            return turn_page(page, 90)
        return page

    def encoded(
        self,
        page: Page,
        words: Sequence[Word] | None = None,
        direction: str = "auto",
        progress: Callable[[str, float], None] | None = None,
        flatten: bool = False,
        notify: Callable[[Message], None] = lambda sentence: None,
        script: str | None = None,
    ) -> FakeEntry:
        """Words that are found anew are a pixel lower than those of `add`."""
        if progress:
            progress("Learning their shapes", 0.5)
        if page.pixels.mean() > 254 or words == ():
            raise MarkError("No words were found on this page.")
        found = [Word((10 + 40 * i, 11, 30, 12), line=0, order=i) for i in range(3)]
        return FakeEntry("", page, list(found if words is None else words), script=script)

    def insert(self, page: FakeEntry, model: Any) -> str:
        page.id = f"made-{next(NUMBERS)}"
        self.pages.append(page)
        return page.id

    def replace_page(self, page_id: str, page: FakeEntry, model: Any) -> None:
        entry = next(entry for entry in self.pages if entry.id == page_id)
        entry.page, entry.words = page.page, page.words

    def remove(self, page_id: str) -> None:
        self.pages = [entry for entry in self.pages if entry.id != page_id]

    def restore(self, pages: Sequence[FakeEntry], model: Any = None) -> None:
        self.pages.extend(pages)

    def edit_words(self, page_id: str, words: Sequence[Word]) -> None:
        next(entry for entry in self.pages if entry.id == page_id).words = list(words)

    def copy_from(self, other: FakeIndex, page_id: str) -> str:
        entry = next(entry for entry in other.pages if entry.id == page_id)
        self.pages.append(FakeEntry(f"own-{page_id}", entry.page, list(entry.words)))
        return f"own-{page_id}"

    def set_model(
        self, model: Any, progress: Callable[[str, float], None] | None = None, known: Any = None
    ) -> Any:
        if progress:
            progress("Looking at every word again", 0.0)
        self.model = model
        return {}

    def merged(self, places: Sequence[tuple[FakeIndex, str]]) -> FakeIndex:
        return FakeIndex([entry for index, page_id in places for entry in index.pages if entry.id == page_id])

    encoding = calibration = None

    def readings(self, page_id: str) -> list[str]:
        return [f"w{word.order}" for entry in self.pages if entry.id == page_id for word in entry.words]

    def read(self, page_id: str) -> tuple[ReadLine, ...]:
        """Every word as it is numbered, its last letter in doubt."""
        entry = next(entry for entry in self.pages if entry.id == page_id)
        lines = sorted({word.line for word in entry.words})
        return tuple(
            ReadLine(
                line,
                "ltr",
                tuple(
                    ReadWord(f"w{word.order}", (0.95, 0.4), word.box)
                    for word in entry.words
                    if word.line == line
                ),
            )
            for line in lines
        )

    def search(
        self,
        text: str | None = None,
        example: Any = None,
        top: int = 50,
        pages: Sequence[str] | None = None,
        variants: bool = False,
        confirmed: Sequence[Any] = (),
        rejected: Sequence[Any] = (),
        example_weight: float | None = None,
        abbreviations: str | None = None,
    ) -> list[FakeHit]:
        """A typed phrase is found at every word it has room after; what is rejected here goes to the end, and what
        follows a confirmed word comes first."""
        self.asked.append((text, example))
        self.weights.append(example_weight)
        self.judged.append((list(confirmed), list(rejected)))
        if not text and example is None:
            raise MarkError("Type a word or click one.")
        span = len((text or "one").split())
        hits = []
        for place, entry in enumerate(self.pages):
            for number, word in enumerate(entry.words[: len(entry.words) - span + 1]):
                score = 0.9 - 0.2 * word.order - 0.01 * place
                score = 0.01 if (entry.id, number) in rejected else score
                score = 0.99 if (entry.id, number - 1) in confirmed else score
                numbers = range(number, number + span)
                boxes = tuple(self.elsewhere.get(other, entry.words[other].box) for other in numbers)
                sure = 1 - 0.2 * number
                hits.append(
                    FakeHit(entry.id, number, boxes[0], score, 0, word.line, f"w{number}", boxes, sure)
                )
        hits = [hit for hit in hits if pages is None or hit.page in pages]
        return sorted(hits, key=lambda hit: -hit.score)[:top]


def find(session: Session, text: str | None, example: tuple[str, int] | None) -> Sequence[HitRow]:
    """The hits of a search as the browser gets them."""
    return search(1, SearchQuery(text, example), session.pages, session.decisions).hits


def fake_page(name: str, side: int = 200, value: int = 120) -> Page:
    return Page(np.full((side, side, 3), value, np.uint8), name, sha256=name)
