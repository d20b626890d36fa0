"""What MARK reads in a page as ALTO 4.3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from mark_core.export.alto import NAMESPACE as ALTO
from mark_core.export.geometry import bounding_box
from mark_core.export.markup import child, to_bytes
from mark_core.export.reading.content import LABEL, SCHEMA_LOCATION, PageReading
from mark_core.segmentation.word import Box

if TYPE_CHECKING:
    from mark_core.retrieval.lines.reading import ReadWord

_DEFAULT: Any = {None: ALTO}  # no prefix, which the types of lxml do not know


def to_alto(one: PageReading) -> bytes:
    """WC of every word, and CC of every letter, from 0 (sure) to 9."""
    width, height = one.page.original_size
    root = etree.Element(f"{{{ALTO}}}alto", nsmap=_DEFAULT)
    root.set(SCHEMA_LOCATION, f"{ALTO} http://www.loc.gov/standards/alto/v4/alto-4-3.xsd")
    root.set("SCHEMAVERSION", "4.3")
    description = child(root, "Description")
    child(description, "MeasurementUnit", "pixel")
    child(child(description, "sourceImageInformation"), "fileName", one.page.name)
    processing = child(description, "Processing", ID="mark")
    child(processing, "processingDateTime", one.created.isoformat())
    child(processing, "processingStepDescription", LABEL)
    child(child(processing, "processingSoftware"), "softwareName", "MARK")
    page = child(
        child(root, "Layout"),
        "Page",
        ID="page",
        PHYSICAL_IMG_NR=one.page.number + 1,
        WIDTH=width,
        HEIGHT=height,
    )
    space = child(page, "PrintSpace", **_place((0, 0, width, height)))
    boxes = one.boxes()
    block = child(
        space, "TextBlock", ID="block", **_place(bounding_box([box for line in boxes for box in line]))
    )
    if one.page.turn:
        block.set("ROTATION", str(one.page.turn))
    for number, (line, own) in enumerate(zip(one.lines, boxes, strict=True), start=1):
        element = child(
            block,
            "TextLine",
            ID=f"line{number}",
            BASEDIRECTION=line.direction,
            **_place(bounding_box(own)),
        )
        for place, (word, box) in enumerate(zip(line.words, own, strict=True), start=1):
            _string(element, f"line{number}-word{place}", word, box)
    return to_bytes(root)


def _string(line: etree._Element, name: str, word: ReadWord, box: Box) -> None:
    child(
        line,
        "String",
        ID=name,
        CONTENT=word.text,
        WC=f"{word.certainty:.4f}",
        CC=" ".join(str(min(9, int(10 * (1 - value)))) for value in word.certainties),
        **_place(box),
    )


def _place(box: Box) -> dict[str, Any]:
    return dict(zip(("HPOS", "VPOS", "WIDTH", "HEIGHT"), box, strict=True))
