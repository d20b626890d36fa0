"""A word that a search has found."""

from __future__ import annotations

from dataclasses import dataclass

from mark_core.segmentation.word import Box


@dataclass(frozen=True)
class Hit:
    """A word that matches. page: its page's id; word: its place in that page's ``words``; box: x, y, w, h in
    page pixels; score: probability 0..1 that it is the word asked for; rank: 1-based; line: 0-based text line;
    reads: what the reading head makes of it ("" if nothing), certainty: how sure it is, 0..1, of the least sure word.
    A phrase is found at its first word; boxes are those of all its words. example_weight: of a typed and a clicked
    word together, how much the clicked one counted, 0..1."""

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
