"""Rendering of the pages of a PDF."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import numpy as np
import pypdfium2 as pdfium

from mark_core.errors import MarkError
from mark_core.pages.decode import check_size
from mark_core.pages.limits import MAX_PAGES, PDF_DPI, WORKING_PIXELS

_POINTS_PER_INCH = 72.0
_MOST_PICTURES = 5000  # of a page that are looked at before it is drawn
LOCK = threading.Lock()  # PDFium is not thread-safe


def is_pdf(data: bytes) -> bool:
    """Whether the header of a PDF is within the first kilobyte, as readers accept it."""
    return b"%PDF-" in data[:1024]


def page_count(data: bytes) -> int:
    """Number of pages, 1..MAX_PAGES. Raises MarkError when the PDF cannot be opened, is empty or too long."""
    with LOCK, _opened(data) as document:
        count = len(document)
    if count == 0:
        raise MarkError("This PDF has no pages.")
    if count > MAX_PAGES:
        raise MarkError(
            "This PDF has {count} pages; please split it into parts of at most {limit} pages.",
            count=count,
            limit=MAX_PAGES,
        )
    return count


def render_pdf_page(data: bytes, number: int) -> tuple[np.ndarray, float]:
    """Render a page (0-based) at PDF_DPI, or lower if it would exceed the working size.

    Returns (H, W, 3) uint8 RGB and the dots per inch used.
    """
    with LOCK, _opened(data) as document:
        try:
            page = document[number]
            width, height = (side / _POINTS_PER_INCH for side in page.get_size())  # inches
            dpi = min(PDF_DPI, math.sqrt(WORKING_PIXELS / max(width * height, 1e-6)))
            check_size(math.ceil(width * dpi), math.ceil(height * dpi))
            bitmap = page.render(scale=dpi / _POINTS_PER_INCH, rev_byteorder=True, prefer_bgrx=False)
            pixels = np.array(bitmap.to_numpy())
        except pdfium.PdfiumError as error:
            raise MarkError(
                "Page {page} of this PDF is damaged and cannot be drawn.", page=number + 1
            ) from error
    if pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    return np.ascontiguousarray(pixels[:, :, :3]), dpi


def page_memory(data: bytes, number: int) -> int:
    """Memory that drawing a page (0-based) takes, with its largest picture, bytes, roughly. PDFium leaves out without a
    word what it finds no memory for. Raises MarkError when the PDF cannot be opened."""
    with LOCK, _opened(data) as document:
        try:
            page = document[number]
            width, height = page.get_size()
            pictures = page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE])
            sizes = [picture.get_px_size() for picture in islice(pictures, _MOST_PICTURES)]
        except pdfium.PdfiumError:
            return 0  # it cannot be drawn either
    drawn = min(WORKING_PIXELS, width * height * (PDF_DPI / _POINTS_PER_INCH) ** 2)
    largest = max((width * height for width, height in sizes), default=0)
    return len(data) + round(2 * 3 * drawn) + 2 * 4 * largest


@contextmanager
def _opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise MarkError("This PDF is protected by a password: please save a copy without one.") from error
        raise MarkError("This PDF is damaged and cannot be opened.") from error
    try:
        yield document
    finally:
        document.close()
