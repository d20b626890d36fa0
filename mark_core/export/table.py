"""Tables: CSV for a spreadsheet and JSON for a program. Boxes are in pixels of the original image."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from mark_core.export.extract import Entry, Extract, ExtractPage
from mark_core.export.geometry import original_box
from mark_core.pages.page import Page
from mark_core.retrieval.list_search import Found

COLUMNS = (
    "page",
    "file",
    "file_page",
    "line",
    "word",
    "x",
    "y",
    "w",
    "h",
    "confidence",
    "direction",
    "reads",
    "text",
)
HIT_COLUMNS = ("rank", "score", "decision", "query")
PHRASE_COLUMN = "boxes"
LOOKUP_COLUMNS = (
    *("term", "hits", "score", "page", "file", "file_page", "line", "word"),
    *("x", "y", "w", "h", "reads", "problem"),
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(extract: Extract) -> bytes:
    """One row a box, hits best first. UTF-8 with a byte order mark, without which Excel takes it for Latin-1.

    page, file_page, line and word are counted from 1. A cell that a spreadsheet would take for a formula begins
    with an apostrophe (OWASP, CSV injection): file names and queries come from others. x, y, w and h are of the first
    word of a hit, ``boxes`` of every word of its phrase.
    """
    hits = extract.kind == "hits"
    out = io.StringIO()
    table = csv.DictWriter(out, (*HIT_COLUMNS, *COLUMNS, PHRASE_COLUMN) if hits else COLUMNS)
    table.writeheader()
    for page, entry in extract.rows():
        row = {"page": page.place, "file": page.page.name, "file_page": page.page.number + 1} | _fields(
            page, entry
        )
        row |= dict(zip(("x", "y", "w", "h"), row.pop("box"), strict=True))
        if hits:
            boxes = "; ".join(" ".join(map(str, box)) for box in _boxes(page, entry))
            row |= _hit_fields(entry) | {"query": extract.query, PHRASE_COLUMN: boxes}
        table.writerow({key: _safe(value) for key, value in row.items()})
    return out.getvalue().encode("utf-8-sig")


def list_search_to_csv(rows: Sequence[tuple[Found, int, Page | None]]) -> bytes:
    """A list of terms, one row a term in their order: see ``retrieval.list_search``. Encoded like `to_csv`.

    Each row: what was found, and of its best word the 1-based place of the page in the collection and the page.
    """
    out = io.StringIO()
    table = csv.DictWriter(out, LOOKUP_COLUMNS, restval="")
    table.writeheader()
    for found, place, page in rows:
        row: dict[str, Any] = {"term": found.term, "hits": found.count, "problem": found.problem}
        if found.best is not None and page is not None:
            box = original_box(found.best.box, page)
            row |= {"score": round(found.best.score, 4), "page": place, "file": page.name}
            row |= {"file_page": page.number + 1, "line": found.best.line + 1, "word": found.best.word + 1}
            row |= dict(zip(("x", "y", "w", "h"), box, strict=True)) | {"reads": found.best.reads}
        table.writerow({key: _safe(value) for key, value in row.items()})
    return out.getvalue().encode("utf-8-sig")


def to_json(extract: Extract) -> bytes:
    """Pages and, in the order of `to_csv`, their boxes with the id of the page. line and word are counted from 1."""
    hits = extract.kind == "hits"
    document = {
        "format": "mark-export",
        "version": 1,
        "created": extract.created.isoformat(),
        "unit": "pixels of the original image",
        **({"query": extract.query} if hits else {}),
        "pages": [
            {
                "id": page.id,
                "page": page.place,
                "file": page.page.name,
                "file_page": page.page.number + 1,
                "sha256": page.page.sha256,
                "width": page.page.original_size[0],
                "height": page.page.original_size[1],
            }
            for page in extract.pages
        ],
        extract.kind: [
            (_hit_fields(entry) if hits else {})
            | {"page_id": page.id}
            | _fields(page, entry)
            | ({"boxes": _boxes(page, entry)} if hits else {})
            for page, entry in extract.rows()
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _fields(page: ExtractPage, entry: Entry) -> dict[str, Any]:
    return {
        "line": entry.word.line + 1,
        "word": entry.number,
        "box": list(original_box(entry.word.box, page.page)),
        "confidence": round(entry.word.confidence, 3),
        "direction": entry.word.direction,
        "reads": entry.reads,
        "text": entry.text,
    }


def _boxes(page: ExtractPage, entry: Entry) -> list[list[int]]:
    """Of every word of a hit; of one that is no phrase its only one."""
    return [list(original_box(one.word.box, page.page)) for one in entry.words]


def _hit_fields(entry: Entry) -> dict[str, Any]:
    return {"rank": entry.rank, "score": round(entry.score, 4), "decision": entry.decision or None}


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        value = value.replace("\0", "")
        return f"'{value}" if value.lstrip(" ").startswith(_FORMULA_STARTS) else value
    return value
