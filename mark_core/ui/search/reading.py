"""Feature "reading": what the line of a word reads, letter by letter: a machine reading.

Reply: {page, word, lines: [{line, words: [{text, certainties, here}]}]}. here: it is part of the word that
was asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.retrieval.query import MAX_TERMS
from mark_core.ui import requests
from mark_core.ui.replies import Reply, done
from mark_core.ui.requests import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mark_core.retrieval.lines.reading import ReadWord
    from mark_core.segmentation.word import Box
    from mark_core.ui.session.session import Session

UNREAD = "MARK could not read the line of this word."
_SHARED = 0.5  # of the smaller box, from which a word that was read is the one that was asked for


def handle(session: Session, request: Request) -> Reply:
    """The reading of the lines of a word or hit. Raises MarkError if there is no such word or its line was not read."""
    request.chosen(("line",))
    return done(request, **read_lines(session, request))


def read_lines(session: Session, request: Request) -> dict[str, Any]:
    """The lines on which ``boxes`` words from ``word`` on stand."""
    with session.words_lock:
        place = requests.word_place(request.fields, session)
        if place is None:
            raise MarkError(requests.INVALID)
        count = requests.whole_number(request.get("boxes"), 1, MAX_TERMS)
        page = session.page(place[0])
        words = page.entry.words[place[1] : place[1] + count]
        lines = page.index.read(page.page_id)
    wanted = {word.line for word in words}
    boxes = [word.box for word in words]
    found = [
        {"line": line.line, "words": [_word(word, boxes) for word in line.words]}
        for line in lines
        if line.line in wanted
    ]
    if not found:
        raise MarkError(UNREAD)
    return {"page": place[0], "word": place[1], "lines": found}


def _word(word: ReadWord, boxes: Sequence[Box]) -> dict[str, Any]:
    return {
        "text": word.text,
        "certainties": [round(value, 2) for value in word.certainties],
        "here": any(_share(word.box, box) >= _SHARED for box in boxes),
    }


def _share(one: Box, other: Box) -> float:
    """How much of the smaller of two boxes is in the other, 0..1."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0, wide) * max(0, high) / max(1, min(one[2] * one[3], other[2] * other[3]))
