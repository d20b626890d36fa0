"""Hits over several sheets, each searched in the index that answers for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import mark_core as mark
from mark_core.segmentation.word import Box
from mark_core.ui.decisions import KINDS, Decision
from mark_core.ui.sheet import Sheet

TOP = 200  # hits sent to the browser beside the judged ones; it cuts them by threshold and number
SURE = (
    0.9  # certainty from which a reading is shown: of those 96 % were right on rendered letters, 87 % on gw
)
IN_A_ROW = 3  # words of a phrase that stand in one row of a snippet
Example = tuple[str, int]  # sheet and word


@dataclass(frozen=True)
class Judged:
    """A decision whose page is open and has its box: there it is word number ``word``."""

    decision: Decision
    sheet: Sheet
    word: int

    @property
    def words(self) -> range:
        return range(self.word, min(self.word + self.decision.span, len(self.sheet.entry.words)))

    @property
    def boxes(self) -> list[Box]:
        """Those that the words of the hit were found in."""
        first, *others = (self.sheet.entry.words[word].box for word in self.words)
        return [self.decision.elsewhere or first, *others]

    def reference(self, index: Any) -> Any:
        """The hit as an index takes it: by number at home, elsewhere as the crops of its words."""
        if self.sheet.index is index:
            return self.sheet.page_id, self.word
        return [self.sheet.crop(word) for word in self.words]


def on_desk(decisions: Iterable[Decision], sheets: Sequence[Sheet]) -> list[Judged]:
    """The decisions that count now, in their order."""
    here = {sheet.id: sheet for sheet in sheets}
    numbers: dict[str, dict[Any, int]] = {}
    judged = []
    for one in decisions:
        sheet = here.get(one.page)
        if sheet is None:
            continue
        if one.page not in numbers:
            numbers[one.page] = {tuple(word.box): number for number, word in enumerate(sheet.entry.words)}
        word = numbers[one.page].get(one.box)
        if word is not None:
            judged.append(Judged(one, sheet, word))
    return judged


def asked_of(
    index: Any, sheets: Sequence[Sheet], example: Example | None, judged: Sequence[Judged]
) -> dict[str, Any]:
    """The clicked word and the decisions as an index takes them: by number at home, elsewhere as crops."""
    query: Any = None
    if example is not None:
        source = next(sheet for sheet in sheets if sheet.id == example[0])
        query = (source.page_id, example[1]) if source.index is index else source.crop(example[1])
    decided = {kind: [one.reference(index) for one in judged if one.decision.kind == kind] for kind in KINDS}
    return {"example": query, **decided}


def learnt_weight(
    sheets: Sequence[Sheet], text: str | None, example: Example | None, variants: bool = False
) -> float | None:
    """How much the clicked word is to count, 0..1, as the index it lies in has learnt; None unless a word is typed as
    well. One weight for all sheets, so that their hits compare."""
    source = next((sheet for sheet in sheets if example and sheet.id == example[0]), None)
    if text is None or source is None:
        return None
    return source.index.weight(text, (source.page_id, example[1]), variants)


def find_hits(
    sheets: Sequence[Sheet],
    text: str | None,
    example: Example | None,
    variants: bool = False,
    only: str | None = None,
    judged: Sequence[Judged] = (),
    example_weight: float | None = None,
) -> list[dict[str, Any]]:
    """Hits as the browser gets them, best first, judged ones where they were judged.

    only: the one sheet that is searched (default: all). judged: decisions about hits of this search, on any sheet.
    example_weight: how much the clicked word counts beside the typed one, 0..1; None: as much as was learnt.
    """
    if not sheets:
        raise mark.MarkError("Add a page or open a sample first.")
    source = next((sheet for sheet in sheets if example and sheet.id == example[0]), None)
    if example and source is None:
        raise mark.MarkError("The page of the clicked word is closed; please click another word.")
    searched = [sheet for sheet in sheets if only in (None, sheet.id)]
    found = []
    for index in {id(sheet.index): sheet.index for sheet in searched}.values():
        here = {sheet.page_id: sheet for sheet in searched if sheet.index is index}
        query = asked_of(index, sheets, example, judged)
        if example_weight is not None:
            query["example_weight"] = example_weight
        hits = index.search(text=text, top=TOP + len(judged), pages=list(here), variants=variants, **query)
        for hit in hits:
            reads = hit.reads if hit.certainty >= SURE else ""
            found.append(_row(here[hit.page], hit.word, hit.boxes, hit.score, reads))
    return _arranged(found, [one for one in judged if only in (None, one.sheet.id)], only)


def _arranged(
    found: list[dict[str, Any]], judged: Sequence[Judged], only: str | None
) -> list[dict[str, Any]]:
    """Best first, but judged hits keep the place they had in a list of the same pages, in others their score."""
    known = {(row["page"], row["word"]): row for row in found}
    places = {(one.sheet.id, one.word): one for one in judged}
    rows = sorted(
        (row for place, row in known.items() if place not in places), key=lambda row: -row["score"]
    )[:TOP]
    pinned = []
    for place, one in places.items():
        row = known.get(place) or _row(one.sheet, one.word, one.boxes, 0.0)
        row = {**row, "score": one.decision.score, "judged": one.decision.kind}
        if one.decision.only == only:
            pinned.append((one.decision.rank, row))
        else:
            rows.append(row)
    rows.sort(key=lambda row: -row["score"])
    for rank, row in sorted(pinned, key=lambda pin: pin[0]):
        rows.insert(rank - 1, row)
    # rounded last: on a hard page all the best scores are small, and their order still counts
    return [{**row, "score": _rounded(row["score"]), "rank": rank} for rank, row in enumerate(rows, start=1)]


def _rounded(score: float) -> float:
    return round(min(1.0, max(0.0, score)), 4)


def _row(sheet: Sheet, word: int, boxes: Sequence[Box], score: float, reads: str = "") -> dict[str, Any]:
    """One hit for the browser, in the boxes in which its words were found. Of a phrase also what of each line is shown
    as snippet."""
    words = sheet.entry.words[word : word + len(boxes)]
    row = {
        "page": sheet.id,
        "word": int(word),
        "line": int(words[0].line),
        "score": float(score),
        "box": _ints(boxes[0]),
        "reads": reads,
        "judged": None,
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
