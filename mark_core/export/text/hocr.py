"""hOCR 1.2: HTML with the boxes of lines and words, in pixels of the original image."""

from __future__ import annotations

from lxml import etree

from mark_core.export.extract import Entry, Extract
from mark_core.export.geometry import bounding_box, original_box
from mark_core.export.markup import child, single_page, to_bytes, written_text
from mark_core.segmentation.word import Box

NAMESPACE = "http://www.w3.org/1999/xhtml"
_PARTS = "ocr_page ocr_carea ocr_line ocrx_word"


def to_hocr(extract: Extract) -> bytes:
    """Write one page.

    The text of a word is that of `markup.written_text`; ``x_wconf`` is its certainty in percent, else the probability
    of a hit, or the confidence of the box. hOCR has no columns: those of Mongolian are written as lines. Raises
    MarkError if the extract has several pages.
    """
    sheet = single_page(extract, "hOCR")
    width, height = sheet.page.original_size
    root = etree.Element(f"{{{NAMESPACE}}}html", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    head = child(root, "head")
    child(head, "title", sheet.page.name)
    child(head, "meta", content="text/html; charset=utf-8").set("http-equiv", "Content-Type")
    for name, content in (("ocr-system", "MARK"), ("ocr-capabilities", _PARTS)):
        child(head, "meta", content=content).set("name", name)
    image = sheet.page.name.replace('"', "'").replace("\\", "/")
    page = child(
        child(root, "body"), "div", id="page", title=f'image "{image}"; {_bbox((0, 0, width, height))}'
    )
    page.set("class", "ocr_page")
    lines = [[(entry, original_box(entry.word.box, sheet.page)) for entry in line] for line in sheet.lines()]
    frames = [bounding_box([box for _, box in line]) for line in lines]
    block = child(page, "div", id="block", title=_bbox(bounding_box(frames)))
    block.set("class", "ocr_carea")
    for number, (line, frame) in enumerate(zip(lines, frames, strict=True), start=1):
        direction = "rtl" if line[0][0].word.direction == "rtl" else "ltr"
        element = child(block, "span", id=f"line{number}", dir=direction, title=_bbox(frame))
        element.set("class", "ocr_line")
        for entry, box in line:
            _word(element, entry, box, extract.typed(entry))
    return to_bytes(root)


def _word(line: etree._Element, entry: Entry, box: Box, query: str) -> None:
    title = f"{_bbox(box)}; x_wconf {100 * entry.text_confidence:.2f}"
    name = f"word{entry.key}-rank{entry.rank}" if entry.rank else f"word{entry.key}"
    word = child(line, "span", written_text(entry, query) or None, id=name, title=title)
    word.set("class", "ocrx_word")


def _bbox(box: Box) -> str:
    x, y, w, h = box
    return f"bbox {x} {y} {x + w} {y + h}"
