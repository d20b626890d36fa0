"""What MARK reads in a page as PAGE XML, schema 2019-07-15."""

from __future__ import annotations

from typing import Any

from lxml import etree

from mark_core.export.geometry import bounding_box
from mark_core.export.markup import SCHEMA_LOCATION, child, to_bytes
from mark_core.export.pagexml import DIRECTIONS
from mark_core.export.pagexml import NAMESPACE as PAGE
from mark_core.export.reading.content import LABEL, MACHINE, PageReading
from mark_core.segmentation.word import Box

_DEFAULT: Any = {None: PAGE}  # no prefix, which the types of lxml do not know


def to_page_xml(one: PageReading) -> bytes:
    """PAGE XML 2019-07-15 text of lines and words, with ``conf`` and labelled by ``comments``."""
    root = etree.Element(f"{{{PAGE}}}PcGts", nsmap=_DEFAULT)
    root.set(SCHEMA_LOCATION, f"{PAGE} {PAGE}/pagecontent.xsd")
    metadata = child(root, "Metadata")
    child(metadata, "Creator", "MARK")
    for name in ("Created", "LastChange"):
        child(metadata, name, one.created.isoformat())
    child(metadata, "Comments", LABEL)
    width, height = one.page.original_size
    page = child(root, "Page", imageFilename=one.page.name, imageWidth=width, imageHeight=height)
    boxes = one.boxes()
    region = child(page, "TextRegion", id="region")
    if one.page.turn:
        region.set("orientation", str(one.page.turn if one.page.turn <= 180 else one.page.turn - 360))
    _coords(region, bounding_box([box for line in boxes for box in line]))
    for number, (line, own) in enumerate(zip(one.lines, boxes, strict=True), start=1):
        element = child(region, "TextLine", id=f"line{number}", readingDirection=DIRECTIONS[line.direction])
        _coords(element, bounding_box(own))
        for place, (word, box) in enumerate(zip(line.words, own, strict=True), start=1):
            part = child(element, "Word", id=f"line{number}-word{place}")
            _coords(part, box)
            _text(part, word.text, word.certainty)
        _text(element, line.text, line.certainty)
    return to_bytes(root)


def _text(parent: etree._Element, text: str, certainty: float) -> None:
    child(child(parent, "TextEquiv", conf=f"{certainty:.4f}", comments=MACHINE), "Unicode", text)


def _coords(parent: etree._Element, box: Box) -> None:
    x, y, w, h = box
    child(parent, "Coords", points=f"{x},{y} {x + w},{y} {x + w},{y + h} {x},{y + h}")
