"""Hits over several open pages, each page searched in the index that has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mark_core.errors import MarkError
from mark_core.model.alphabet import ALPHABET
from mark_core.retrieval.query import parse_query
from mark_core.retrieval.standouts import standing_out
from mark_core.segmentation.word import Box
from mark_core.ui.collection.collection import NO_PAGES
from mark_core.ui.collection.decisions import KINDS, Decision
from mark_core.ui.collection.open_page import OpenPage
from mark_core.ui.search.hit_rows import HitRow, hit_row
from mark_core.ui.search.text_hits import Texts, with_text

TOP = 200  # hits sent to the browser beside those with a decision; it cuts them by threshold and number
SURE = (
    0.9  # certainty from which a reading is shown: 96 % of those were right on rendered letters, 87 % on gw
)
CLOSED = "The page of the clicked word is closed; please click another word."
Example = tuple[str, int]  # page id and word number


@dataclass(frozen=True)
class PlacedDecision:
    """A decision whose page is open and has its box: there it is word number ``word``."""

    decision: Decision
    page: OpenPage
    word: int

    @property
    def words(self) -> range:
        return range(self.word, min(self.word + self.decision.span, len(self.page.entry.words)))

    @property
    def boxes(self) -> list[Box]:
        """The boxes in which the words of the hit were found."""
        first, *others = (self.page.entry.words[word].box for word in self.words)
        return [self.decision.elsewhere or first, *others]

    def reference(self, index: Any) -> Any:
        """The hit as relevance feedback for an index: by number in its own, as the crops of its words in others."""
        if self.page.index is index:
            return self.page.page_id, self.word
        return [self.page.crop(word) for word in self.words]


def place_decisions(decisions: Iterable[Decision], pages: Sequence[OpenPage]) -> list[PlacedDecision]:
    """The decisions whose boxes are on an open page, in their order."""
    by_id = {page.id: page for page in pages}
    numbers: dict[str, dict[Any, int]] = {}
    placed = []
    for one in decisions:
        page = by_id.get(one.page)
        if page is None:
            continue
        if one.page not in numbers:
            numbers[one.page] = {tuple(word.box): number for number, word in enumerate(page.entry.words)}
        word = numbers[one.page].get(one.box)
        if word is not None:
            placed.append(PlacedDecision(one, page, word))
    return placed


def query_arguments(
    index: Any, pages: Sequence[OpenPage], example: Example | None, placed: Sequence[PlacedDecision]
) -> dict[str, Any]:
    """The clicked word and the decisions as arguments of an index's search: words by number in their own index, as
    crops in others."""
    query: Any = None
    if example is not None:
        source = next(page for page in pages if page.id == example[0])
        query = (source.page_id, example[1]) if source.index is index else source.crop(example[1])
    decided = {kind: [one.reference(index) for one in placed if one.decision.kind == kind] for kind in KINDS}
    return {"example": query, **decided}


def example_weight(
    pages: Sequence[OpenPage],
    text: str | None,
    example: Example | None,
    variants: bool = False,
    abbreviations: str | None = None,
) -> float | None:
    """How much the clicked word counts, 0..1, as the index that has it has learnt; None unless a word is typed as well.
    One weight for all pages, so that their scores compare."""
    source = next((page for page in pages if example and page.id == example[0]), None)
    if text is None or source is None or example is None:
        return None
    return source.index.weight(text, (source.page_id, example[1]), variants, abbreviations)


def find_hits(
    pages: Sequence[OpenPage],
    text: str | None,
    example: Example | None,
    variants: bool = False,
    only: str | None = None,
    placed: Sequence[PlacedDecision] = (),
    weight: float | None = None,
    abbreviations: str | None = None,
    texts: Texts | None = None,
) -> list[HitRow]:
    """Hits as the browser gets them, best first; those with a decision keep the rank at which it was made.

    only: id of the one page that is searched (default: all). placed: decisions about hits of this query, on any page.
    weight: how much the clicked word counts beside the typed one, 0..1; None: as much as was learnt.
    variants, abbreviations: see ``SearchQuery``. texts: of pages, by page id, in which what is typed is sought too.
    """
    if not pages:
        raise MarkError(NO_PAGES)
    source = next((page for page in pages if example and page.id == example[0]), None)
    if example and source is None:
        raise MarkError(CLOSED)
    searched = [page for page in pages if only in (None, page.id)]
    found = []
    for index in {id(page.index): page.index for page in searched}.values():
        by_id = {page.page_id: page for page in searched if page.index is index}
        query = query_arguments(index, pages, example, placed)
        if weight is not None:
            query["example_weight"] = weight
        query |= {"variants": variants, "abbreviations": abbreviations}
        hits = index.search(text=text, top=TOP + len(placed), pages=list(by_id), **query)
        for hit in hits:
            reads = hit.reads if hit.certainty >= SURE else ""
            row = hit_row(by_id[hit.page], hit.word, hit.boxes, hit.score, reads)
            found.append({**row, "divided": True} if hit.divided else row)
    if text and texts:
        model = searched[0].index.model if searched else None
        terms = parse_query(text, variants, getattr(model, "alphabet", ALPHABET), abbreviations)
        found = with_text(found, searched, texts, terms)
    return _arranged(found, [one for one in placed if only in (None, one.page.id)], only)


def _arranged(found: list[HitRow], placed: Sequence[PlacedDecision], only: str | None) -> list[HitRow]:
    """Best first, but hits with a decision keep the rank they had in a list of the same pages; in a list of other pages
    they are sorted by the score they had."""
    known = {(row["page"], row["word"]): row for row in found}
    places = {(one.page.id, one.word): one for one in placed}
    rows = sorted(
        (row for place, row in known.items() if place not in places), key=lambda row: -row["score"]
    )[:TOP]
    for row in rows[: standing_out([row["score"] for row in rows])]:
        row["possible"] = True
    pinned = []
    for place, one in places.items():
        row = hit_row(one.page, one.word, one.boxes, 0.0)
        now = known.get(place, row)
        if len(now.get("boxes", [0])) >= one.decision.span:  # fewer where it is found in one line alone
            row = now
        row = {**row, "score": one.decision.score, "decision": one.decision.kind}
        if one.decision.only == only:
            pinned.append((one.decision.rank, row))
        else:
            rows.append(row)
    rows.sort(key=lambda row: -row["score"])
    for rank, row in sorted(pinned, key=lambda pin: pin[0]):
        rows.insert(rank - 1, row)
    # rounded last: on a hard page all the best scores are small, and their order still counts
    return [_shown(row, rank) for rank, row in enumerate(rows, start=1)]


def _shown(row: HitRow, rank: int) -> HitRow:
    shown: HitRow = {**row, "score": _rounded(row["score"]), "rank": rank}
    if "ink" in shown:
        shown["ink"] = _rounded(shown["ink"])
    if "text" in shown:
        shown["text"] = _rounded(shown["text"])
    return shown


def _rounded(score: float) -> float:
    return round(min(1.0, max(0.0, score)), 4)
