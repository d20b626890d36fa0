"""Take away: the words or hits of open pages as one file, whichever indexes they lie in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mark_core as mark
from mark_core.export.extract import Extract, extract_hits, extract_words
from mark_core.export.formats import FORMATS, render
from mark_core.model.alphabet import fold_lenient
from mark_core.ui import browser
from mark_core.ui.decisions import MAX_DECISIONS
from mark_core.ui.hits import TOP

if TYPE_CHECKING:
    from mark_core.retrieval.indexed import IndexedPage
    from mark_core.ui.remarks import Remarks
    from mark_core.ui.session import Session
    from mark_core.ui.sheet import Sheet

MAX_DRAWN = 160_000_000  # pixels of pages drawn into one ZIP of pictures
_NAME_LETTERS = 40
_CHANGED = "The hits have changed in the meantime; please look again and repeat it."


@dataclass(frozen=True)
class Order:
    """What shall be taken away.

    format: a key of FORMATS. hits: ranks of the hits of the last search, or None for all words. sheet: id of the only
    page, or None for all pages.
    """

    format: str
    hits: tuple[int, ...] | None = None
    sheet: str | None = None


class OpenPages:
    """Sheets as one collection for `mark_core.export`: in the order of the screen, under the ids of the sheets."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._sheets = {sheet.id: sheet for sheet in sheets}
        self.pages: list[IndexedPage] = [replace(sheet.entry, id=sheet.id) for sheet in sheets]

    def readings(self, page_id: str) -> list[str]:
        sheet = self._sheets[page_id]
        return sheet.index.readings(sheet.page_id)


def serve(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """The answer to the browser's order: the file and what is in it. Raises MarkError with a sentence."""
    with session.working:
        order = _order(data, session)
        extract = gather(order, session.sheets, session.result, session.answers.texts)
        stem = _stem(extract, order, session.result)
    _check_size(extract, order.format)
    rendered = render(extract, order.format)
    name = f"{stem}{rendered.suffix}"
    return {
        "file": str(session.handouts.write(name, rendered.data)),
        "name": name,
        "kind": extract.kind,
        "count": sum(len(page.entries) for page in extract.pages),
        "pages": len(extract.pages),
        "bytes": len(rendered.data),
    }


def _order(data: dict[str, Any], session: Session) -> Order:
    name = browser.choice(data.get("format"), FORMATS)
    sheet = None if data.get("page") is None else browser.sheet_id(data.get("page"), session)
    if data.get("hits") is None:
        return Order(name, None, sheet)
    last = session.result
    if last is None or last["error"]:
        raise mark.MarkError("There are no hits yet; search for a word first, or take all words.")
    if (data.get("search"), data.get("turn")) != (last["seq"], last["turn"]):
        raise mark.MarkError(_CHANGED)
    ranks = browser.numbers(data["hits"], 1, browser.MAX_COUNT, at_most=TOP + MAX_DECISIONS)
    return Order(name, ranks, sheet)


def gather(
    order: Order, sheets: Sequence[Sheet], result: dict[str, Any] | None, texts: Remarks | None = None
) -> Extract:
    """The boxes that were asked for, of all indexes together. result: the last search as the browser has it.
    texts: what the visitor has read.

    Raises MarkError if there is nothing to take, or if the hits are no longer those that were seen.
    """
    pages = OpenPages(sheets)
    read = {
        (page.id, number): texts[page.id, tuple(word.box)]
        for page in (pages.pages if texts else ())
        for number, word in enumerate(page.words)
        if (page.id, tuple(word.box)) in texts
    }
    if order.hits is None:
        return extract_words(pages, None if order.sheet is None else [order.sheet], read)
    return _hits(pages, order, result, read)


def _hits(
    pages: OpenPages, order: Order, result: dict[str, Any] | None, read: dict[tuple[str, int], str]
) -> Extract:
    by_rank = {hit["rank"]: hit for hit in (result or {}).get("hits", ())}
    if not set(order.hits or ()) <= set(by_rank):
        raise mark.MarkError(_CHANGED)
    words = {page.id: page.words for page in pages.pages}
    reads: dict[str, list[str]] = {}
    hits, decisions = [], {}
    for rank in sorted(order.hits or ()):
        hit = by_rank[rank]
        page, word = hit["page"], hit["word"]
        if order.sheet not in (None, page):
            continue
        if page not in words or word >= len(words[page]):
            raise mark.MarkError(_CHANGED)
        if page not in reads:
            reads[page] = pages.readings(page)
        boxes = tuple(tuple(box) for box in hit.get("boxes", [hit["box"]]))
        reading = " ".join(filter(None, reads[page][word : word + len(boxes)]))
        hits.append(mark.Hit(page, word, boxes[0], hit["score"], rank, hit["line"], reading, boxes))
        if hit.get("judged"):
            decisions[page, word] = hit["judged"]
    return extract_hits(pages, hits, (result or {}).get("text"), decisions, read)


def _check_size(extract: Extract, name: str) -> None:
    pixels = sum(page.page.original_size[0] * page.page.original_size[1] for page in extract.pages)
    if name == "png" and len(extract.pages) > 1 and pixels > MAX_DRAWN:
        raise mark.MarkError(
            f"Pictures of {len(extract.pages)} pages are too large for one file; take this page alone, or a PDF."
        )


def _stem(extract: Extract, order: Order, result: dict[str, Any] | None) -> str:
    """Such as ``mark-hits-orders`` or ``mark-words-letter_7``."""
    parts = ["mark", extract.kind]
    if order.hits is not None and result is not None:
        if result["text"]:
            parts.append(slug(result["text"]))
        if result["example"]:
            parts.append("clicked-word")
    if order.sheet is not None:
        parts.append(slug(Path(extract.pages[0].page.name).stem))
    if order.format in ("iiif", "page", "alto"):
        parts.append({"iiif": "annotations", "page": "page-xml", "alto": "alto"}[order.format])
    return "-".join(part for part in parts if part)


def slug(text: str) -> str:
    """``text`` as part of a file name: letters and digits with hyphens between; may be empty."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text))
    return "-".join(filter(None, map(fold_lenient, words)))[:_NAME_LETTERS].strip("-")
