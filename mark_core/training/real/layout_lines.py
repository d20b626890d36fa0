"""Transcribed lines of PAGE XML (2010 to 2019) and ALTO (1 to 4): text with a baseline, a polygon, or both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lxml import etree

from mark_core.errors import MarkError
from mark_core.export.xmlfile import children, descendants, local_name, parse_layout

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, eq=False)
class LayoutLine:
    """text: as transcribed, "" if it is not. baseline, polygon: (P, 2) x y in the unit of the file, or None."""

    text: str
    baseline: np.ndarray | None
    polygon: np.ndarray | None


@dataclass(frozen=True, eq=False)
class LayoutLines:
    """The lines of one page in the order of the file. image: name of its picture, "" if the file does not say. size:
    width and height of that picture in the unit of the file, or None."""

    image: str
    size: tuple[float, float] | None
    lines: tuple[LayoutLine, ...]


def read_layout_lines(data: bytes) -> list[LayoutLines]:
    """The pages of a file. Raises MarkError if it is neither PAGE XML nor ALTO, or damaged."""
    root = parse_layout(data)
    reader = {"PcGts": _page_xml, "alto": _alto}.get(local_name(root))
    if reader is None:
        raise MarkError("This file is neither PAGE XML nor ALTO.")
    try:
        return reader(root)
    except (ValueError, OverflowError) as error:  # text where a number belongs
        raise MarkError("This file has a line whose coordinates are not numbers.") from error


def _page_xml(root: etree._Element) -> list[LayoutLines]:
    out = []
    for page in children(root, "Page"):
        size = float(page.get("imageWidth", 0)), float(page.get("imageHeight", 0))
        lines = [
            LayoutLine(_text(line), _first_points(line, "Baseline"), _first_points(line, "Coords"))
            for line in descendants(page, "TextLine")
        ]
        out.append(LayoutLines(_name(page.get("imageFilename", "")), _positive(size), tuple(lines)))
    return out


def _text(element: etree._Element) -> str:
    """Of the line itself, from its TextEquiv of lowest index; else of its words."""
    for reading in sorted(children(element, "TextEquiv"), key=lambda text: int(text.get("index", 0))):
        for unicode in children(reading, "Unicode"):
            if (unicode.text or "").strip():
                return (unicode.text or "").strip()
    return " ".join(filter(None, map(_text, children(element, "Word"))))


def _first_points(line: etree._Element, name: str) -> np.ndarray | None:
    for element in children(line, name):
        if element.get("points"):
            return _points(element.get("points", ""))
        if children(element, "Point"):
            return _points(" ".join(f"{p.get('x')} {p.get('y')}" for p in children(element, "Point")))
    return None


def _alto(root: etree._Element) -> list[LayoutLines]:
    names = [_name((element.text or "").strip()) for element in descendants(root, "fileName")]
    out = []
    for page in descendants(root, "Page"):
        size = float(page.get("WIDTH", 0)), float(page.get("HEIGHT", 0))
        lines = tuple(map(_alto_line, descendants(page, "TextLine")))
        out.append(LayoutLines(names[0] if names else "", _positive(size), lines))
    return out


def _alto_line(line: etree._Element) -> LayoutLine:
    words = [string.get("CONTENT", "").strip() for string in descendants(line, "String")]
    text = " ".join(filter(None, words)) + "".join(h.get("CONTENT", "") for h in descendants(line, "HYP"))
    box = None
    if all(line.get(side) is not None for side in ("HPOS", "VPOS", "WIDTH", "HEIGHT")):
        x, y, w, h = (float(line.get(side, 0)) for side in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
        box = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
    shapes = [p for shape in children(line, "Shape") for p in children(shape, "Polygon")]
    polygon = _points(shapes[0].get("POINTS", "")) if shapes else box
    return LayoutLine(text, _alto_baseline(line.get("BASELINE", ""), box), polygon)


def _alto_baseline(given: str, box: np.ndarray | None) -> np.ndarray | None:
    """Points, or since ALTO 1 one number: the height at which it runs along the box."""
    numbers = _NUMBER.findall(given)
    if len(numbers) == 1 and box is not None:
        return np.array([(box[0, 0], float(numbers[0])), (box[1, 0], float(numbers[0]))])
    return _points(given) if len(numbers) >= 4 else None


def _points(given: str) -> np.ndarray | None:
    """(P, 2) of "x,y x,y" or "x y x y"; None without a point. Raises ValueError if a coordinate has no partner."""
    numbers = _NUMBER.findall(given)
    if not numbers:
        return None
    points = np.array(numbers, float).reshape(-1, 2)
    if not np.isfinite(points).all():
        raise ValueError("coordinates")
    return points


def _positive(size: Sequence[float]) -> tuple[float, float] | None:
    width, height = size
    return (width, height) if width > 0 and height > 0 else None


def _name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]
