"""Hits over several sheets, each searched in the index that answers for it."""

from __future__ import annotations

from typing import Any

import mark_core as mark
from mark_core.ui.sheet import Sheet

TOP = 200  # hits sent to the browser, which cuts them by threshold and number


def find_hits(sheets: list[Sheet], text: str | None, example: tuple[str, int] | None) -> list[dict[str, Any]]:
    """Hits on all sheets, best first, as the browser gets them. ``example``: sheet and word."""
    if not sheets:
        raise mark.MarkError("Add a page or open a sample first.")
    source = next((sheet for sheet in sheets if example and sheet.id == example[0]), None)
    if example and source is None:
        raise mark.MarkError("The page of the clicked word is closed; please click another word.")
    found: list[tuple[float, Sheet, Any]] = []
    for index in {id(sheet.index): sheet.index for sheet in sheets}.values():
        here = {sheet.page_id: sheet for sheet in sheets if sheet.index is index}
        query: Any = None
        if source is not None and example is not None:
            query = (source.page_id, example[1]) if source.index is index else source.crop(example[1])
        for hit in index.search(text=text, example=query, top=TOP):
            if hit.page in here:
                found.append((float(hit.score), here[hit.page], hit))
    found.sort(key=lambda item: -item[0])
    return [
        {
            "rank": rank,
            "page": sheet.id,
            "word": int(hit.word),
            "line": int(hit.line),
            "score": round(min(1.0, max(0.0, score)), 4),
            "box": [int(value) for value in hit.box],
        }
        for rank, (score, sheet, hit) in enumerate(found[:TOP], start=1)
    ]
