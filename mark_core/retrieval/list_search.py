"""A list of names or places, every one looked up in one go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mark_core.errors import MarkError

if TYPE_CHECKING:
    from mark_core.retrieval.hit import Hit
    from mark_core.retrieval.index import WordIndex

MAX_TERMS = 500
_FIRST = 100  # hits counted at first; a term that has more is asked for again

Source = tuple[
    "WordIndex", Sequence[str] | None
]  # an index, and the ids of the pages searched in it (None: all)


@dataclass(frozen=True)
class Found:
    """What was found of one term.

    count: words whose probability reaches the threshold. best: the most probable word, above the threshold or not, and
    source, the 0-based place of its index among those that were searched. problem: one sentence if the term cannot be
    searched for; then there is neither.
    """

    term: str
    count: int = 0
    best: Hit | None = None
    source: int = 0
    problem: str = ""


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
) -> list[Found]:
    """Search for every term in all sources; one `Found` a term, in their order.

    threshold: probability 0..1 from which a word is counted. variants: old spellings count as the same. progress: as
    for ``WordIndex.add``; what it raises ends the search.
    """
    report = progress or (lambda step, done: None)
    found = []
    for number, term in enumerate(terms):
        report("Looking up the list", number / len(terms))
        try:
            found.append(_one(sources, term, threshold, variants))
        except MarkError as error:
            found.append(Found(term, problem=str(error)))
    report("Looking up the list", 1.0)
    return found


def _one(sources: Sequence[Source], term: str, threshold: float, variants: bool) -> Found:
    count, best, place = 0, None, 0
    for source, (index, pages) in enumerate(sources):
        hits = index.search(text=term, top=_FIRST, pages=pages, variants=variants)
        if hits and len(hits) == _FIRST and hits[-1].score >= threshold:
            hits = index.search(text=term, top=len(index), pages=pages, variants=variants)
        count += sum(hit.score >= threshold for hit in hits)
        if hits and (best is None or hits[0].score > best.score):
            best, place = hits[0], source
    return Found(term, count, best, place)
