"""Reader of hOCR 1.2, as written by Tesseract, OCRopus and Kraken."""

from __future__ import annotations

from lxml import etree

from mark_core.export.layout import (
    LayoutBuilder,
    LayoutLine,
    LayoutPage,
    LayoutWord,
    box_polygon,
    check_pages,
)
from mark_core.export.number import read_number, read_points, read_share

_LINES = {"ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"}
_MAX_TITLE = 100_000  # characters of the properties of an element
_MAX_TEXT = 1000  # characters of a word


def read_hocr(root: etree._Element) -> list[LayoutPage]:
    """Read all elements of class ocr_page with their ocrx_word. Words whose place is no number are counted.

    Raises MarkError if no place of a page is a number, or if there are too many words.
    """
    pages: list[LayoutPage] = []
    for element in root.iter():
        if "ocr_page" in _classes(element):
            pages.append(_page(element))
            check_pages(len(pages))
    return pages


def _page(page: etree._Element) -> LayoutPage:
    stated = properties(page.get("title", ""))
    left, top, right, bottom = _box(stated.get("bbox", "")) or (0.0, 0.0, 0.0, 0.0)
    # a page that does not start at the corner is a part of an image of unknown size
    whole = left == top == 0 and right > 0 and bottom > 0
    image = stated.get("image", "").strip().strip("\"'").replace("\\", "/").rsplit("/", 1)[-1]
    found = LayoutBuilder()
    surroundings = _Surroundings(page)
    lines: dict[etree._Element, list[LayoutWord]] = {}
    count = 0
    for element in page.iterdescendants():
        classes = _classes(element)
        if _LINES & set(classes):
            lines.setdefault(element, [])
        if "ocrx_word" not in classes:
            continue
        title = properties(element.get("title", ""))
        if "bbox" not in title:
            continue
        corners = _box(title["bbox"])
        if corners is None:
            found.unreadable += 1
            continue
        line, direction = surroundings.of(element)
        text = _text(element)
        confidence = read_share(title.get("x_wconf", "").split(" ")[0], 100.0)
        lines.setdefault(line, []).append(LayoutWord(corners, text, 0, confidence, direction or "ltr"))
        count += 1
        found.check(count)
    for number, (line, words) in enumerate(lines.items()):
        place = LayoutLine(number) if line is page else _line(line, number, surroundings.of(line)[1])
        found.add_line(place, [_numbered(word, number) for word in words])
    return found.page(image, (right, bottom) if whole else (None, None), "pixel", "hocr")


def _text(element: etree._Element) -> str:
    """The first letters of what is written in an element. Words within words are no reason to read all of it again."""
    found, length = [], 0
    for part in element.itertext():
        found.append(str(part))
        length += len(part)
        if length >= _MAX_TEXT:
            break
    return "".join(found)[:_MAX_TEXT].strip()


def _numbered(word: LayoutWord, line: int) -> LayoutWord:
    return LayoutWord(word.corners, word.text, line, word.confidence, word.direction)


def _line(element: etree._Element, number: int, direction: str) -> LayoutLine:
    title = properties(element.get("title", ""))
    polygon = tuple(read_points(title.get("poly")) or ())
    if len(polygon) < 3:
        corners = _box(title.get("bbox", ""))
        polygon = box_polygon(*corners) if corners else ()
    text = " ".join("".join(map(str, element.itertext())).split())
    return LayoutLine(number, polygon, (), direction, text)


def _classes(element: etree._Element) -> list[str]:
    return element.get("class", "").split() if isinstance(element.tag, str) else []


def properties(title: str) -> dict[str, str]:
    """Parse properties such as ``bbox 0 0 9 9; x_wconf 93``. Quoted values may contain semicolons."""
    found: dict[str, str] = {}
    for part in _parts(title[:_MAX_TITLE]):
        name, _, value = part.strip().partition(" ")
        if name:
            found[name] = value.strip()
    return found


def _parts(title: str) -> list[str]:
    """A title cut at the semicolons outside quotation marks; one that is never closed is an ordinary letter."""
    parts: list[str] = []
    start = place = 0
    while place < len(title):
        letter = title[place]
        if letter in "\"'":
            end = title.find(letter, place + 1)
            if end < 0:  # there is none further on either
                parts_left = title[start:].split(";")
                return [*parts, *parts_left]
            place = end
        elif letter == ";":
            parts.append(title[start:place])
            start = place + 1
        place += 1
    return [*parts, title[start:]]


def _box(text: str) -> tuple[float, float, float, float] | None:
    numbers = [read_number(value) for value in text.split()[:4]]
    known = [number for number in numbers if number is not None]
    return (known[0], known[1], known[2], known[3]) if len(known) == 4 else None


class _Surroundings:
    """The line around each element of a page (else the page), and the innermost ``dir`` attribute, "" for none."""

    def __init__(self, page: etree._Element) -> None:
        self._page = page
        self._known: dict[etree._Element, tuple[etree._Element, str]] = {page: (page, "")}

    def of(self, element: etree._Element) -> tuple[etree._Element, str]:
        path = []
        at: etree._Element | None = element
        while at is not None and at not in self._known:
            path.append(at)
            at = at.getparent()
        line, direction = self._known[self._page if at is None else at]
        for inner in reversed(path):
            if _LINES & set(_classes(inner)):
                line = inner
            stated = inner.get("dir", "")
            direction = stated if stated in ("ltr", "rtl") else direction
            self._known[inner] = line, direction
        return line, direction
