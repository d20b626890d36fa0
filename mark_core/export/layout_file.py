"""Reader of PAGE XML (2010 to 2019), ALTO (1 to 4) and hOCR 1.2: boxes, order and text of words, and lines."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from mark_core.errors import MarkError
from mark_core.export.layout import LONGEST_NAME, LayoutPage
from mark_core.export.read_alto import read_alto
from mark_core.export.read_hocr import read_hocr
from mark_core.export.read_pagexml import read_page_xml
from mark_core.export.xmlfile import MAX_BYTES, NOT_LAYOUT, local_name, parse_layout, safe_options

_READERS: dict[str, tuple[str, Callable[[etree._Element], list[LayoutPage]]]] = {
    "PcGts": ("page", read_page_xml),
    "alto": ("alto", read_alto),
    "html": ("hocr", read_hocr),
}
_HEAD = 2000  # elements before the page of a file; a METS header inside may be long


def read_layout(source: str | os.PathLike[str] | bytes) -> list[LayoutPage]:
    """Read the pages of a file, in its order; PAGE XML has one.

    Raises MarkError if the file cannot be opened, is too large, or is not PAGE XML, ALTO or hOCR.
    """
    root = parse_layout(source if isinstance(source, bytes) else _file_bytes(Path(source)))
    if not is_layout(root):
        raise MarkError(NOT_LAYOUT)
    return read_root(root)


def is_layout(root: etree._Element) -> bool:
    return local_name(root) in _READERS


def read_root(root: etree._Element) -> list[LayoutPage]:
    """The pages of a file that was parsed and is one of boxes."""
    return _READERS[local_name(root)][1](root)


def peek(data: bytes) -> tuple[str, str]:
    """The kind of a file, as in `LayoutPage`, and the image that its first page names, without reading further.

    The kind of another XML file is its root element, that of what cannot be parsed is ""; the image is then "".
    """
    kind = image = ""
    try:
        for count, (_, element) in enumerate(
            etree.iterparse(io.BytesIO(data), events=("start", "end"), **safe_options())
        ):
            name = local_name(element)
            kind = kind or (_READERS[name][0] if name in _READERS else name)
            if kind not in ("page", "alto") or count > 2 * _HEAD:
                break
            if name == "fileName" and not image:
                image = (element.text or "").strip()
            if name == "Page":
                image = element.get("imageFilename", "") if kind == "page" else image
                break
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return ("hocr" if b"ocr_page" in data else kind), ""
    return kind, image.replace("\\", "/").rsplit("/", 1)[-1][-LONGEST_NAME:]


def _file_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise MarkError("This file is larger than {limit} MB and is not read.", limit=MAX_BYTES >> 20)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise MarkError("There is no file called {file}.", file=path.name) from error
    except OSError as error:
        raise MarkError("The file {file} cannot be opened.", file=path.name) from error
