"""Reader of PAGE XML, schemas from 2010 on. Namespaces are ignored."""

from __future__ import annotations

from lxml import etree

from mark_core.errors import MarkError
from mark_core.export.layout import LayoutBuilder, LayoutLine, LayoutPage, LayoutWord
from mark_core.export.number import Point, read_number, read_points, read_share
from mark_core.export.xmlfile import children, descendants, local_name

# bottom to top is not supported; as a column it is at least rotated to a line
_DIRECTIONS = {"left-to-right": "ltr", "right-to-left": "rtl", "top-to-bottom": "ttb", "bottom-to-top": "ttb"}


def read_page_xml(root: etree._Element) -> list[LayoutPage]:
    """Read the page. Polygons become bounding boxes; regions follow the ReadingOrder, if there is one.

    The confidence is that of the box, else of the text. Words whose place is no number are counted. Raises MarkError
    without a page, if no place is a number, or if there are too many words.
    """
    pages = children(root, "Page")
    if not pages:
        raise MarkError("This PAGE XML file has no page.")
    page = pages[0]
    found = LayoutBuilder()
    number = 0
    for region in _regions(page):
        for line in children(region, "TextLine"):
            direction = _direction(line, region, page)
            words = []
            for word in children(line, "Word"):
                place = _outline(word)
                if place is None:
                    found.unreadable += 1
                if not place:
                    continue
                across, down = [point[0] for point in place], [point[1] for point in place]
                corners = min(across), min(down), max(across), max(down)
                written = _direction(word) or direction or "ltr"
                words.append(LayoutWord(corners, _text(word), number, _confidence(word), written))
                found.check(len(words))
            polygon, baseline = tuple(_outline(line) or ()), tuple(_baseline(line))
            line_alone = LayoutLine(
                number,
                polygon if len(polygon) > 2 else (),
                baseline if len(baseline) > 1 else (),
                direction,
                _text(line),
            )
            found.add_line(line_alone, words)
            number += 1
    size = read_number(page.get("imageWidth")), read_number(page.get("imageHeight"))
    return [found.page(_file_name(page.get("imageFilename", "")), size, "pixel", "page")]


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
            members.sort(key=_index)
        waiting.extend(reversed(members))
    return found


def _outline(element: etree._Element) -> list[Point] | None:
    """The polygon: ``points`` since 2013, Point elements before; [] for none, None if it cannot be read."""
    for coords in children(element, "Coords"):
        if coords.get("points"):
            return read_points(coords.get("points"))
        points = []
        for point in children(coords, "Point"):
            x, y = read_number(point.get("x")), read_number(point.get("y"))
            if x is None or y is None:
                return None
            points.append((x, y))
        if points:
            return points
    return []


def _baseline(line: etree._Element) -> list[Point]:
    for element in children(line, "Baseline"):
        return read_points(element.get("points")) or []
    return []


def _text(element: etree._Element) -> str:
    """Text of a word or line: of the TextEquiv with the lowest index; the others are alternatives."""
    readings = sorted(children(element, "TextEquiv"), key=_index)
    for reading in readings:
        for unicode in children(reading, "Unicode"):
            return (unicode.text or "").strip()
    return ""


def _index(element: etree._Element) -> float:
    """The ``index``, 0 where there is none that can be read."""
    return read_number(element.get("index")) or 0.0


def _confidence(word: etree._Element) -> float:
    for element in (*children(word, "Coords"), *children(word, "TextEquiv")):
        if read_number(element.get("conf")) is not None:
            return read_share(element.get("conf"))
    return 1.0


def _direction(*elements: etree._Element) -> str:
    """Direction of the innermost element that states one, "" for none."""
    for element in elements:
        if element.get("readingDirection") in _DIRECTIONS:
            return _DIRECTIONS[element.get("readingDirection", "")]
    return ""
