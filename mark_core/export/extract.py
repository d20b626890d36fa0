"""What is taken out of an index: all its words, or the hits of a search. Every format is written from this."""

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
from mark_core.segmentation.word import Word

if TYPE_CHECKING:
    from mark_core.retrieval.hit import Hit
    from mark_core.retrieval.indexed import IndexedPage

DECISIONS = ("confirmed", "rejected")


class Collection(Protocol):
    """What an export needs of a WordIndex; pages that several indexes answer for can be offered as one."""

    @property
    def pages(self) -> Sequence[IndexedPage]: ...

    def readings(self, page_id: str) -> Sequence[str]: ...


@dataclass(frozen=True)
class Entry:
    """One box that is written.

    word: its box in page pixels, line and direction. number: 1-based place of the word on its page.
    reads: what the reading head makes of it, "" if nothing; a guess, not a transcription. text: what a person has read
    there, "" if nobody has.
    rank: 1-based, score: probability 0..1, decision: one of DECISIONS or "" if nobody decided; a word that is no
    hit has neither rank nor score. rest: of a phrase the other words, each with the same rank, score and decision;
    part: 0-based place in the phrase.
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

    @property
    def words(self) -> tuple[Entry, ...]:
        """It and the rest of its phrase."""
        return (self, *self.rest)


@dataclass(frozen=True, eq=False)
class ExtractPage:
    """A page with its boxes in reading order. id: of the index. place: 1-based among the pages of the index."""

    id: str
    place: int
    page: Page
    entries: tuple[Entry, ...]

    def lines(self) -> list[list[Entry]]:
        """The entries line by line, in reading order, every word of a phrase by itself."""
        lines: dict[int, list[Entry]] = {}
        for one in _in_reading_order(one for entry in self.entries for one in entry.words):
            lines.setdefault(one.word.line, []).append(one)
        return list(lines.values())


@dataclass(frozen=True, eq=False)
class Extract:
    """Pages with boxes.

    kind: "words" or "hits". pages: in the order of the index; of hits only the pages that have one.
    query: the typed word, "" if the query was an example alone or there was none. created: UTC.
    """

    kind: str
    pages: tuple[ExtractPage, ...]
    query: str = ""
    created: datetime = field(default_factory=lambda: datetime.now(timezone.utc).replace(microsecond=0))

    def typed(self, entry: Entry) -> str:
        """What was typed for an entry: of a phrase its word, "" if it cannot be told."""
        if not entry.part and not entry.rest:
            return self.query
        words = words_of(self.query)
        return words[entry.part] if entry.part < len(words) else ""

    def rows(self) -> list[tuple[ExtractPage, Entry]]:
        """Every box with its page: hits best first, words in reading order."""
        rows = [(page, entry) for page in self.pages for entry in page.entries]
        return sorted(rows, key=lambda row: row[1].rank or 0) if self.kind == "hits" else rows

    def only(self, page: ExtractPage) -> Extract:
        """The same extract with one page."""
        return replace(self, pages=(page,))


def extract_words(
    index: Collection, pages: Sequence[str] | None = None, texts: Mapping[tuple[str, int], str] | None = None
) -> Extract:
    """All words of an index, or of the pages with these ids. texts: (page id, 0-based word) -> what a person has read
    there. Raises MarkError if there are none."""
    read = texts or {}
    taken = []
    for place, indexed in enumerate(index.pages, start=1):
        if pages is None or indexed.id in pages:
            readings = index.readings(indexed.id)
            entries = [
                Entry(word, number, reads, read.get((indexed.id, number - 1), ""))
                for number, (word, reads) in enumerate(zip(indexed.words, readings, strict=True), start=1)
            ]
            taken.append(ExtractPage(indexed.id, place, indexed.page, _in_reading_order(entries)))
    if not taken:
        raise MarkError("There are no pages to export.")
    return Extract("words", tuple(taken))


def extract_hits(
    index: Collection,
    hits: Sequence[Hit],
    text: str | None = None,
    decisions: Mapping[tuple[str, int], str] | None = None,
    texts: Mapping[tuple[str, int], str] | None = None,
) -> Extract:
    """The hits of a search in ``index``.

    text: the typed word of the query. decisions: (page id, ``Hit.word``) -> one of DECISIONS; texts: -> what a person
    has read there.
    Raises MarkError if there are no hits, or if a page of one is no longer in the index.
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
        first, *rest = [
            Entry(
                # Box and line as the search returned them: that is what was seen and decided upon.
                replace(word, box=box, line=word.line if part else hit.line),
                hit.word + part + 1,
                hit.reads if not part else "",
                (texts or {}).get((hit.page, hit.word + part), ""),
                hit.rank,
                hit.score,
                decision,
                part=part,
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
    return tuple(sorted(entries, key=lambda entry: (entry.word.order, entry.number)))


def page_stems(pages: Sequence[Page]) -> list[str]:
    """A file name without suffix for every page: that of its image, with the page's number where one file has several.

    All are different and safe as names of files.
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
