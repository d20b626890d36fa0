"""The formats of what MARK reads in pages, by name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mark_core.errors import MarkError
from mark_core.export.extract import page_stems
from mark_core.export.formats import Rendered
from mark_core.export.reading.alto import to_alto
from mark_core.export.reading.content import LABEL, PageReading
from mark_core.export.reading.pagexml import to_page_xml


@dataclass(frozen=True)
class ReadingFormat:
    """write: pages -> bytes of a file. paged: a file holds one page. Otherwise see ``formats.Format``."""

    write: Callable[[Sequence[PageReading]], bytes]
    suffix: str
    media_type: str
    title: str
    description: str
    paged: bool


def to_text(readings: Sequence[PageReading]) -> bytes:
    """Lines of text in UTF-8, with the label on top and the name of each page in brackets where there are several."""
    parts = [f"[{LABEL}]"]
    for one in readings:
        head = [f"[{one.page.name}, page {one.page.number + 1}]"] if len(readings) > 1 else []
        parts.append("\n".join([*head, *(line.text for line in one.lines)]))
    return ("\n\n".join(parts) + "\n").encode()


def _single(write: Callable[[PageReading], bytes]) -> Callable[[Sequence[PageReading]], bytes]:
    return lambda readings: write(readings[0])


READINGS: dict[str, ReadingFormat] = {
    "text": ReadingFormat(
        to_text, ".txt", "text/plain; charset=utf-8", "Plain text", "Line by line, as it was read", False
    ),
    "page": ReadingFormat(
        _single(to_page_xml), ".xml", "application/xml", "PAGE XML", "2019, with certainties of words", True
    ),
    "alto": ReadingFormat(
        _single(to_alto), ".xml", "application/xml", "ALTO", "Version 4, with certainties of letters", True
    ),
}


def render_reading(readings: Sequence[PageReading], name: str) -> Rendered:
    """Write what was read in a format of ``READINGS``, several pages as a ZIP where a file holds one page only.

    Raises MarkError if there is no such format, or nothing was read.
    """
    if name not in READINGS:
        raise MarkError(
            "There is no format “{name}”; choose one of {known}.", name=name, known=", ".join(READINGS)
        )
    read = [one for one in readings if one.lines]
    if not read:
        raise MarkError("Nothing was read on these pages.")
    kind = READINGS[name]
    if not kind.paged or len(read) == 1:
        return Rendered(kind.write(read), kind.suffix, kind.media_type)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for stem, one in zip(page_stems([one.page for one in read]), read, strict=True):
            archive.writestr(f"{stem}{kind.suffix}", kind.write([one]))
    return Rendered(out.getvalue(), ".zip", "application/zip")
