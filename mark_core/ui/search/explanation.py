"""Feature "explanation": the evidence for one hit of the last search, as the browser words and draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from mark_core.errors import MarkError
from mark_core.ui import requests
from mark_core.ui.replies import Reply, done
from mark_core.ui.requests import MAX_COUNT, Request
from mark_core.ui.search.hit_rows import HitRow
from mark_core.ui.search.hits import place_decisions, query_arguments
from mark_core.ui.search.query import NO_HIT, SearchQuery

if TYPE_CHECKING:
    from mark_core.retrieval.explanation.explanation import Explanation
    from mark_core.retrieval.explanation.letter_evidence import LetterPlace
    from mark_core.segmentation.word import Box, Word
    from mark_core.ui.session.session import Session

STALE = "Another search was made in the meantime; please open its hits instead."
SURE, UNSURE = 0.8, 0.3  # certainty from which a letter counts as found, and as uncertain
ALIKE = 0.5  # likeness from which a column counts as like the clicked word


def handle(session: Session, request: Request) -> Reply:
    """The evidence for a hit of the last search. Raises MarkError when it is no hit of the last search any more."""
    request.chosen(("explain",))
    return done(request, **explain_hit(session, request))


def explain_hit(session: Session, request: Request) -> dict[str, Any]:
    """hit: as in the result. clicked: box of the clicked word. words: of the hit, with their letters. likeness,
    clicked_likeness: 0..1 by column of the first word and the clicked one. facts, grounds: for sentences."""
    with session.words_lock:
        search = requests.whole_number(request.get("search"), 0, MAX_COUNT)
        query, result = session.query, session.result
        if query is None or result is None or result.error or result.number != search:
            raise MarkError(STALE)
        hit = result.hit(requests.word_place(request.fields, session))
        if hit is None:
            raise MarkError(NO_HIT)
        explanation = _explain(session, query, hit, result.weight)
        words = session.page(hit["page"]).entry.words
        clicked = session.page(query.example[0]).entry.words[query.example[1]] if query.example else None
    return {
        "hit": hit,
        "clicked": None if clicked is None else _drawn(clicked.box, clicked),
        "words": [
            {
                **_drawn(one.box, words[one.number]),
                "reads": one.reads,
                "letters": [_letter(letter) for letter in one.letters],
            }
            for one in explanation.words
        ],
        "likeness": _rounded(explanation.likeness),
        "clicked_likeness": _rounded(explanation.example_likeness),
        "facts": facts(explanation, query.text),
        "grounds": [asdict(ground) for ground in explanation.grounds],
    }


def _explain(session: Session, query: SearchQuery, hit: HitRow, weight: float | None) -> Explanation:
    """The library's explanation, with the words of all open pages to compare the hit with."""
    pages = session.pages
    page = session.page(hit["page"])
    placed = place_decisions(session.decisions.of(query.key(pages)), pages)
    others = {id(other.index): other.index for other in pages if other.index is not page.index}
    beside = [
        index.measures(
            query.text,
            query_arguments(index, pages, query.example, ())["example"],
            query.variants,
            query.abbreviations,
        )
        for index in others.values()
    ]
    return page.index.explain(
        (page.page_id, hit["word"]),
        beside=beside,
        text=query.text,
        variants=query.variants,
        abbreviations=query.abbreviations,
        example_weight=weight,
        **query_arguments(page.index, pages, query.example, placed),
    )


def level(certainty: float) -> str:
    """sure, unsure or absent."""
    return "sure" if certainty >= SURE else "unsure" if certainty >= UNSURE else "absent"


def facts(explanation: Explanation, text: str | None) -> list[dict[str, Any]]:
    """What was found, one entry for each sentence of the browser's."""
    found: list[dict[str, Any]] = []
    letters = [letter for word in explanation.words for letter in word.letters]
    if letters:
        found += _of_letters(letters)
    elif text:
        found.append({"kind": "shape"})
    if len(explanation.likeness):
        found.append(_of_likeness(explanation.likeness))
    return found


def _of_letters(letters: Sequence[LetterPlace]) -> list[dict[str, Any]]:
    by_level = {
        kind: [{"letter": one.letter, "reads": one.reads} for one in letters if level(one.certainty) == kind]
        for kind in ("sure", "unsure", "absent")
    }
    if len(by_level["sure"]) == len(letters):
        return [{"kind": "all", "count": len(letters)}]
    return [{"kind": kind, "letters": those} for kind, those in by_level.items() if those]


def _of_likeness(likeness: np.ndarray) -> dict[str, Any]:
    """share: of the columns that are like the clicked word, 0..1. least: where it is least alike."""
    share = float((likeness >= ALIKE).mean())
    if share > 0.95:
        return {"kind": "alike", "share": 1.0}
    least = (float(likeness.argmin()) + 0.5) / len(likeness)
    where = "beginning" if least < 1 / 3 else "middle" if least < 2 / 3 else "end"
    return {"kind": "alike", "share": share, "least": where}


def _letter(one: LetterPlace) -> dict[str, Any]:
    return {
        "letter": one.letter,
        "reads": one.reads,
        "certainty": round(one.certainty, 3),
        "level": level(one.certainty),
        "start": round(one.start, 4),
        "end": round(one.end, 4),
    }


def _drawn(box: Box, word: Word) -> dict[str, Any]:
    return {"box": [int(side) for side in box], "turned": word.direction == "ttb"}


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 3) for value in values]
