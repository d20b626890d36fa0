"""Why this match? The evidence for one hit of the last search, in plain words and as the browser draws it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mark_core.errors import MarkError
from mark_core.ui import browser
from mark_core.ui.hits import asked_of, on_desk
from mark_core.ui.judging import NO_HIT

if TYPE_CHECKING:
    from mark_core.retrieval.evidence import LetterPlace
    from mark_core.retrieval.why import Explanation, Ground
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
        told = sheet.index.explain(
            (sheet.page_id, hit["word"]),
            text=question.text,
            variants=question.variants,
            lam=result["weight"],
            **asked_of(sheet.index, sheets, question.example, judged),
        )
        words = sheet.entry.words
        clicked = (
            session.sheet(question.example[0]).entry.words[question.example[1]] if question.example else None
        )
    return {
        "hit": hit,
        "clicked": None if clicked is None else _drawn(clicked),
        "words": [
            {
                **_drawn(words[one.number]),
                "reads": one.reads,
                "letters": [_letter(letter) for letter in one.letters],
            }
            for one in told.words
        ],
        "likeness": _rounded(told.likeness),
        "clicked_likeness": _rounded(told.example_likeness),
        "said": sentences(told, question.text),
        "grounds": [ground_text(ground) for ground in told.grounds],
    }


def level(certainty: float) -> str:
    """sure, unsure or absent."""
    return "sure" if certainty >= SURE else "unsure" if certainty >= UNSURE else "absent"


def sentences(told: Explanation, text: str | None) -> list[str]:
    """What was found, one sentence each."""
    said = []
    letters = [letter for word in told.words for letter in word.letters]
    if letters:
        said += _of_letters(letters)
    elif text:
        said.append(
            "MARK could not tell the letters of this word apart; it goes by the look of the whole word."
        )
    if len(told.likeness):
        said.append(_of_likeness(told.likeness))
    return said


def _of_letters(letters: Sequence[LetterPlace]) -> list[str]:
    sure, unsure, absent = (
        [one for one in letters if level(one.certainty) == kind] for kind in ("sure", "unsure", "absent")
    )
    if len(sure) == len(letters):
        return [
            f"All {len(letters)} letters were found, in order."
            if len(letters) > 1
            else "The letter was found."
        ]
    said = []
    if sure:
        found = " ".join(_name(one) for one in sure)
        said.append(f"Found in order: {found}.")
    if unsure:
        said.append(f"Uncertain: {', '.join(_with_doubt(one) for one in unsure)}.")
    if absent:
        said.append(f"Not found: {', '.join(_with_doubt(one) for one in absent)}.")
    return said


def _name(one: LetterPlace) -> str:
    return one.reads if one.letter == "?" else one.letter


def _with_doubt(one: LetterPlace) -> str:
    asked = "any letter" if one.letter == "?" else one.letter
    if one.reads == one.letter or (one.letter == "?" and one.reads):
        return asked
    return f"{asked} (looks more like {one.reads})" if one.reads else f"{asked} (no letter seen there)"


def _of_likeness(likeness: np.ndarray) -> str:
    share = float((likeness >= ALIKE).mean())
    if share > 0.95:
        return "It looks like the clicked word along its whole length."
    least = (float(likeness.argmin()) + 0.5) / len(likeness)
    where = "at its beginning" if least < 1 / 3 else "in its middle" if least < 2 / 3 else "at its end"
    return f"It looks like the clicked word along {share:.0%} of its length; least {where}."


_GROUNDS = {
    "letters": "the letters as they were read",
    "look": "the look of the whole word",
    "clicked": "likeness to the clicked word",
}


def ground_text(ground: Ground) -> str:
    """One thing the score rests on, as a line of a list."""
    if ground.kind == "confirmed":
        return f"Likeness to a word you confirmed: {_percent(ground.probability)}"
    if ground.kind == "rejected":
        return f"Counted down for likeness to a word you rejected: {_percent(ground.probability)}"
    place = "best" if ground.rank == 1 else f"number {ground.rank}"
    return f"By {_GROUNDS[ground.kind]}: {place} of {ground.of} words"


def _percent(share: float | None) -> str:
    return f"{share or 0:.0%}"


def _letter(one: LetterPlace) -> dict[str, Any]:
    return {
        "letter": one.letter,
        "reads": one.reads,
        "certainty": round(one.certainty, 3),
        "level": level(one.certainty),
        "start": round(one.start, 4),
        "end": round(one.end, 4),
    }


def _drawn(word: Any) -> dict[str, Any]:
    return {"box": [int(side) for side in word.box], "turned": word.direction == "ttb"}


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 3) for value in values]
