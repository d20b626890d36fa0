"""Reader of PAGE XML, schemas from 2010 on. Namespaces are ignored."""

from __future__ import annotations

from lxml import etree

from mark_core.errors import MarkError
from mark_core.export.layout import LayoutPage, LayoutWord
from mark_core.export.xmlfile import children, descendants, local_name

# bottom to top is not supported; as a column it is at least rotated to a line
_DIRECTIONS = {"left-to-right": "ltr", "right-to-left": "rtl", "top-to-bottom": "ttb", "bottom-to-top": "ttb"}


def read_page_xml(root: etree._Element) -> list[LayoutPage]:
    """Read the page. Polygons become bounding boxes; regions follow the ReadingOrder, if there is one.

    The confidence is that of the box, else of the text. Raises MarkError without a page, ValueError for an invalid
    number.
    """
    pages = children(root, "Page")
    if not pages:
        raise MarkError("This PAGE XML file has no page.")
    page = pages[0]
    width, height = float(page.get("imageWidth", 0)), float(page.get("imageHeight", 0))
    words: list[LayoutWord] = []
    number = 0
    for region in _regions(page):
        for line in children(region, "TextLine"):
            for word in children(line, "Word"):
                corners = _corners(word)
                if corners is None:
                    continue
                words.append(
                    LayoutWord(
                        corners, _text(word), number, _confidence(word), _direction(word, line, region, page)
                    )
                )
            number += 1
    size = (width, height) if width > 0 and height > 0 else None
    return [LayoutPage(_file_name(page.get("imageFilename", "")), tuple(words), size)]


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _regions(page: etree._Element) -> list[etree._Element]:
    """Text regions at any depth: those of the reading order first, then the others in the order of the file."""
    regions = descendants(page, "TextRegion")
    rank: dict[str, int] = {}
    for order in children(page, "ReadingOrder"):
        for reference in _references(order):
            rank.setdefault(reference, len(rank))
    # a nested region follows its parent unless it is listed itself
    return sorted(regions, key=lambda region: _rank(region, rank))


def _rank(region: etree._Element, rank: dict[str, int]) -> int:
    element: etree._Element | None = region
    while element is not None:
        if element.get("id", "") in rank:
            return rank[element.get("id", "")]
        element = element.getparent()
    return len(rank)


def _references(order: etree._Element) -> list[str]:
    """Ids of regions in order. Nested groups are traversed without recursion, whose depth a file could exceed."""
    found: list[str] = []
    waiting = [order]
    while waiting:
        group = waiting.pop()
        if group.get("regionRef"):
            found.append(group.get("regionRef", ""))
        members = [
            child for child in group if local_name(child).startswith(("Ordered", "Unordered", "RegionRef"))
        ]
        if local_name(group).startswith("OrderedGroup"):
            members.sort(key=lambda member: int(member.get("index", 0)))
        waiting.extend(reversed(members))
    return found


def _corners(element: etree._Element) -> tuple[float, float, float, float] | None:
    """Bounding box of the polygon: ``points`` since 2013, Point elements before."""
    for coords in children(element, "Coords"):
        if coords.get("points"):
            pairs = [pair.split(",") for pair in coords.get("points", "").split()]
        else:
            pairs = [[point.get("x", ""), point.get("y", "")] for point in children(coords, "Point")]
        if pairs:
            across, down = [float(pair[0]) for pair in pairs], [float(pair[-1]) for pair in pairs]
            return min(across), min(down), max(across), max(down)
    return None


def _text(word: etree._Element) -> str:
    """Text of the TextEquiv with the lowest index; the others are alternatives."""
    readings = sorted(children(word, "TextEquiv"), key=lambda text: int(text.get("index", 0)))
    for reading in readings:
        for unicode in children(reading, "Unicode"):
            return (unicode.text or "").strip()
    return ""


def _confidence(word: etree._Element) -> float:
    for element in (*children(word, "Coords"), *children(word, "TextEquiv")):
        if element.get("conf") is not None:
            return min(1.0, max(0.0, float(element.get("conf", 1))))
    return 1.0


def _direction(*elements: etree._Element) -> str:
    """Direction of the innermost element that states one."""
    for element in elements:
        if element.get("readingDirection") in _DIRECTIONS:
            return _DIRECTIONS[element.get("readingDirection", "")]
    return "ltr"
