"""Feature "export": the words or hits of the open pages as one file, whichever indexes they are in.

Reply: {file: path, name, kind: "hits", "words" or "reading", count of these or of lines, pages, bytes}.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mark_core as mark
from mark_core.errors import MarkError
from mark_core.export.extract import Extract, Transcript, WordText, extract_hits, extract_words
from mark_core.export.formats import FORMATS, render
from mark_core.export.reading.content import PageReading
from mark_core.export.reading.formats import READINGS, render_reading
from mark_core.model.alphabet import fold_lenient
from mark_core.ui import requests
from mark_core.ui.collection.decisions import MAX_DECISIONS
from mark_core.ui.collection.edits import read_box
from mark_core.ui.replies import Reply, done
from mark_core.ui.requests import MAX_COUNT, Request
from mark_core.ui.search.hits import TOP
from mark_core.unicode_text import normalized

if TYPE_CHECKING:
    from mark_core.retrieval.indexed import IndexedPage
    from mark_core.transcript.page_text import PageText
    from mark_core.ui.collection.open_page import OpenPage
    from mark_core.ui.collection.word_labels import WordLabels
    from mark_core.ui.search.query import SearchResult
    from mark_core.ui.session.session import Session

MAX_DRAWN = 160_000_000  # pixels of pages drawn into one ZIP of pictures
_NAME_LETTERS = 40
_NAMED = {  # formats in the names of files, whose endings do not tell
    "iiif": "annotations",
    "page": "page-xml",
    "alto": "alto",
    "hocr": "hocr",
    "tei": "tei",
}
_CHANGED = "The hits have changed in the meantime; please look again and repeat it."


@dataclass(frozen=True)
class Selection:
    """What is to be exported.

    format: a key of FORMATS, of READINGS if ``reading``: what the lines of the pages read. hits: ranks of the hits of
    the last search, or None for all words. page: id of the only page, or None for all pages.
    """

    format: str
    hits: tuple[int, ...] | None = None
    page: str | None = None
    reading: bool = False


class OpenPages:
    """Open pages as one collection for `mark_core.export`: in their order, under the ids of the browser."""

    def __init__(self, pages: Sequence[OpenPage]) -> None:
        self._pages = {page.id: page for page in pages}
        self.pages: list[IndexedPage] = [replace(page.entry, id=page.id) for page in pages]

    def readings(self, page_id: str) -> list[str]:
        page = self._pages[page_id]
        return page.index.readings(page.page_id)


def handle(session: Session, request: Request) -> Reply:
    """Write the file. Raises MarkError if there is nothing to export, or if the hits have changed."""
    request.chosen(("export",))
    return done(request, **export(session, request))


def export(session: Session, request: Request) -> dict[str, Any]:
    """The file that was asked for and what is in it."""
    with session.words_lock:
        selection = read_selection(request, session)
        if selection.reading:
            return _export_reading(session, selection)
        texts = session.transcriptions.texts
        transcripts = session.page_texts.all()
        extract = collect(selection, session.pages, session.result, texts, transcripts)
        stem = _stem(extract, selection, session.result)
    check_size(extract, selection.format)
    rendered = render(extract, selection.format)
    name = f"{stem}{rendered.suffix}"
    return {
        "file": session.downloads.write(name, rendered.data),
        "name": name,
        "kind": extract.kind,
        "count": sum(len(page.entries) for page in extract.pages),
        "pages": len(extract.pages),
        "bytes": len(rendered.data),
    }


def _export_reading(session: Session, selection: Selection) -> dict[str, Any]:
    """A file of what the lines of the pages read. Raises MarkError if there are no pages or nothing was read."""
    pages = [page for page in session.pages if selection.page in (None, page.id)]
    readings = [PageReading(page.entry.page, page.index.read(page.page_id)) for page in pages]
    rendered = render_reading(readings, selection.format)
    parts = ["mark", "reading"]
    if selection.page is not None:
        parts.append(slug(Path(pages[0].entry.page.name).stem))
    parts.append(_NAMED.get(selection.format, ""))
    name = "-".join(filter(None, parts)) + rendered.suffix
    return {
        "file": session.downloads.write(name, rendered.data),
        "name": name,
        "kind": "reading",
        "count": sum(len(one.lines) for one in readings),
        "pages": len(readings),
        "bytes": len(rendered.data),
    }


def read_selection(request: Request, session: Session) -> Selection:
    """What a request asks for. Raises MarkError if it makes no sense or if its hits are of another search."""
    reading = bool(request.get("reading")) and requests.flag(request.get("reading"))
    name = requests.choice(request.get("format"), READINGS if reading else FORMATS)
    page = request.get("page")
    page = None if page is None else requests.page_id(page, session)
    if reading:
        return Selection(name, None, page, reading=True)
    if request.get("hits") is None:
        return Selection(name, None, page)
    last = session.result
    if last is None or last.error:
        raise MarkError("There are no hits yet; search for a word first, or take all words.")
    if (request.get("search"), request.get("revision")) != (last.number, last.revision):
        raise MarkError(_CHANGED)
    ranks = requests.whole_numbers(request.get("hits"), 1, MAX_COUNT, at_most=TOP + MAX_DECISIONS)
    return Selection(name, ranks, page)


def collect(
    selection: Selection,
    pages: Sequence[OpenPage],
    result: SearchResult | None,
    texts: WordLabels | None = None,
    transcripts: Mapping[str, PageText] | None = None,
) -> Extract:
    """The selected boxes, of all indexes together. result: the last search. texts: what the visitor has transcribed.
    transcripts: of pages, by page id.

    Raises MarkError if there is nothing to export, or if the hits have changed.
    """
    opened = OpenPages(pages)
    read = {
        (page.id, number): texts[page.id, word.box]
        for page in (opened.pages if texts else ())
        for number, word in enumerate(page.words)
        if texts and (page.id, word.box) in texts
    }
    known = transcripts or {}
    transcript = {
        place: words
        for page in opened.pages
        if page.id in known
        for place, words in _transcript(page, known[page.id])
    }
    if selection.hits is None:
        return extract_words(opened, None if selection.page is None else [selection.page], read, transcript)
    return _hits(opened, selection, result, read, transcript)


def _transcript(page: IndexedPage, text: PageText) -> Iterator[tuple[tuple[str, int], list[WordText]]]:
    """What a text has in the words of its page, with boxes of their own where these differ."""
    for number, places in text.pieces(page.words).items():
        found = []
        for place in places:
            word = None if place is None else text.words[place]
            if word is None:  # of the page, without text
                found.append(WordText(""))
            else:
                own = None if word.box == page.words[number].box else word.box
                found.append(WordText(word.text, None if word.by_hand else word.certainty, own))
        yield (page.id, number), found


def _hits(
    opened: OpenPages,
    selection: Selection,
    result: SearchResult | None,
    read: dict[tuple[str, int], str],
    transcript: Transcript,
) -> Extract:
    by_rank = {hit["rank"]: hit for hit in (result.hits if result else ())}
    if not set(selection.hits or ()) <= set(by_rank):
        raise MarkError(_CHANGED)
    words = {page.id: page.words for page in opened.pages}
    reads: dict[str, list[str]] = {}
    hits, decisions = [], {}
    for number, rank in enumerate(sorted(selection.hits or ()), start=1):  # as they are numbered in the list
        hit = by_rank[rank]
        page, word = hit["page"], hit["word"]
        if selection.page not in (None, page):
            continue
        if page not in words or word >= len(words[page]):
            raise MarkError(_CHANGED)
        if page not in reads:
            reads[page] = opened.readings(page)
        boxes = tuple(map(read_box, hit.get("boxes", [hit["box"]])))
        divided = hit.get("divided", False)
        reading = ("" if divided else " ").join(filter(None, reads[page][word : word + len(boxes)]))
        hits.append(
            mark.Hit(
                page,
                word,
                boxes[0],
                hit["score"],
                number,
                hit["line"],
                reading,
                boxes,
                divided=divided,
            )
        )
        if "decision" in hit:
            decisions[page, word] = hit["decision"]
    return extract_hits(opened, hits, result.query.text if result else None, decisions, read, transcript)


def check_size(extract: Extract, name: str) -> None:
    """Raises MarkError if the pictures of the pages are too large for one file of the format ``name``."""
    pixels = sum(page.page.original_size[0] * page.page.original_size[1] for page in extract.pages)
    if name == "png" and len(extract.pages) > 1 and pixels > MAX_DRAWN:
        raise MarkError(
            "Pictures of {count} pages are too large for one file; take this page alone, or a PDF.",
            count=len(extract.pages),
        )


def _stem(extract: Extract, selection: Selection, result: SearchResult | None) -> str:
    """Such as ``mark-hits-orders`` or ``mark-words-letter_7``."""
    parts = ["mark", extract.kind]
    if selection.hits is not None and result is not None:
        if result.query.text:
            parts.append(slug(result.query.text))
        if result.query.example:
            parts.append("clicked-word")
    if selection.page is not None:
        parts.append(slug(Path(extract.pages[0].page.name).stem))
    parts.append(_NAMED.get(selection.format, ""))
    return "-".join(part for part in parts if part)


def slug(text: str) -> str:
    """``text`` as part of a file name: letters and digits with hyphens between; may be empty."""
    words = re.findall(r"[^\W_]+", normalized("NFC", text))
    return "-".join(filter(None, map(fold_lenient, words)))[:_NAME_LETTERS].strip("-")
