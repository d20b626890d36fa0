"""TEI P5: the text of pages by lines and words, each with its zone on the facsimile, in pixels of the original."""

from __future__ import annotations

from typing import Any

from lxml import etree

from mark_core.export.extract import Entry, Extract, ExtractPage
from mark_core.export.geometry import bounding_box, original_box
from mark_core.export.markup import child, to_bytes, written_text
from mark_core.segmentation.word import Box

NAMESPACE = "http://www.tei-c.org/ns/1.0"
_DEFAULT: Any = {None: NAMESPACE}  # no prefix, which the types of lxml do not know
_ID = "{http://www.w3.org/XML/1998/namespace}id"


def to_tei(extract: Extract) -> bytes:
    """Write all pages into one file: a surface with zones for each, and its text with ``lb`` and ``w``.

    A word is written where its text is known, see `markup.written_text`; ``cert`` is the certainty of a transcript, or
    the probability of a hit. Every box has a zone.
    """
    root = etree.Element(f"{{{NAMESPACE}}}TEI", nsmap=_DEFAULT)
    _header(root, extract)
    facsimile = child(root, "facsimile")
    body = child(child(root, "text"), "body")
    for sheet in extract.pages:
        _page(facsimile, body, extract, sheet)
    return to_bytes(root)


def _header(root: etree._Element, extract: Extract) -> None:
    described = child(child(root, "teiHeader"), "fileDesc")
    names = ", ".join(dict.fromkeys(sheet.page.name for sheet in extract.pages))
    child(child(described, "titleStmt"), "title", names)
    published = child(described, "publicationStmt")
    child(published, "p", f"Written by MARK, {extract.created.isoformat()}")
    child(child(described, "sourceDesc"), "p", names)


def _page(facsimile: etree._Element, body: etree._Element, extract: Extract, sheet: ExtractPage) -> None:
    name, (width, height) = f"page{sheet.place}", sheet.page.original_size
    surface = child(facsimile, "surface", **_corners((0, 0, width, height)))
    surface.set(_ID, name)
    child(surface, "graphic", url=sheet.page.name, width=f"{width}px", height=f"{height}px")
    text = child(body, "ab")
    child(text, "pb", n=sheet.place, facs=f"#{name}").tail = "\n"
    for number, line in enumerate(sheet.lines(), start=1):
        boxes = [original_box(entry.word.box, sheet.page) for entry in line]
        zone = _zone(surface, f"{name}-line{number}", "line", bounding_box(boxes))
        child(text, "lb", n=number, facs=f"#{name}-line{number}")
        words = []
        for entry, box in zip(line, boxes, strict=True):
            known = f"{name}-word{entry.key}" + (f"-rank{entry.rank}" if entry.rank else "")
            _zone(zone, known, "word", box)
            written = written_text(entry, extract.typed(entry))
            if written:
                words.append(child(text, "w", written, facs=f"#{known}", cert=_certainty(entry)))
        for word in words:
            word.tail = " "
        text[-1].tail = "\n"


def _certainty(entry: Entry) -> str | None:
    """Of the text; None for what a person has read."""
    if entry.text:
        return None if entry.certainty is None else f"{entry.certainty:.4f}"
    return f"{entry.score:.4f}"


def _zone(parent: etree._Element, name: str, kind: str, box: Box) -> etree._Element:
    zone = child(parent, "zone", type=kind, **_corners(box))
    zone.set(_ID, name)
    return zone


def _corners(box: Box) -> dict[str, Any]:
    x, y, w, h = box
    return {"ulx": x, "uly": y, "lrx": x + w, "lry": y + h}
