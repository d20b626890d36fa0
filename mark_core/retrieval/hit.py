"""A word that a search has found."""

from __future__ import annotations

from dataclasses import dataclass

from mark_core.segmentation.word import Box


@dataclass(frozen=True)
class Hit:
    """A word or phrase that matches a query.

    page: id of its page. word: 0-based number of its first word on that page. box: x, y, w, h of the first word, page
    pixels. score: calibrated probability, 0..1. rank: 1-based. line: 0-based text line. reads: text of the reading
    head, "" for none. boxes: of all words of a phrase, or of both parts of what is divided. certainty: 0..1, confidence
    of the reading head, the lowest of all words. example_weight: 0..1, weight of the example in a composed query, else
    None. divided: it begins at the end of a line, with ``word``, and goes on in the next, with the word behind that.
    """

    page: str
    word: int
    box: Box
    score: float
    rank: int
    line: int
    reads: str = ""
    boxes: tuple[Box, ...] = ()
    certainty: float = 0.0
    example_weight: float | None = None
    divided: bool = False
