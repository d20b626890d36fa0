"""Tables as CSV and JSON. Boxes are in pixels of the original image."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from mark_core.export.extract import Entry, Extract, ExtractPage
from mark_core.export.geometry import original_box, original_part
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
CERTAINTY_COLUMN = "text_certainty"  # where there is a transcript
LOOKUP_COLUMNS = (
    *("term", "hits", "score", "page", "file", "file_page", "line", "word"),
    *("x", "y", "w", "h", "reads", "problem"),
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(extract: Extract) -> bytes:
    """Write one row per box, best hits first, in UTF-8 with a byte order mark, which Excel needs.

    page, file_page, line and word are 1-based. Cells that a spreadsheet would take for a formula begin with an
    apostrophe (OWASP, CSV injection). x, y, w and h are those of the first word of a hit, ``boxes`` those of all words
    of a phrase. ``text_certainty`` is there where words have the text of a transcript.
    """
    hits = extract.kind == "hits"
    out = io.StringIO()
    columns = (*HIT_COLUMNS, *COLUMNS, PHRASE_COLUMN) if hits else COLUMNS
    if any(one.certainty is not None for _, entry in extract.rows() for one in entry.words):
        columns = (*columns, CERTAINTY_COLUMN)
    table = csv.DictWriter(out, columns)
    table.writeheader()
    for page, entry in extract.rows():
        row: dict[str, Any] = {
            "page": page.place,
            "file": page.page.name,
            "file_page": page.page.number + 1,
        } | _fields(page, entry)
        row |= dict(zip(("x", "y", "w", "h"), row.pop("box"), strict=True))
        if hits:
            boxes = "; ".join(" ".join(map(str, box)) for box in _boxes(page, entry))
            row |= _hit_fields(entry) | {"query": extract.query, PHRASE_COLUMN: boxes}
        table.writerow({key: _safe(value) for key, value in row.items()})
    return out.getvalue().encode("utf-8-sig")


def list_search_to_csv(rows: Sequence[tuple[Found, int, Page | None]]) -> bytes:
    """Write one row per term, see ``retrieval.list_search``. Encoded as `to_csv`.

    rows: result of each term, and of its best hit the 1-based position of the page in the collection and the page.
    """
    out = io.StringIO()
    table = csv.DictWriter(out, LOOKUP_COLUMNS, restval="")
    table.writeheader()
    for found, place, page in rows:
        row: dict[str, Any] = {"term": found.term, "hits": found.count, "problem": str(found.problem or "")}
        if found.best is not None and page is not None:
            box = original_box(found.best.box, page)
            row |= {"score": round(found.best.score, 4), "page": place, "file": page.name}
            row |= {"file_page": page.number + 1, "line": found.best.line + 1, "word": found.best.word + 1}
            row |= dict(zip(("x", "y", "w", "h"), box, strict=True)) | {"reads": found.best.reads}
        table.writerow({key: _safe(value) for key, value in row.items()})
    return out.getvalue().encode("utf-8-sig")


def to_json(extract: Extract) -> bytes:
    """Write pages, and boxes with page ids in the order of `to_csv`. line and word are 1-based."""
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
                **({"turn": page.page.turn} if page.page.turn else {}),
                **({"part": list(original_part(page.page))} if page.page.part else {}),
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
        **_text_fields(entry),
    }


def _text_fields(entry: Entry) -> dict[str, Any]:
    """The text of all words of a hit, and its certainty if a transcript has it."""
    known = [one.certainty for one in entry.words if one.certainty is not None]
    text = " ".join(one.text for one in entry.words if one.text) if known else entry.text
    return {"text": text, **({CERTAINTY_COLUMN: round(min(known), 3)} if known else {})}


def _boxes(page: ExtractPage, entry: Entry) -> list[list[int]]:
    """Boxes of all words of a hit."""
    return [list(original_box(one.word.box, page.page)) for one in entry.words]


def _hit_fields(entry: Entry) -> dict[str, Any]:
    return {"rank": entry.rank, "score": round(entry.score or 0.0, 4), "decision": entry.decision or None}


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        value = value.replace("\0", "")
        return f"'{value}" if value.lstrip(" ").startswith(_FORMULA_STARTS) else value
    return value
