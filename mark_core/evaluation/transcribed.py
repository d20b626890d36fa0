"""Data sets of page images with PAGE XML or ALTO files of the same stem."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from mark_core.errors import MarkError
from mark_core.export.layout import LayoutPage
from mark_core.export.read import read_layout
from mark_core.pages.picture_formats import open_picture

_QUARTER_TURNS = {5, 6, 7, 8}  # of EXIF tag 274: width and height change places
_ORIENTATION = 0x0112


def transcribed_pages(images: list[Path]) -> list[tuple[Path, Path]]:
    """(image, XML file) of every image with such a file."""
    pairs = [(image, image.with_suffix(suffix)) for image in images for suffix in (".xml", ".XML")]
    found: dict[Path, Path] = {}
    for image, file in pairs:
        if file.is_file():
            found.setdefault(image, file)
    return list(found.items())


def relevance_key(text: str) -> str:
    """Normalise a text to a key: NFKC, lower case, letters and digits only."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def page_rows(image: Path, file: Path) -> list[dict[str, Any]]:
    """One row per word: page, x y w h (pixels of the upright image), text and key, "" without transcription.

    Raises MarkError if a file cannot be read, or if they do not match.
    """
    try:
        layouts = read_layout(file)
        if len(layouts) != 1:
            raise MarkError("The file has {count} pages, but one image.", count=len(layouts))
        return _rows(image, layouts[0])
    except MarkError as error:
        raise MarkError("{title}: {sentence}", title=file.name, sentence=error.message) from error


def _rows(image: Path, layout: LayoutPage) -> list[dict[str, Any]]:
    size = _upright_size(image)
    boxes, kept = layout.boxes(*size, original=size)
    rows = []
    for (x, y, w, h), place in zip(boxes.tolist(), kept.tolist(), strict=True):
        text = layout.words[place].text
        rows.append(
            {"page": image.name, "x": x, "y": y, "w": w, "h": h, "text": text, "key": relevance_key(text)}
        )
    return rows


def _upright_size(path: Path) -> tuple[int, int]:
    """(width, height) of the upright image, read from its header."""
    try:
        with open_picture(path) as image:
            turned = image.getexif().get(_ORIENTATION) in _QUARTER_TURNS
            return image.size[::-1] if turned else image.size
    except Exception as error:  # Pillow's readers raise nearly anything on damaged data
        raise MarkError("The image {file} cannot be read.", file=path.name) from error
