"""Page images with boxes: a PNG of one page, a PDF of all.

Outlines repeat the meaning of colours: a hit is bold, a confirmed one has a double outline, a rejected one is dashed.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFont

from mark_core.export.extract import Entry, Extract, ExtractPage
from mark_core.export.geometry import shown_box, shown_size
from mark_core.export.markup import single_page
from mark_core.pages.limits import PDF_DPI
from mark_core.pages.page import Page
from mark_core.pages.pdf import LOCK
from mark_core.segmentation.word import Box

_WORD = (0, 84, 166)
_COLOURS = {"": (190, 0, 90), "confirmed": (0, 105, 60), "rejected": (85, 85, 85)}
_PAPER = (255, 255, 255)
_JPEG_QUALITY = 88
_POINTS_PER_INCH = 72.0


def to_png(extract: Extract) -> bytes:
    """Draw one page in its original size with numbered boxes: ranks of hits, or numbers of words.

    A page at working size is enlarged, so that coordinates of the original are valid in the image, unless the page was
    turned: it is drawn as it is shown.
    Raises MarkError if the extract has several pages.
    """
    sheet = single_page(extract, "PNG")
    image = Image.fromarray(sheet.page.pixels)
    size = shown_size(sheet.page)
    if image.size != size:
        image = image.resize(size, Image.Resampling.BICUBIC)
    draw_boxes(image, sheet.entries, lambda box: shown_box(box, sheet.page))
    out = io.BytesIO()
    # level 3 takes a third of the time of Pillow's level 6, for 3 percent larger files
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()


def word_picture(page: Page, box: Box) -> bytes:
    """A PNG of the pixels in a box, x y w h in page pixels, with half its height of the page around it."""
    x, y, w, h = box
    edge = h // 2
    image = page.pixels[max(0, y - edge) : y + h + edge, max(0, x - edge) : x + w + edge]
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG", compress_level=3)
    return out.getvalue()


def to_pdf(extract: Extract) -> bytes:
    """Draw every page as in `to_png`, at the paper size given by its dots per inch."""
    with LOCK:
        document = pdfium.PdfDocument.new()
        try:
            for sheet in extract.pages:
                _add_page(document, sheet)
            out = io.BytesIO()
            document.save(out)
        finally:
            document.close()
    return out.getvalue()


def _add_page(document: pdfium.PdfDocument, sheet: ExtractPage) -> None:
    image = Image.fromarray(sheet.page.pixels)
    draw_boxes(image, sheet.entries)
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=_JPEG_QUALITY)
    dpi = sheet.page.dpi or PDF_DPI
    width, height = (side / dpi * _POINTS_PER_INCH for side in shown_size(sheet.page))
    page = document.new_page(width, height)
    picture = pdfium.PdfImage.new(document)
    picture.load_jpeg(jpeg, inline=True)
    picture.set_matrix(pdfium.PdfMatrix().scale(width, height))
    page.insert_obj(picture)
    page.gen_content()
    page.close()


def draw_boxes(
    image: Image.Image, entries: tuple[Entry, ...], place: Callable[[Box], Box] = lambda box: box
) -> None:
    """Draw ``entries`` into an RGB image, the best hits last. The number of a phrase is at its first word.

    place: box of a page -> x y w h in pixels of the image.
    """
    rows = [
        (entry, [place(one.word.box) for one in entry.words])
        for entry in sorted(entries, key=lambda entry: -(entry.rank or 0))
    ]
    typical = float(np.median([min(box[2:]) for _, boxes in rows for box in boxes]))
    pen = ImageDraw.Draw(image)
    hits = entries[0].rank is not None
    width = max(2, round(typical / (12 if hits else 24)))
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont = ImageFont.load_default(
        max(11.0, typical * (0.55 if hits else 0.32))
    )
    for entry, boxes in rows:
        for box in boxes:
            if hits:
                _outline(pen, box, width, _COLOURS[entry.decision], entry.decision)
            else:
                x, y, w, h = box
                pen.rectangle(
                    (x, y, x + w - 1, y + h - 1), outline=_WORD, width=width
                )  # a rim would hide ink
    for entry, (box, *_) in rows:  # after all outlines, so that none crosses a number
        colour = _COLOURS[entry.decision] if hits else _WORD
        _number(pen, box, str(entry.rank or entry.number), font, width, colour, image.size)


def _outline(pen: ImageDraw.ImageDraw, box: Box, width: int, colour: tuple[int, ...], decision: str) -> None:
    """Draw the outline of a box, outside its ink, with a light rim for dark paper."""
    x, y, w, h = box
    frame = (x - width, y - width, x + w + width - 1, y + h + width - 1)
    rim = max(1, width // 2)
    pen.rectangle(_grown(frame, rim), outline=_PAPER, width=width + 2 * rim)
    if decision == "rejected":
        _dashes(pen, frame, width, colour)
        return
    pen.rectangle(frame, outline=colour, width=width)
    if decision == "confirmed":
        pen.rectangle(_grown(frame, 2 * width), outline=colour, width=width)


def _grown(frame: tuple[int, int, int, int], by: int) -> tuple[int, int, int, int]:
    return frame[0] - by, frame[1] - by, frame[2] + by, frame[3] + by


def _dashes(
    pen: ImageDraw.ImageDraw, frame: tuple[int, int, int, int], width: int, colour: tuple[int, ...]
) -> None:
    left, top, right, bottom = frame
    dash = 3 * width
    for x in range(left, right, 2 * dash):
        for y in (top, bottom - width + 1):
            pen.rectangle((x, y, min(x + dash, right), y + width - 1), fill=colour)
    for y in range(top, bottom, 2 * dash):
        for x in (left, right - width + 1):
            pen.rectangle((x, y, x + width - 1, min(y + dash, bottom)), fill=colour)


def _number(
    pen: ImageDraw.ImageDraw,
    box: Box,
    text: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    width: int,
    colour: tuple[int, ...],
    size: tuple[int, int],
) -> None:
    """Draw a number on the upper edge of a box, moved into the page if necessary."""
    left, top, right, bottom = pen.textbbox((0, 0), text, font=font)
    pad = max(2, width // 2)
    tag_w, tag_h = right - left + 2 * pad, bottom - top + 2 * pad
    x = min(max(0, box[0] - width), max(0, size[0] - tag_w))
    y = max(0, box[1] - width - tag_h)
    pen.rectangle((x, y, x + tag_w - 1, y + tag_h - 1), fill=colour)
    pen.text((x + pad - left, y + pad - top), text, fill=_PAPER, font=font)
