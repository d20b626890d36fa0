"""PAGE XML, schema 2019-07-15 (PRImA): one text region with lines and words, in pixels of the original image.

Polygon points lie between pixels: the right edge of a box is x + w, as in OCR-D and Transkribus.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from mark_core.export.extract import Entry, Extract
from mark_core.export.geometry import bounding_box, original_box
from mark_core.export.markup import SCHEMA_LOCATION, child, single_page, to_bytes
from mark_core.segmentation.word import Box

NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_DEFAULT: Any = {None: NAMESPACE}  # no prefix, which the types of lxml do not know
DIRECTIONS = {"ltr": "left-to-right", "rtl": "right-to-left", "ttb": "top-to-bottom"}
_SCHEMA = f"{NAMESPACE} {NAMESPACE}/pagecontent.xsd"


def to_page_xml(extract: Extract) -> bytes:
    """Write one page.

    The text of a word is the transcription by a person, or that of a transcript with its certainty; without one, the
    typed word of a hit that was not rejected, with its probability. Lines with words of a transcript have their text.
    Rank and decision are in ``custom``, and of a hit over the end of a line its part, 1 or 2. Text of the reading head
    is not written, because readers of PAGE take text for a transcription. Raises MarkError if the extract has several
    pages.
    """
    sheet = single_page(extract, "PAGE XML")
    width, height = sheet.page.original_size
    root = etree.Element(f"{{{NAMESPACE}}}PcGts", nsmap=_DEFAULT)
    root.set(SCHEMA_LOCATION, _SCHEMA)
    metadata = child(root, "Metadata")
    child(metadata, "Creator", "MARK")
    for name in ("Created", "LastChange"):
        child(metadata, name, extract.created.isoformat())
    page = child(root, "Page", imageFilename=sheet.page.name, imageWidth=width, imageHeight=height)
    lines = [[(entry, original_box(entry.word.box, sheet.page)) for entry in line] for line in sheet.lines()]
    frames = [bounding_box([box for _, box in line]) for line in lines]
    shown = [bounding_box([entry.word.box for entry in line]) for line in sheet.lines()]
    order = child(child(page, "ReadingOrder"), "OrderedGroup", id="order")
    child(order, "RegionRefIndexed", index=0, regionRef="region")
    direction = sheet.entries[0].word.direction
    region = child(
        page,
        "TextRegion",
        id="region",
        readingDirection=DIRECTIONS[direction],
        textLineOrder=_line_order(direction, shown),
    )
    if sheet.page.turn:  # clockwise, to be set upright; places are those of the file
        region.set("orientation", str(sheet.page.turn if sheet.page.turn <= 180 else sheet.page.turn - 360))
    _coords(region, bounding_box(frames))
    for number, (line, frame) in enumerate(zip(lines, frames, strict=True), start=1):
        element = child(
            region,
            "TextLine",
            id=f"line{number}",
            readingDirection=DIRECTIONS[line[0][0].word.direction],
        )
        _coords(element, frame)
        for entry, box in line:
            _word(element, entry, box, extract.typed(entry))
        if any(entry.text and entry.certainty is not None for entry, _ in line):  # programs that go by lines
            text = " ".join(entry.text for entry, _ in line if entry.text)
            child(child(element, "TextEquiv"), "Unicode", text)
    return to_bytes(root)


def _word(line: etree._Element, entry: Entry, box: Box, query: str) -> None:
    custom = None
    if entry.rank:
        decided = f" decision:{entry.decision};" if entry.decision else ""
        part = f" part:{entry.part + 1};" if entry.divided else ""
        custom = f"mark {{rank:{entry.rank}; score:{entry.score:.4f};{decided}{part}}}"
    word = child(
        line,
        "Word",
        id=f"word{entry.key}-rank{entry.rank}" if entry.part else f"word{entry.key}",
        readingDirection=DIRECTIONS[entry.word.direction],
        custom=custom,
    )
    _coords(word, box, entry.word.confidence)
    if entry.text:
        conf = None if entry.certainty is None else f"{entry.certainty:.4f}"
        child(child(word, "TextEquiv", conf=conf), "Unicode", entry.text)
    elif query and entry.rank and entry.decision != "rejected":
        child(child(word, "TextEquiv", conf=f"{entry.score:.4f}"), "Unicode", query)


def _coords(parent: etree._Element, box: Box, confidence: float | None = None) -> None:
    x, y, w, h = box
    points = f"{x},{y} {x + w},{y} {x + w},{y + h} {x},{y + h}"
    child(parent, "Coords", points=points, conf=None if confidence is None else f"{confidence:.4f}")


def _line_order(direction: str, frames: list[Box]) -> str:
    """The textLineOrder. For ``ttb`` it is inferred from the first and the last column."""
    if direction != "ttb":
        return "top-to-bottom"
    return "right-to-left" if frames[-1][0] < frames[0][0] else "left-to-right"
