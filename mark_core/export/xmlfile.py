"""Safe parsing of untrusted XML and HTML: without external files and without entity expansion.

Both risks (external entities, billion laughs) need entity declarations. PAGE and ALTO have no document type, so XML
with one is refused. hOCR is HTML and has one; the HTML parser ignores entity declarations.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from lxml import etree, html

from mark_core.errors import MarkError

MAX_BYTES = 32 * 1024 * 1024  # a newspaper page with every glyph described has about 20 million
NOT_LAYOUT = "This file is not PAGE XML, ALTO or hOCR."
_ENCODING = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([\w.:-]+)""")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def parse_layout(data: bytes) -> etree._Element:
    """Parse XML, or HTML if the file is HTML, and return the root element.

    Raises MarkError if the file is empty, larger than MAX_BYTES, damaged, or declares a document type without being
    HTML.
    """
    if not data.strip():
        raise MarkError("This file is empty.")
    if len(data) > MAX_BYTES:
        raise MarkError("This file is larger than {limit} MB and is not read.", limit=MAX_BYTES >> 20)
    parser = etree.XMLParser(**safe_options())
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return _parse_html(data)  # hOCR is often no well-formed XML
    if local_name(root) == "html":
        return _parse_html(data)
    if root.getroottree().docinfo.internalDTD is not None:
        raise MarkError(
            "This XML file declares a document type, which PAGE and ALTO do not have; it is not read."
        )
    return root


def safe_options() -> dict[str, Any]:
    """Options of a parser of untrusted XML: nothing is fetched, expanded or added."""
    return {
        "resolve_entities": False,
        "load_dtd": False,
        "no_network": True,
        "dtd_validation": False,
        "attribute_defaults": False,
        "huge_tree": False,
        "remove_comments": True,
        "remove_pis": True,
    }


def local_name(element: etree._Element) -> str:
    """The tag without its namespace, which differs between versions of a schema; "" for an entity."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """Children of that local name."""
    return [child for child in element if local_name(child) == name]


def descendants(element: etree._Element, name: str) -> list[etree._Element]:
    """Elements of that local name at any depth, in document order."""
    return [child for child in element.iterdescendants() if local_name(child) == name]


def _parse_html(data: bytes) -> etree._Element:
    parser = html.HTMLParser(
        encoding=_encoding(data), no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise MarkError(NOT_LAYOUT) from error
    if not root.xpath("//*[contains(concat(' ', normalize-space(@class), ' '), ' ocr_page ')]"):
        raise MarkError("This file is damaged, or it is not PAGE XML, ALTO or hOCR.")
    return root


def _encoding(data: bytes) -> str:
    """Encoding by byte order mark, XML declaration or meta element; the HTML parser itself reads only the last."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    stated = _ENCODING.search(data[:2048])
    try:
        name = codecs.lookup(stated.group(1).decode("ascii")).name if stated else "utf-8"
        html.HTMLParser(
            encoding=name
        )  # it knows fewer, and what Python knows is not always an encoding of text
    except LookupError:
        return "utf-8"
    return name


def decoded_text(data: bytes) -> str:
    """Plain text: by its byte order mark, else UTF-8, else as Windows writes western languages."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace").lstrip("\ufeff")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
