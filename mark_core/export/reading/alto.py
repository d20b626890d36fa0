"""What MARK reads in a page as ALTO 4.3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from mark_core.export.alto import new_document, place_of, print_space
from mark_core.export.geometry import bounding_box
from mark_core.export.markup import child, to_bytes
from mark_core.export.reading.content import LABEL, PageReading
from mark_core.segmentation.word import Box

if TYPE_CHECKING:
    from mark_core.retrieval.lines.reading import ReadWord


def to_alto(one: PageReading) -> bytes:
    """WC of every word, and CC of every letter, from 0 (sure) to 9."""
    root = new_document(one.page, one.created, LABEL)
    space = print_space(root, one.page)
    boxes = one.boxes()
    block = child(
        space, "TextBlock", ID="block", **place_of(bounding_box([box for line in boxes for box in line]))
    )
    if one.page.turn:
        block.set("ROTATION", str(one.page.turn))
    for number, (line, own) in enumerate(zip(one.lines, boxes, strict=True), start=1):
        element = child(
            block,
            "TextLine",
            ID=f"line{number}",
            BASEDIRECTION=line.direction,
            **place_of(bounding_box(own)),
        )
        for place, (word, box) in enumerate(zip(line.words, own, strict=True), start=1):
            _string(element, f"line{number}-word{place}", word, box)
    return to_bytes(root)


def _string(line: etree._Element, name: str, word: ReadWord, box: Box) -> None:
    child(
        line,
        "String",
        ID=name,
        CONTENT=word.text,
        WC=f"{word.certainty:.4f}",
        CC=" ".join(str(min(9, int(10 * (1 - value)))) for value in word.certainties),
        **place_of(box),
    )
