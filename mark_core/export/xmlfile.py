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

MAX_ELEMENTS = 600_000  # a newspaper page with every glyph described has half as many
MAX_BYTES = 32 * 1024 * 1024  # a newspaper page with every glyph described has about 20 million
NOT_LAYOUT = "This file is not PAGE XML, ALTO or hOCR."
_PIECE = 1 << 16  # bytes that are parsed at a time
_LONGEST = 40  # letters of the name of an encoding
_ENCODING = re.compile(rb"""(?:encoding|charset)\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{1,99})""")
# Python's names of encodings of text in which letters of ASCII stand for themselves, and of UTF-16. What else Python
# and the parser know (UTF-7, EBCDIC, shifted ones) would hide tags from whoever counts them.
_ENCODINGS = re.compile(
    r"(utf-8|utf-16(-[lb]e)?|ascii|iso8859-\d+|cp(437|85\d|86\d|125\d)|koi8-[ru]|mac-\w+|"
    r"gb2312|gbk|gb18030|big5|shift_jis|cp932|euc_jp|euc_kr)(?![\w-])"
)
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
    try:
        root = _parse_xml(data)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return _parse_html(data)  # hOCR is often no well-formed XML
    if local_name(root) == "html":
        return _parse_html(data)
    if root.getroottree().docinfo.internalDTD is not None:
        raise MarkError(
            "This XML file declares a document type, which PAGE and ALTO do not have; it is not read."
        )
    return root


def _parse_xml(data: bytes) -> etree._Element:
    """The root of XML whose elements are counted while it is read. Raises MarkError when there are too many."""
    parser = etree.XMLPullParser(events=("start",), **safe_options())
    count = 0
    for start in range(0, len(data), _PIECE):
        parser.feed(data[start : start + _PIECE])
        count += sum(1 for _ in parser.read_events())
        check_elements(count)
    return parser.close()


def check_elements(count: int) -> None:
    """Raise MarkError if a file has so many elements that it is not read."""
    if count > MAX_ELEMENTS:
        raise MarkError("This file has more than {limit} elements and is not read.", limit=MAX_ELEMENTS)


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
    # Both kinds of tag begin alike in every encoding of `_ENCODINGS`; it is counted before anything is made of them.
    check_elements(data.count(b"<") - data.count(b"</") - data.count(b"<\0/"))
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
        name = codecs.lookup(stated.group(1)[:_LONGEST].decode("ascii")).name if stated else "utf-8"
        html.HTMLParser(encoding=name)  # it knows fewer
    except LookupError:
        return "utf-8"
    return name if _ENCODINGS.match(name) else "utf-8"


def decoded_text(data: bytes) -> str:
    """Plain text: by its byte order mark, else UTF-8, else as Windows writes western languages."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace").lstrip("\ufeff")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
