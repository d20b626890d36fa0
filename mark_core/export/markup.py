"""What both XML writers need: characters that XML allows, and elements on the way to bytes."""

from __future__ import annotations

import re

from lxml import etree

from mark_core.errors import MarkError
from mark_core.export.extract import Extract, ExtractPage

# XML 1.0, production 2 (Char): what is outside cannot be written, not even as a reference.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """``text`` without the characters that XML 1.0 forbids."""
    return _FORBIDDEN.sub("", text)


def child(parent: etree._Element, name: str, text: str | None = None, **attributes: object) -> etree._Element:
    """Append an element in the namespace of ``parent``; attributes that are None are left out."""
    namespace = etree.QName(parent).namespace
    element = etree.SubElement(
        parent,
        f"{{{namespace}}}{name}",
        {key: xml_text(str(value)) for key, value in attributes.items() if value is not None},
    )
    if text is not None:
        element.text = xml_text(text)
    return element


def to_bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def single_page(extract: Extract, what: str) -> ExtractPage:
    """The one page of an extract. Raises MarkError if there are several, for ``what`` holds one a file."""
    if len(extract.pages) != 1:
        raise MarkError(
            "{what} has one file for every page, and these are {count} pages.",
            what=what,
            count=len(extract.pages),
        )
    return extract.pages[0]
