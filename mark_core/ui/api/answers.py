"""The JSON that the API and the tools answer, as dataclasses. Boxes are [x, y, w, h] in pixels of the upright page as
it was read, of ``width`` x ``height``; every number of a page, line or word counts from 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mark_core import Page


@dataclass(frozen=True)
class PageAnswer:
    """A page that was read. page: its number in this answer. name, number: of its file, and in that. original_width,
    original_height: pixels of the image it was made from. canvas, manifest: of IIIF, "" for none."""

    page: int
    name: str
    number: int
    width: int
    height: int
    original_width: int
    original_height: int
    canvas: str
    manifest: str

    @classmethod
    def of(cls, page: Page, place: int) -> PageAnswer:
        source = page.source
        return cls(
            place,
            page.name,
            page.number + 1,
            page.width,
            page.height,
            *page.original_size,
            canvas=(source.canvas or "") if source else "",
            manifest=(source.manifest or "") if source else "",
        )


@dataclass(frozen=True)
class WordAnswer:
    """A word of a page. confidence: 0..1, of the box. direction: ltr, rtl or ttb."""

    page: int
    word: int
    line: int
    box: list[int]
    confidence: float
    direction: str


@dataclass(frozen=True)
class SegmentAnswer:
    """notes: sentences about pages that were left out, turned or flattened; here as in the other answers."""

    pages: list[PageAnswer]
    words: list[WordAnswer]
    notes: list[str]


@dataclass(frozen=True)
class HitAnswer:
    """A word or phrase that was found. score: calibrated probability, 0..1. word, line, box: of its first word. boxes:
    of all its words. reads: what the reading head reads there, "" for nothing; not a transcription."""

    rank: int
    page: int
    word: int
    line: int
    box: list[int]
    boxes: list[list[int]]
    score: float
    reads: str


@dataclass(frozen=True)
class SearchAnswer:
    """threshold: the score from which a word counts as found. hits: best first, weaker ones too."""

    pages: list[PageAnswer]
    hits: list[HitAnswer]
    threshold: float
    notes: list[str]


@dataclass(frozen=True)
class PlacedAnswer:
    """A word of the text on the page. line, number: of its line in the text, and in that. certainty: 0..1, that it
    stands there."""

    text: str
    line: int
    number: int
    box: list[int]
    certainty: float


@dataclass(frozen=True)
class UnplacedAnswer:
    """A word of the text that was not found on the page."""

    text: str
    line: int
    number: int


@dataclass(frozen=True)
class AlignAnswer:
    """certainty: 0..1, mean over all words. belongs: whether the text is that of the page."""

    page: PageAnswer
    placed: list[PlacedAnswer]
    unplaced: list[UnplacedAnswer]
    certainty: float
    belongs: bool
    notes: list[str]


@dataclass(frozen=True)
class ExportAnswer:
    """A file that was written. kind: "words" or "hits". count: of these. bytes: its size."""

    name: str
    media_type: str
    kind: str
    count: int
    pages: int
    bytes: int
    notes: list[str]
