"""Reader of hOCR 1.2, as written by Tesseract, OCRopus and Kraken."""

from __future__ import annotations

import re

from lxml import etree

from mark_core.export.layout import LayoutPage, LayoutWord

_LINES = {"ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"}
_PROPERTY = re.compile(r"""\s*([a-z_]+)((?:[^;"']|"[^"]*"|'[^']*')*);?""")


def read_hocr(root: etree._Element) -> list[LayoutPage]:
    """Read all elements of class ocr_page with their ocrx_word. Raises ValueError for an invalid number."""
    return [_page(element) for element in root.iter() if "ocr_page" in _classes(element)]


def _page(page: etree._Element) -> LayoutPage:
    stated = _properties(page)
    left, top, right, bottom = _numbers(stated.get("bbox", ""), 4) or (0.0, 0.0, 0.0, 0.0)
    # a page that does not start at the corner is a part of an image of unknown size
    whole = left == top == 0 and right > 0 and bottom > 0
    image = stated.get("image", "").strip().strip("\"'").replace("\\", "/").rsplit("/", 1)[-1]
    words: list[LayoutWord] = []
    lines: dict[etree._Element, int] = {}
    for element in page.iterdescendants():
        if "ocrx_word" not in _classes(element):
            continue
        properties = _properties(element)
        corners = _numbers(properties.get("bbox", ""), 4)
        if corners is None:
            continue
        line, direction = _surroundings(element, page)
        sure = _numbers(properties.get("x_wconf", ""), 1) or (100.0,)
        words.append(
            LayoutWord(
                (corners[0], corners[1], corners[2], corners[3]),
                "".join(map(str, element.itertext())).strip(),
                lines.setdefault(line, len(lines)),
                min(1.0, max(0.0, sure[0] / 100)),
                direction,
            )
        )
    return LayoutPage(image, tuple(words), (right, bottom) if whole else None)


def _classes(element: etree._Element) -> list[str]:
    return element.get("class", "").split() if isinstance(element.tag, str) else []


def _properties(element: etree._Element) -> dict[str, str]:
    """Parse properties such as ``bbox 0 0 9 9; x_wconf 93``. Quoted values may contain semicolons."""
    return {match[1]: match[2].strip() for match in _PROPERTY.finditer(element.get("title", ""))}


def _numbers(text: str, count: int) -> tuple[float, ...] | None:
    values = text.split()[:count]
    return tuple(float(value) for value in values) if len(values) == count else None


def _surroundings(word: etree._Element, page: etree._Element) -> tuple[etree._Element, str]:
    """The line of a word (else the page), and the innermost ``dir`` attribute."""
    line, direction = None, ""
    element: etree._Element | None = word
    while element is not None and element is not page:
        if line is None and _LINES & set(_classes(element)):
            line = element
        direction = direction or element.get("dir", "")
        element = element.getparent()
    return (page if line is None else line), direction if direction in ("ltr", "rtl") else "ltr"
