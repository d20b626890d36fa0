"""Why this match? The evidence for one hit of the last search, as the browser says and draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from mark_core.errors import MarkError
from mark_core.ui import browser
from mark_core.ui.hits import asked_of, on_desk
from mark_core.ui.judging import NO_HIT

if TYPE_CHECKING:
    from mark_core.retrieval.evidence import LetterPlace
    from mark_core.retrieval.explanation import Explanation
    from mark_core.segmentation.word import Box, Word
    from mark_core.ui.session import Session

STALE = "Another search was made in the meantime; please open its hits instead."
SURE, UNSURE = 0.8, 0.3  # certainty from which a letter counts as found, and as uncertain
ALIKE = 0.5  # likeness from which a column counts as like the clicked word


def serve(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """The evidence for a hit of the last search. Raises MarkError with a sentence."""
    with session.working:
        search = browser.number(data.get("search"), 0, browser.MAX_COUNT)
        question, result = session.question, session.result
        if question is None or result is None or result["error"] or result["seq"] != search:
            raise MarkError(STALE)
        place = browser.example(data, session)
        hit = next((hit for hit in result["hits"] if (hit["page"], hit["word"]) == place), None)
        if hit is None:
            raise MarkError(NO_HIT)
        sheets = session.sheets
        sheet = session.sheet(hit["page"])
        judged = on_desk(session.decisions.of(question.topic(sheets)), sheets)
        others = {id(other.index): other.index for other in sheets if other.index is not sheet.index}
        beside = [
            index.measures(
                question.text, asked_of(index, sheets, question.example, ())["example"], question.variants
            )
            for index in others.values()
        ]
        told = sheet.index.explain(
            (sheet.page_id, hit["word"]),
            beside=beside,
            text=question.text,
            variants=question.variants,
            example_weight=result["weight"],
            **asked_of(sheet.index, sheets, question.example, judged),
        )
        words = sheet.entry.words
        clicked = (
            session.sheet(question.example[0]).entry.words[question.example[1]] if question.example else None
        )
    return {
        "hit": hit,
        "clicked": None if clicked is None else _drawn(clicked.box, clicked),
        "words": [
            {
                **_drawn(one.box, words[one.number]),
                "reads": one.reads,
                "letters": [_letter(letter) for letter in one.letters],
            }
            for one in told.words
        ],
        "likeness": _rounded(told.likeness),
        "clicked_likeness": _rounded(told.example_likeness),
        "facts": facts(told, question.text),
        "grounds": [asdict(ground) for ground in told.grounds],
    }


def level(certainty: float) -> str:
    """sure, unsure or absent."""
    return "sure" if certainty >= SURE else "unsure" if certainty >= UNSURE else "absent"


def facts(told: Explanation, text: str | None) -> list[dict[str, Any]]:
    """What was found, each for one sentence of the browser's."""
    found: list[dict[str, Any]] = []
    letters = [letter for word in told.words for letter in word.letters]
    if letters:
        found += _of_letters(letters)
    elif text:
        found.append({"kind": "shape"})
    if len(told.likeness):
        found.append(_of_likeness(told.likeness))
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
