"""A data set made of page images and, beside each, a PAGE XML or ALTO file of the same stem."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from PIL import Image

from mark_core.errors import MarkError
from mark_core.export.layout import LayoutPage
from mark_core.export.read import read_layout

_QUARTER_TURNS = {5, 6, 7, 8}  # of EXIF tag 274: width and height change places
_ORIENTATION = 0x0112


def transcribed_pages(images: list[Path]) -> list[tuple[Path, Path]]:
    """(image, XML file) of every image that has one beside it."""
    pairs = [(image, image.with_suffix(suffix)) for image in images for suffix in (".xml", ".XML")]
    found: dict[Path, Path] = {}
    for image, file in pairs:
        if file.is_file():
            found.setdefault(image, file)
    return list(found.items())


def relevance_key(text: str) -> str:
    """NFKC, lower case, letters and digits only: punctuation does not make another word."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def page_rows(image: Path, file: Path) -> list[dict[str, Any]]:
    """One row a word: page, x y w h (pixels of the upright image), text and key, "" where nothing is transcribed.

    Raises MarkError if one of the files cannot be read or they do not belong together.
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
    """(width, height) from the header: pixels are not decoded."""
    try:
        with Image.open(path) as image:
            turned = image.getexif().get(_ORIENTATION) in _QUARTER_TURNS
            return image.size[::-1] if turned else image.size
    except Exception as error:  # Pillow's readers raise nearly anything on damaged data
        raise MarkError("The image {file} cannot be read.", file=path.name) from error
