"""ALTO 4.3 (Library of Congress), which is valid ALTO 4.4 as well: 4.4 only adds attributes that are not used here.

One text block with lines and strings, in pixels of the original image.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lxml import etree

from mark_core.export.extract import DECISIONS, Entry, Extract
from mark_core.export.geometry import bounding_box, original_box
from mark_core.export.markup import SCHEMA_LOCATION, child, single_page, to_bytes
from mark_core.pages.page import Page
from mark_core.segmentation.word import Box

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_DEFAULT: Any = {None: NAMESPACE}  # no prefix, which the types of lxml do not know
_SCHEMA = f"{NAMESPACE} http://www.loc.gov/standards/alto/v4/alto-4-3.xsd"


def to_alto(extract: Extract) -> bytes:
    """Write one page.

    CONTENT, which ALTO requires, is the transcription by a person or the text of a transcript; without one, the typed
    word of a hit that was not rejected; else empty. Of a hit over the end of a line the typed word is the SUBS_CONTENT
    of both parts. WC is the certainty of a transcript's text, else the probability of a hit, or the confidence of the
    box of another word. Decisions are tags; the rank of a hit is in its ID. Raises MarkError if the extract has several
    pages.
    """
    sheet = single_page(extract, "ALTO")
    step = "word spotting" if extract.kind == "hits" else "segmentation into words"
    root = new_document(sheet.page, extract.created, step)
    decided = [name for name in DECISIONS if any(entry.decision == name for entry in sheet.entries)]
    if decided:
        tags = child(root, "Tags")
        for name in decided:
            child(tags, "OtherTag", ID=name, TYPE="decision", LABEL=name)
    space = print_space(root, sheet.page)
    lines = [[(entry, original_box(entry.word.box, sheet.page)) for entry in line] for line in sheet.lines()]
    frames = [bounding_box([box for _, box in line]) for line in lines]
    direction = sheet.entries[0].word.direction
    block = child(space, "TextBlock", ID="block", BASEDIRECTION=direction, **place_of(bounding_box(frames)))
    if sheet.page.turn:  # how far the writing is turned counterclockwise; places are those of the file
        block.set("ROTATION", str(sheet.page.turn))
    for number, (line, frame) in enumerate(zip(lines, frames, strict=True), start=1):
        direction = line[0][0].word.direction
        element = child(block, "TextLine", ID=f"line{number}", BASEDIRECTION=direction, **place_of(frame))
        for entry, box in line:
            _string(element, entry, box, extract)
    return to_bytes(root)


def new_document(page: Page, created: datetime, step: str) -> etree._Element:
    """The root of a document about a page, with its description. step: what was done with the page."""
    root = etree.Element(f"{{{NAMESPACE}}}alto", nsmap=_DEFAULT)
    root.set(SCHEMA_LOCATION, _SCHEMA)
    root.set("SCHEMAVERSION", "4.3")
    description = child(root, "Description")
    child(description, "MeasurementUnit", "pixel")
    child(child(description, "sourceImageInformation"), "fileName", page.name)
    processing = child(description, "Processing", ID="mark")
    child(processing, "processingDateTime", created.isoformat())
    child(processing, "processingStepDescription", step)
    child(child(processing, "processingSoftware"), "softwareName", "MARK")
    return root


def print_space(root: etree._Element, page: Page) -> etree._Element:
    """The layout of a page, added to its document, in which blocks of text stand."""
    width, height = page.original_size
    number = page.number + 1
    layout = child(root, "Layout")
    sheet = child(layout, "Page", ID="page", PHYSICAL_IMG_NR=number, WIDTH=width, HEIGHT=height)
    return child(sheet, "PrintSpace", **place_of((0, 0, width, height)))


def _string(line: etree._Element, entry: Entry, box: Box, extract: Extract) -> None:
    accepted = entry.rank and entry.decision != "rejected"
    whole = extract.query if accepted and entry.divided else None
    child(
        line,
        "String",
        ID=f"word{entry.key}-rank{entry.rank}" if entry.rank else f"word{entry.key}",
        CONTENT=entry.text or (extract.typed(entry) if accepted else ""),
        SUBS_TYPE=f"HypPart{entry.part + 1}" if whole else None,
        SUBS_CONTENT=whole or None,
        WC=f"{entry.text_confidence:.4f}",
        TAGREFS=entry.decision or None,
        **place_of(box),
    )


def place_of(box: Box) -> dict[str, Any]:
    """The attributes that say where a box is, pixels of the original image."""
    return dict(zip(("HPOS", "VPOS", "WIDTH", "HEIGHT"), box, strict=True))
