"""The contents of an export: all words of an index, or the hits of a search. Every format is written from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mark_core.errors import MarkError
from mark_core.pages.page import Page
from mark_core.retrieval.query import words_of
from mark_core.segmentation.word import Box, Word

if TYPE_CHECKING:
    from mark_core.retrieval.hit import Hit
    from mark_core.retrieval.indexed import IndexedPage

DECISIONS = ("confirmed", "rejected")


class Collection(Protocol):
    """The part of a WordIndex that an export needs, so that pages of several indexes can be exported as one."""

    @property
    def pages(self) -> Sequence[IndexedPage]: ...

    def readings(self, page_id: str) -> Sequence[str]: ...


@dataclass(frozen=True)
class Entry:
    """One box of an export.

    word: its box (page pixels), line and direction. number: 1-based number on its page. reads: text of the reading
    head, "" for none; not a transcription. text: transcription by a person or of a transcript, "" for none. rank,
    score: of a hit, 1-based and probability 0..1. decision: one of DECISIONS or "". rest: the other words of a phrase,
    or the part in the next line of what is divided, with the same rank, score and decision. part: 0-based position in
    the phrase. certainty: 0..1, that the text of a transcript stands there; None for what a person has read. piece:
    0-based, of the words of a transcript that lie in one word of the page. divided: it is a part of what begins at the
    end of a line and goes on in the next.
    """

    word: Word
    number: int
    reads: str = ""
    text: str = ""
    rank: int | None = None
    score: float | None = None
    decision: str = ""
    rest: tuple[Entry, ...] = ()
    part: int = 0
    certainty: float | None = None
    piece: int = 0
    divided: bool = False

    @property
    def key(self) -> str:
        """The number of the word, and of its piece where it has several: unique among the words of a page."""
        return f"{self.number}.{self.piece + 1}" if self.piece else str(self.number)

    @property
    def text_confidence(self) -> float:
        """0..1: of the text of a transcript, else of the hit, else of the box."""
        if self.text and self.certainty is not None:
            return self.certainty
        return self.word.confidence if self.score is None else self.score

    @property
    def words(self) -> tuple[Entry, ...]:
        """All words of its phrase."""
        return (self, *self.rest)


@dataclass(frozen=True)
class WordText:
    """A word of a transcript in a word of a page. certainty: 0..1, None: a person has read it. box: its own in page
    pixels, None: that of the word of the page."""

    text: str
    certainty: float | None = None
    box: Box | None = None


Texts = Mapping[tuple[str, int], str]  # by page id and 0-based word
# By page id and 0-based word; no text for words of the page that lie in the box of another word of the transcript
Transcript = Mapping[tuple[str, int], Sequence[WordText]]


@dataclass(frozen=True, eq=False)
class ExtractPage:
    """A page with its boxes in reading order. id: of the page in the index. place: 1-based position in the index."""

    id: str
    place: int
    page: Page
    entries: tuple[Entry, ...]

    def lines(self) -> list[list[Entry]]:
        """The entries by line, in reading order, with the words of a phrase as single entries."""
        lines: dict[int, list[Entry]] = {}
        for one in _in_reading_order(one for entry in self.entries for one in entry.words):
            lines.setdefault(one.word.line, []).append(one)
        return list(lines.values())


@dataclass(frozen=True, eq=False)
class Extract:
    """The contents of an export.

    kind: "words" or "hits". pages: in the order of the index; for hits only pages with hits. query: the typed text, ""
    for none. created: UTC.
    """

    kind: str
    pages: tuple[ExtractPage, ...]
    query: str = ""
    created: datetime = field(default_factory=lambda: datetime.now(timezone.utc).replace(microsecond=0))

    def typed(self, entry: Entry) -> str:
        """The typed word of an entry, for a phrase the one at its position; "" if unknown, as of a part of a word."""
        if entry.divided:
            return ""
        if not entry.part and not entry.rest:
            return self.query
        words = words_of(self.query)
        return words[entry.part] if entry.part < len(words) else ""

    def rows(self) -> list[tuple[ExtractPage, Entry]]:
        """All boxes with their pages: hits by rank, words in reading order."""
        rows = [(page, entry) for page in self.pages for entry in page.entries]
        return sorted(rows, key=lambda row: row[1].rank or 0) if self.kind == "hits" else rows

    def only(self, page: ExtractPage) -> Extract:
        """The extract reduced to one page."""
        return replace(self, pages=(page,))


def extract_words(
    index: Collection,
    pages: Sequence[str] | None = None,
    texts: Texts | None = None,
    transcript: Transcript | None = None,
) -> Extract:
    """Extract all words of an index, or of the pages with these ids.

    texts: transcriptions by a person, which outrank a transcript. transcript: words of a text that was placed on its
    page; where they have boxes of their own, these take the place of those of the page. Raises MarkError if there are
    no words.
    """
    taken = []
    for place, indexed in enumerate(index.pages, start=1):
        if pages is None or indexed.id in pages:
            readings = index.readings(indexed.id)
            entries = [
                entry
                for number, (word, reads) in enumerate(zip(indexed.words, readings, strict=True), start=1)
                for entry in _entries(Entry(word, number, reads), indexed.id, texts or {}, transcript or {})
            ]
            taken.append(ExtractPage(indexed.id, place, indexed.page, _in_reading_order(entries)))
    if not taken:
        raise MarkError("There are no pages to export.")
    return Extract("words", tuple(taken))


def _entries(entry: Entry, page: str, texts: Texts, transcript: Transcript) -> list[Entry]:
    """The entries of a word of a page: several where several words of a transcript lie in it."""
    place = page, entry.number - 1
    if place in texts or place not in transcript:
        return [replace(entry, text=texts.get(place, ""))]
    found = []
    for piece, one in enumerate(transcript[place]):
        word = entry.word if one.box is None else replace(entry.word, box=one.box, context_box=None)
        reads = entry.reads if len(transcript[place]) == 1 else ""
        found.append(Entry(word, entry.number, reads, one.text, certainty=one.certainty, piece=piece))
    return found


def _text_of(place: tuple[str, int], texts: Texts, transcript: Transcript) -> tuple[str, float | None]:
    """The text of a word of a page as a whole, and its certainty if it is that of a transcript."""
    if place in texts or not transcript.get(place):
        return texts.get(place, ""), None
    pieces = transcript[place]
    sure = [one.certainty for one in pieces if one.certainty is not None]
    return " ".join(one.text for one in pieces if one.text), min(sure, default=None)


def extract_hits(
    index: Collection,
    hits: Sequence[Hit],
    text: str | None = None,
    decisions: Mapping[tuple[str, int], str] | None = None,
    texts: Texts | None = None,
    transcript: Transcript | None = None,
) -> Extract:
    """Extract the hits of a search in ``index``.

    text: typed text of the query. decisions: (page id, ``Hit.word``) -> one of DECISIONS. texts, transcript: as for
    `extract_words`, but the boxes are those of the hits. Raises MarkError if there are no hits, or if a page of one is
    no longer in the index.
    """
    if not hits:
        raise MarkError("There are no hits to export.")
    decided = decisions or {}
    unknown = sorted(set(decided.values()) - set(DECISIONS))
    if unknown:
        raise ValueError(f"a decision is one of {DECISIONS}, got {unknown[0]!r}")
    indexed = {page.id: (place, page) for place, page in enumerate(index.pages, start=1)}
    entries: dict[str, list[Entry]] = {}
    for hit in hits:
        if hit.page not in indexed or hit.word >= len(indexed[hit.page][1].words):
            raise MarkError("The pages have changed since this search; please search again.")
        decision = decided.get((hit.page, hit.word), "")
        read = [
            _text_of((hit.page, hit.word + part), texts or {}, transcript or {})
            for part in range(len(hit.boxes) or 1)
        ]
        first, *rest = [
            Entry(
                # box and line of the hit, which the decision refers to
                replace(word, box=box, line=word.line if part else hit.line),
                hit.word + part + 1,
                hit.reads if not part else "",
                read[part][0],
                hit.rank,
                hit.score,
                decision,
                part=part,
                certainty=read[part][1],
                divided=hit.divided,
            )
            for part, (word, box) in enumerate(
                zip(indexed[hit.page][1].words[hit.word :], hit.boxes or (hit.box,), strict=False)
            )
        ]
        entries.setdefault(hit.page, []).append(replace(first, rest=tuple(rest)))
    pages = tuple(
        ExtractPage(page_id, place, page.page, _in_reading_order(entries[page_id]))
        for page_id, (place, page) in indexed.items()
        if page_id in entries
    )
    return Extract("hits", pages, (text or "").strip())


def _in_reading_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.word.order, entry.number, entry.piece)))


def page_stems(pages: Sequence[Page]) -> list[str]:
    """File names without suffix, one per page: that of its image, with the page number if a file has several pages.

    They are unique and safe on all systems.
    """
    stems = [re.sub(r"[^\w.\-]+", "_", Path(page.name).stem).strip("._") or "page" for page in pages]
    repeated = {stem for stem in stems if stems.count(stem) > 1}
    named: list[str] = []
    for stem, page in zip(stems, pages, strict=True):
        name = f"{stem}-{page.number + 1:04d}" if stem in repeated or page.number else stem
        again = 2
        unique = name
        while unique in named:  # two folders may hold images of the same name
            unique = f"{name}-{again}"
            again += 1
        named.append(unique)
    return named
