"""Reader of ALTO 1 to 4. Namespaces are ignored."""

from __future__ import annotations

from lxml import etree

from mark_core.errors import MarkError
from mark_core.export.layout import (
    UNITS_PER_INCH,
    LayoutBuilder,
    LayoutLine,
    LayoutPage,
    LayoutWord,
    box_polygon,
    check_pages,
)
from mark_core.export.number import Point, read_number, read_points, read_share
from mark_core.export.xmlfile import children, descendants, local_name

_DIRECTIONS = {"ltr": "ltr", "rtl": "rtl", "ttb": "ttb", "btt": "ttb"}
_SIDES = ("HPOS", "VPOS", "WIDTH", "HEIGHT")


def read_alto(root: etree._Element) -> list[LayoutPage]:
    """Read all pages, with words in the order of the file. Strings without a position are skipped; those whose position
    is no number are counted.

    Raises MarkError for an unknown unit, without a page, or if no position of a page is a number.
    """
    unit = next((e.text or "" for e in descendants(root, "MeasurementUnit")), "pixel").strip()
    if unit not in UNITS_PER_INCH:
        raise MarkError("This ALTO file counts in “{unit}”, which is no unit of ALTO.", unit=unit[:20])
    names = [(e.text or "").strip().replace("\\", "/") for e in descendants(root, "fileName")]
    pages = descendants(root, "Page")
    if not pages:
        raise MarkError("This ALTO file has no page.")
    check_pages(len(pages))
    # with several pages the file name is that of the whole scan
    image = names[0].rsplit("/", 1)[-1] if names else ""
    return [_page(page, image, unit) for page in pages]


def _page(page: etree._Element, image: str, unit: str) -> LayoutPage:
    found = LayoutBuilder()
    for number, line in enumerate(descendants(page, "TextLine")):
        found.add_line(_line(line, number), _words(line, number, found))
    size = read_number(page.get("WIDTH")), read_number(page.get("HEIGHT"))
    return found.page(image, size, unit, "alto")


def _words(line: etree._Element, number: int, found: LayoutBuilder) -> list[LayoutWord]:
    """The words of a line itself: lines inside it come on their own."""
    words: list[LayoutWord] = []
    direction = _direction(line) or "ltr"
    for string in children(line, "String"):
        stated = [string.get(side) for side in _SIDES]
        if None in stated:
            continue
        x, y, w, h = (read_number(side) for side in stated)
        if x is None or y is None or w is None or h is None:
            found.unreadable += 1
            continue
        text, confidence = string.get("CONTENT", "").strip(), read_share(string.get("WC"))
        words.append(LayoutWord((x, y, x + w, y + h), text, number, confidence, direction))
        found.check(len(words))
    return words


def _line(line: etree._Element, number: int) -> LayoutLine:
    """The place of a line: the polygon of its shape, else its box."""
    polygon: tuple[Point, ...] = ()
    for shape in children(line, "Shape"):
        for element in children(shape, "Polygon"):
            polygon = polygon or tuple(read_points(element.get("POINTS")) or ())
    x, y, w, h = (read_number(line.get(side)) for side in _SIDES)
    if len(polygon) < 3:
        polygon = ()
        if x is not None and y is not None and w is not None and h is not None:
            polygon = box_polygon(x, y, x + w, y + h)
    baseline = tuple(read_points(line.get("BASELINE")) or ())  # version 4; before it is one number
    text = " ".join(
        (element.get("CONTENT") or "").strip() for element in line if local_name(element) in ("String", "HYP")
    )
    return LayoutLine(number, polygon, baseline if len(baseline) > 1 else (), _direction(line), text.strip())


def _direction(line: etree._Element) -> str:
    """Direction of the line, or of the innermost block that states one; "" for none."""
    element: etree._Element | None = line
    while element is not None and local_name(element) != "Page":
        if element.get("BASEDIRECTION") in _DIRECTIONS:
            return _DIRECTIONS[element.get("BASEDIRECTION", "")]
        element = element.getparent()
    return ""
