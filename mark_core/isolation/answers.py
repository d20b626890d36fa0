"""Pages, layouts and manifests made from what a reading process has answered, every value checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from mark_core.errors import MarkError
from mark_core.export.layout import UNITS_PER_INCH, LayoutLine, LayoutPage, LayoutWord
from mark_core.export.number import Point
from mark_core.export.text.transcript_file import TextPage
from mark_core.isolation.pool import BREAKS
from mark_core.pages.content_state import ContentState
from mark_core.pages.fetched.document import Document
from mark_core.pages.limits import WORKING_PIXELS
from mark_core.pages.manifest import Canvas
from mark_core.pages.page import Page, PageFile
from mark_core.pages.painting import Painting
from mark_core.pages.region import Region
from mark_core.storage.record import DAMAGE, read_text, real, whole

PAGE_BYTES = 3 * WORKING_PIXELS + (1 << 20)
_LONGEST = 100_000  # letters of a text
_MOST = 1e9
_DIRECTIONS = ("ltr", "rtl", "ttb")


@contextmanager
def checked() -> Iterator[None]:
    """Raises MarkError where an answer is none."""
    try:
        yield
    except (*DAMAGE, AttributeError, IndexError) as error:
        if isinstance(error, MarkError):
            raise
        raise MarkError(BREAKS) from error


def to_page(fields: dict[str, Any], pixels: np.ndarray, name: str, number: int) -> Page:
    """A page without its file. Raises a DAMAGE if the answer is none."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise ValueError("pixels")
    if pixels.shape[0] * pixels.shape[1] > 1.01 * WORKING_PIXELS:
        raise ValueError("number of pixels")
    dpi, (width, height) = fields["dpi"], fields["size"]
    return Page(
        pixels,
        name,
        read_text(fields["sha256"]),
        number,
        None if dpi is None else real(dpi, 0.0, 1e6),
        real(fields["scale"], 1e-6, 1.0),
        (whole(width, 1), whole(height, 1)),
    )


def file_of(fields: dict[str, Any], data: bytes, number: int, page: Page) -> PageFile | None:
    """The file of a page, if it is to be kept with it."""
    count = whole(fields["count"], 1)
    if fields["keep"] is not True or len(data) > count * page.pixels.nbytes:
        return None
    return PageFile(data, number, count)


def to_texts(values: Any) -> list[str]:
    return [read_text(value) for value in _listed(values)]


def to_layouts(values: Any) -> list[LayoutPage]:
    return [_layout(entry) for entry in _listed(values)]


def to_text_pages(values: Any) -> list[TextPage]:
    return [
        TextPage(read_text(image, _LONGEST), tuple(read_long(line) for line in _listed(lines)))
        for image, lines in _listed(values)
    ]


def _layout(entry: dict[str, Any]) -> LayoutPage:
    size = entry["size"]
    if entry["unit"] not in UNITS_PER_INCH or entry["kind"] not in ("page", "alto", "hocr"):
        raise ValueError("layout")
    return LayoutPage(
        image=read_text(entry["image"], _LONGEST),
        words=tuple(_word(*word) for word in _listed(entry["words"])),
        size=None if size is None else (real(size[0], 0.0, _MOST), real(size[1], 0.0, _MOST)),
        unit=entry["unit"],
        lines=tuple(_line(*line) for line in _listed(entry["lines"])),
        unreadable=whole(entry["unreadable"]),
        kind=entry["kind"],
        texts={whole(number): read_long(text) for number, text in _listed(entry["texts"])},
    )


def _word(corners: Any, text: Any, line: Any, confidence: Any, direction: Any) -> LayoutWord:
    left, top, right, bottom = (real(value, -_MOST, _MOST) for value in corners)
    if direction not in _DIRECTIONS:
        raise ValueError("direction")
    place = left, top, right, bottom
    return LayoutWord(place, read_long(text), whole(line), real(confidence, 0.0, 1.0), direction)


def _line(number: Any, polygon: Any, baseline: Any, direction: Any, text: Any) -> LayoutLine:
    if direction not in (*_DIRECTIONS, ""):
        raise ValueError("direction")
    return LayoutLine(whole(number), _points(polygon), _points(baseline), direction, read_long(text))


def _points(values: Any) -> tuple[Point, ...]:
    return tuple((real(x, -_MOST, _MOST), real(y, -_MOST, _MOST)) for x, y in _listed(values))


def to_document(fields: dict[str, Any]) -> Document:
    shown = fields["shown"]
    selected = fields["selected"]
    return Document(
        read_text(fields["title"], _LONGEST),
        tuple(_canvas(entry) for entry in _listed(fields["canvases"])),
        fields["manifest"] is True,
        None if selected is None else whole(selected),
        None if shown is None else _state(shown),
        fields["file"] is True,
    )


def _state(entry: dict[str, Any]) -> ContentState:
    place = entry["place"]
    return ContentState(
        read_long(entry["url"]),
        _optional(entry["canvas"], read_long),
        None if place is None else whole(place),
    )


def _canvas(entry: dict[str, Any]) -> Canvas:
    return Canvas(
        whole(entry["number"]),
        read_text(entry["label"], _LONGEST),
        _optional(entry["id"], read_long),
        _optional(entry["size"], _size),
        tuple(_painting(one) for one in _listed(entry["paintings"])),
    )


def _painting(entry: dict[str, Any]) -> Painting:
    if not isinstance(entry["description"], dict):
        raise TypeError("description")
    return Painting(
        _optional(entry["image"], read_long),
        _optional(entry["service"], read_long),
        entry["description"],
        _optional(entry["size"], _size),
        _optional(entry["region"], _region),
        real(entry["rotation"], 0.0, 360.0),
        entry["mirrored"] is True,
        _optional(entry["target"], _region),
    )


def _region(entry: dict[str, Any]) -> Region:
    if entry["unit"] not in ("pixel", "percent", "square"):
        raise ValueError("unit")
    x, y, width, height = (real(entry[side], 0.0, _MOST) for side in ("x", "y", "width", "height"))
    return Region(x, y, width, height, entry["unit"])


def read_long(value: Any) -> str:
    """An address or a text of any length, as it is."""
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _size(value: Any) -> tuple[int, int]:
    width, height = value
    return whole(width, 1), whole(height, 1)


def _optional(value: Any, read: Callable[[Any], Any]) -> Any:
    return None if value is None else read(value)


def _listed(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise TypeError("list")
    return value
