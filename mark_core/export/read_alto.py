"""Read ALTO 1 to 4: the elements are told by their names, whatever the namespace."""

from __future__ import annotations

from lxml import etree

from mark_core.errors import MarkError
from mark_core.export.layout import UNITS_PER_INCH, LayoutPage, LayoutWord
from mark_core.export.xmlfile import descendants, local_name

_DIRECTIONS = {"ltr": "ltr", "rtl": "rtl", "ttb": "ttb", "btt": "ttb"}
_SIDES = ("HPOS", "VPOS", "WIDTH", "HEIGHT")


def read_alto(root: etree._Element) -> list[LayoutPage]:
    """All pages, words as they stand in the file. A string without a place is left out.

    Raises MarkError for an unknown unit or without a page, ValueError for a number that is none.
    """
    unit = next((e.text or "" for e in descendants(root, "MeasurementUnit")), "pixel").strip()
    if unit not in UNITS_PER_INCH:
        raise MarkError("This ALTO file counts in “{unit}”, which is no unit of ALTO.", unit=unit[:20])
    names = [(e.text or "").strip().replace("\\", "/") for e in descendants(root, "fileName")]
    pages = descendants(root, "Page")
    if not pages:
        raise MarkError("This ALTO file has no page.")
    # One file name belongs to one page; with several pages it is the name of the whole scan.
    image = names[0].rsplit("/", 1)[-1] if names else ""
    return [_page(page, image, unit) for page in pages]


def _page(page: etree._Element, image: str, unit: str) -> LayoutPage:
    words: list[LayoutWord] = []
    for number, line in enumerate(descendants(page, "TextLine")):
        for string in descendants(line, "String"):
            if any(string.get(side) is None for side in _SIDES):
                continue
            x, y, w, h = (float(string.get(side, 0)) for side in _SIDES)
            words.append(
                LayoutWord(
                    (x, y, x + w, y + h),
                    string.get("CONTENT", "").strip(),
                    number,
                    min(1.0, max(0.0, float(string.get("WC", 1)))),
                    _direction(line),
                )
            )
    width, height = float(page.get("WIDTH", 0)), float(page.get("HEIGHT", 0))
    return LayoutPage(image, tuple(words), (width, height) if width > 0 and height > 0 else None, unit)


def _direction(line: etree._Element) -> str:
    """Of the line, or of the nearest block around it that states one."""
    element = line
    while element is not None and local_name(element) != "Page":
        if element.get("BASEDIRECTION") in _DIRECTIONS:
            return _DIRECTIONS[element.get("BASEDIRECTION", "")]
        element = element.getparent()
    return "ltr"
