"""The export formats, by name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from mark_core.errors import MarkError
from mark_core.export.alto import to_alto
from mark_core.export.annotation import PLACEHOLDER, to_iiif
from mark_core.export.drawing import to_pdf, to_png
from mark_core.export.extract import Extract, page_stems
from mark_core.export.pagexml import to_page_xml
from mark_core.export.table import to_csv, to_json
from mark_core.export.text.hocr import to_hocr
from mark_core.export.text.tei import to_tei


@dataclass(frozen=True)
class Format:
    """An export format.

    write: extract -> bytes of a file. suffix: with its dot. title, description: for lists of formats. paged: a file
    holds one page, so several pages are written as a ZIP (see `render`).
    """

    write: Callable[[Extract], bytes]
    suffix: str
    media_type: str
    title: str
    description: str
    paged: bool = False


FORMATS: dict[str, Format] = {
    "csv": Format(to_csv, ".csv", "text/csv; charset=utf-8", "CSV", "Table for a spreadsheet"),
    "json": Format(to_json, ".json", "application/json", "JSON", "Boxes, scores and pages for programs"),
    "iiif": Format(
        to_iiif,
        ".json",
        'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"',
        "IIIF",
        "W3C annotations for IIIF viewers",
    ),
    "page": Format(
        to_page_xml,
        ".xml",
        "application/xml",
        "PAGE XML",
        "2019, for Transkribus, eScriptorium, OCR-D",
        paged=True,
    ),
    "alto": Format(to_alto, ".xml", "application/xml", "ALTO", "Version 4, for library systems", paged=True),
    "hocr": Format(
        to_hocr,
        ".hocr",
        "text/html; charset=utf-8",
        "hOCR",
        "HTML with boxes, as Tesseract writes it",
        paged=True,
    ),
    "tei": Format(
        to_tei,
        ".xml",
        "application/tei+xml",
        "TEI",
        "Text with its places, for editions; all pages in one file",
    ),
    "png": Format(to_png, ".png", "image/png", "PNG", "Picture of the page with numbered boxes", paged=True),
    "pdf": Format(to_pdf, ".pdf", "application/pdf", "PDF", "All pages with numbered boxes"),
}


@dataclass(frozen=True)
class Rendered:
    """A written file. suffix: with its dot, ``.zip`` for several files."""

    data: bytes
    suffix: str
    media_type: str


def render(extract: Extract, name: str, base: str = PLACEHOLDER) -> Rendered:
    """Write ``extract`` in the format ``name``, as a ZIP of files named after the page images for paged formats.

    base: for the ids of annotations, see `to_iiif`; ignored by other formats.
    Raises MarkError if there is no such format.
    """
    if name not in FORMATS:
        raise MarkError(
            "There is no format “{name}”; choose one of {known}.", name=name, known=", ".join(FORMATS)
        )
    kind = FORMATS[name]
    if kind.write is to_iiif:
        return Rendered(to_iiif(extract, base), kind.suffix, kind.media_type)
    if not kind.paged or len(extract.pages) == 1:
        return Rendered(kind.write(extract), kind.suffix, kind.media_type)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        stems = page_stems([sheet.page for sheet in extract.pages])
        for stem, sheet in zip(stems, extract.pages, strict=True):
            archive.writestr(f"{stem}{kind.suffix}", kind.write(extract.only(sheet)))
    return Rendered(out.getvalue(), ".zip", "application/zip")
