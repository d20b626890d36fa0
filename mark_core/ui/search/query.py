"""What a visitor searches for, how and where; and the result as the browser gets it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.retrieval.unread_script import unread_notice
from mark_core.ui.collection.decisions import KINDS, Decisions, QueryKey
from mark_core.ui.collection.open_page import OpenPage
from mark_core.ui.search.hit_rows import HitRow
from mark_core.ui.search.hits import CLOSED, Example, example_weight, find_hits, place_decisions
from mark_core.ui.search.text_hits import Texts

NO_HIT = "This word is no hit of the search any more."
NOT_REPEATED = Message("That is done, but the search could not be repeated; please press Find.")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SearchQuery:
    """A query by string, by example, or both.

    text: the typed word. example: the clicked word as (page id, word number). variants: old spellings count as the
    same. page: id of the only page that is searched, None for all. example_weight: how much the clicked word counts
    beside the typed one, 0..1, as the visitor wants it; None: as much as the model has learnt. abbreviations: language
    whose abbreviated forms count as the typed word.
    """

    text: str | None = None
    example: Example | None = None
    variants: bool = False
    page: str | None = None
    example_weight: float | None = None
    abbreviations: str | None = None

    def key(self, pages: Sequence[OpenPage]) -> QueryKey:
        """What decisions belong to: the same words searched for in another way, or elsewhere, have the same key.

        Raises MarkError when the page of the clicked word is closed.
        """
        if self.example is None:
            return QueryKey.of(self.text, None)
        page_id, word = self.example
        page = next((page for page in pages if page.id == page_id), None)
        if page is None:
            raise MarkError(CLOSED)
        return QueryKey.of(self.text, (page_id, page.entry.words[word].box))

    def to_view(self) -> dict[str, Any]:
        example = {"page": self.example[0], "word": self.example[1]} if self.example else None
        return {
            "text": self.text,
            "example": example,
            "variants": self.variants,
            "page": self.page,
            "example_weight": self.example_weight,
            "abbreviations": self.abbreviations,
        }


@dataclass(frozen=True)
class SearchResult:
    """A query with its hits.

    number: of the search request. revision: counts the repetitions after decisions and edits. weight: how much the
    clicked word counted, 0..1, None unless a word was typed and one clicked. hits: in the order of their ranks.
    searched: ids of the searched pages. decisions: how many hits are confirmed and rejected, and whether undo is
    possible. threshold: probability from which a hit is likely. notice: one sentence about what cannot be found by
    reading. error: one sentence if the search failed.
    """

    number: int
    query: SearchQuery
    revision: int = 0
    weight: float | None = None
    hits: tuple[HitRow, ...] = ()
    searched: tuple[str, ...] = ()
    decisions: Mapping[str, int | bool] = field(
        default_factory=lambda: {**dict.fromkeys(KINDS, 0), "undo": False}
    )
    threshold: float | None = None
    notice: Message | None = None
    error: Message | None = None

    def hit(self, place: Example | None) -> HitRow | None:
        """The hit at (page id, word number); None if there is none."""
        return next((hit for hit in self.hits if (hit["page"], hit["word"]) == place), None)

    def to_view(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "revision": self.revision,
            **self.query.to_view(),
            "weight": self.weight,
            "hits": self.hits,
            "searched": self.searched,
            "decisions": self.decisions,
            "threshold": self.threshold,
            "notice": self.notice.to_json() if self.notice else None,
            "error": self.error.to_json() if self.error else None,
        }


def search(
    number: int,
    query: SearchQuery,
    pages: Sequence[OpenPage],
    decisions: Decisions,
    revision: int = 0,
    texts: Texts | None = None,
) -> SearchResult:
    """Search the pages, with the decisions about this query as relevance feedback, and their texts, by page id. Raises
    MarkError as the library's search does."""
    key = query.key(pages)
    placed = place_decisions(decisions.of(key), pages)
    weight = query.example_weight
    if weight is None:
        weight = example_weight(pages, query.text, query.example, query.variants, query.abbreviations)
    hits = find_hits(
        pages,
        query.text,
        query.example,
        query.variants,
        query.page,
        placed,
        weight,
        query.abbreviations,
        texts,
    )
    searched = [page for page in pages if query.page in (None, page.id)]
    counts = {kind: sum(one.decision.kind == kind for one in placed) for kind in KINDS}
    return SearchResult(
        number=number,
        query=query,
        revision=revision,
        weight=weight,
        hits=tuple(hits),
        searched=tuple(page.id for page in searched),
        decisions={**counts, "undo": decisions.can_undo(key)},
        threshold=round(pages[0].index.threshold(query.text is not None, query.text), 2),
        notice=_notice(query.text, searched),
    )


def _notice(text: str | None, searched: Sequence[OpenPage]) -> Message | None:
    if not text:
        return None
    return unread_notice(text, [page.entry.encoding for page in searched])


def search_again(
    query: SearchQuery,
    last: SearchResult | None,
    pages: Sequence[OpenPage],
    decisions: Decisions,
    texts: Texts | None = None,
) -> SearchResult | None:
    """The next revision of the last result, after something it depends on has changed. A result with an error stays as
    it is."""
    if last is None or last.error:
        return last
    try:
        return search(last.number, query, pages, decisions, last.revision + 1, texts)
    except MarkError as error:
        message = error.message
    except Exception:  # what has changed is changed and must be shown
        _log.exception("searching again failed")
        message = NOT_REPEATED
    return replace(last, query=query, revision=last.revision + 1, hits=(), error=message)
