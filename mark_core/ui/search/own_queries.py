"""The searches of a visitor in this session, and what each finds before and after something is learnt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from mark_core.errors import MarkError
from mark_core.ui.collection.decisions import Decisions, QueryKey
from mark_core.ui.collection.open_page import OpenPage
from mark_core.ui.search.query import SearchQuery, SearchResult, search

KEPT = 12  # searches, the last ones
_ALIKE = 0.02  # share of the expected hits by which before and after may differ and be as good as each other


@dataclass(frozen=True)
class OwnQuery:
    """A query, and what it is called by: a clicked word by its box, because numbers change when boxes are edited."""

    key: QueryKey
    query: SearchQuery

    def now(self, pages: Sequence[OpenPage]) -> SearchQuery | None:
        """The query with the number that its clicked word has now; None if that word is not open any more."""
        if self.key.example is None:
            return self.query
        page_id, box = self.key.example
        for page in pages:
            if page.id == page_id:
                numbers = (number for number, word in enumerate(page.entry.words) if tuple(word.box) == box)
                number = next(numbers, None)
                return None if number is None else replace(self.query, example=(page_id, number))
        return None


@dataclass(frozen=True)
class Found:
    """What a query finds. hits: how many are highlighted. first: probability of the first, 0..1. expected: of the
    highlighted hits, how many are right to go by their probabilities; of none, the probability of the first."""

    hits: int
    first: float
    expected: float

    @classmethod
    def of(cls, result: SearchResult) -> Found:
        scores = sorted((hit["score"] for hit in result.hits), reverse=True)
        lit = [score for score in scores if score >= (result.threshold or 0.0)]
        return cls(len(lit), scores[0] if scores else 0.0, sum(lit or scores[:1]))


class OwnQueries:
    """The last distinct searches of a session that could be answered, the latest last."""

    def __init__(self) -> None:
        self._queries: dict[QueryKey, OwnQuery] = {}

    def add(self, query: SearchQuery, pages: Sequence[OpenPage]) -> None:
        """The same words searched for in another way take the place of the earlier search."""
        key = query.key(pages)
        queries = {known: own for known, own in self._queries.items() if known != key}
        queries[key] = OwnQuery(key, query)
        self._queries = dict(list(queries.items())[-KEPT:])

    def clear(self) -> None:
        self._queries = {}

    def found(self, pages: Sequence[OpenPage]) -> dict[QueryKey, Found]:
        """What each finds on these pages now, without the decisions about its hits."""
        found = {}
        for key, own in list(self._queries.items()):
            query = own.now(pages)
            try:
                if query is not None:
                    found[key] = Found.of(search(0, query, pages, Decisions()))
            except MarkError:  # the one page that was searched is closed
                continue
        return found


@dataclass(frozen=True)
class Comparison:
    """The searches that could be made before and after."""

    before: dict[QueryKey, Found]
    after: dict[QueryKey, Found]

    @property
    def keys(self) -> list[QueryKey]:
        return [key for key in self.before if key in self.after]

    @property
    def expected(self) -> tuple[float, float]:
        """Right hits to be expected in all of them, before and after: what the two are judged by."""
        return (
            sum(self.before[key].expected for key in self.keys),
            sum(self.after[key].expected for key in self.keys),
        )

    @property
    def worse(self) -> bool:
        before, after = self.expected
        return after < (1 - _ALIKE) * before

    def to_view(self) -> dict[str, Any]:
        """{rows: [{text, example, hits, first}], expected}; pairs are before and after."""
        rows = [
            {
                "text": key.text,
                "example": key.example is not None,
                "hits": (self.before[key].hits, self.after[key].hits),
                "first": (self.before[key].first, self.after[key].first),
            }
            for key in self.keys
        ]
        return {"rows": rows, "expected": tuple(round(value, 1) for value in self.expected)}
