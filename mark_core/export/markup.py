"""Helpers of the XML writers."""

from __future__ import annotations

import re

from lxml import etree

from mark_core.errors import MarkError
from mark_core.export.extract import Entry, Extract, ExtractPage

# XML 1.0, production 2 (Char): other characters are forbidden, even as references
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"


def xml_text(text: str) -> str:
    """``text`` without the characters that XML 1.0 forbids."""
    return _FORBIDDEN.sub("", text)


def child(parent: etree._Element, name: str, text: str | None = None, **attributes: object) -> etree._Element:
    """Append an element in the namespace of ``parent``. Attributes that are None are omitted."""
    namespace = etree.QName(parent).namespace
    element = etree.SubElement(
        parent,
        f"{{{namespace}}}{name}",
        {key: xml_text(str(value)) for key, value in attributes.items() if value is not None},
    )
    if text is not None:
        element.text = xml_text(text)
    return element


def written_text(entry: Entry, query: str) -> str:
    """The text of a word in a file: the transcription by a person or of a transcript; without one, the typed word of a
    hit that was not rejected; else nothing."""
    return entry.text or (query if entry.rank and entry.decision != "rejected" else "")


def to_bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def single_page(extract: Extract, what: str) -> ExtractPage:
    """The only page of an extract. Raises MarkError if there are several. what: name of the format."""
    if len(extract.pages) != 1:
        raise MarkError(
            "{what} has one file for every page, and these are {count} pages.",
            what=what,
            count=len(extract.pages),
        )
    return extract.pages[0]
