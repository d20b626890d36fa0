"""Search for every term of a list, such as names or places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.message import Message

if TYPE_CHECKING:
    from mark_core.retrieval.hit import Hit
    from mark_core.retrieval.index import WordIndex

MAX_TERMS = 500
_FIRST = 100  # hits of the first search; a term with more is searched again

Source = tuple[
    "WordIndex", Sequence[str] | None
]  # an index, and the ids of the pages searched in it (None: all)


@dataclass(frozen=True)
class Found:
    """Result for one term.

    count: number of words whose probability reaches the threshold. best: the most probable word, above the threshold or
    not. source: 0-based position of its index in ``sources``. problem: why the term cannot be searched for.
    """

    term: str
    count: int = 0
    best: Hit | None = None
    source: int = 0
    problem: Message | None = None


def read_terms(text: str) -> list[str]:
    """One term a line, in their order; empty lines and repetitions are left out.

    Raises MarkError if there is none, or if there are more than MAX_TERMS.
    """
    lines = (" ".join(line.split()) for line in text.removeprefix("\ufeff").splitlines())
    terms = [term for term in dict.fromkeys(lines) if term]
    if not terms:
        raise MarkError("The list is empty; write one word or name a line.")
    if len(terms) > MAX_TERMS:
        raise MarkError(
            "A list may have at most {limit} lines; this one has {count}.", limit=MAX_TERMS, count=len(terms)
        )
    return terms


def search_list(
    sources: Sequence[Source],
    terms: Sequence[str],
    threshold: float = 0.5,
    variants: bool = False,
    progress: Callable[[str, float], None] | None = None,
    abbreviations: str | None = None,
) -> list[Found]:
    """Search for every term in all sources. Returns one `Found` per term, in their order.

    threshold: probability 0..1 from which a word is counted. variants: spelling variants match as well. progress: as
    for ``WordIndex.add``; an exception from it ends the search. abbreviations: as for ``WordIndex.search``.
    """
    report = progress or (lambda step, done: None)
    options: dict[str, Any] = {"variants": variants}
    if abbreviations:
        options["abbreviations"] = abbreviations
    found = []
    for number, term in enumerate(terms):
        report("Looking up the list", number / len(terms))
        try:
            found.append(_one(sources, term, threshold, options))
        except MarkError as error:
            found.append(Found(term, problem=error.message))
    report("Looking up the list", 1.0)
    return found


def _one(sources: Sequence[Source], term: str, threshold: float, options: dict[str, Any]) -> Found:
    count, best, place = 0, None, 0
    for source, (index, pages) in enumerate(sources):
        hits = index.search(text=term, top=_FIRST, pages=pages, **options)
        if hits and len(hits) == _FIRST and hits[-1].score >= threshold:
            hits = index.search(text=term, top=len(index), pages=pages, **options)
        count += sum(hit.score >= threshold for hit in hits)
        if hits and (best is None or hits[0].score > best.score):
            best, place = hits[0], source
    return Found(term, count, best, place)
