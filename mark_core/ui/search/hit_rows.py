"""One hit as the browser gets it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, TypedDict

from mark_core.segmentation.word import Box
from mark_core.ui.collection.open_page import OpenPage

IN_A_ROW = 3  # words of a phrase that stand in one row of a snippet


class _OptionalKeys(TypedDict, total=False):
    decision: str  # one of KINDS
    possible: bool  # it stands out among all words, whatever its score
    ink: float  # its probability by the ink alone, where the page has a text
    text: float  # how sure the text of the page is that it stands there
    other: str  # what the text of the page surely has there instead
    boxes: list[list[int]]  # of a phrase, one a word; of what is divided, one a line
    parts: list[list[int]]  # of a phrase: what of each line is shown as a snippet
    divided: bool  # it begins at the end of a line and goes on in the next


class HitRow(_OptionalKeys):
    """One hit for the browser. word, line: numbers on the page; score: probability 0..1; box: x, y, w, h in page pixels
    in which the word was found; reads: the reading of the word where it is certain, else ""."""

    page: str
    word: int
    line: int
    score: float
    box: list[int]
    reads: str
    rank: int


def hit_row(page: OpenPage, word: int, boxes: Sequence[Box], score: float, reads: str = "") -> HitRow:
    """One hit, in the boxes in which its words were found; its rank is not known yet."""
    words = page.entry.words[word : word + len(boxes)]
    row: HitRow = {
        "page": page.id,
        "word": int(word),
        "line": int(words[0].line),
        "score": float(score),
        "box": _ints(boxes[0]),
        "reads": reads,
        "rank": 0,
    }
    if len(words) > 1:
        placed = groupby(zip(words, boxes, strict=True), key=lambda pair: pair[0].line)
        lines = [[box for _, box in line] for _, line in placed]
        row["boxes"] = [_ints(box) for box in boxes]
        row["parts"] = [
            _around(line[start : start + IN_A_ROW])
            for line in lines
            for start in range(0, len(line), IN_A_ROW)
        ]
    return row


def _around(boxes: Sequence[Any]) -> list[int]:
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return _ints((left, top, right - left, bottom - top))


def _ints(box: Sequence[Any]) -> list[int]:
    return [int(side) for side in box]
