"""An index as a folder: ``index.json`` (pages and boxes), ``words.npz`` (encodings), ``pages/*.jpg``.

The JPEG files are copies for viewing; the original is identified by its SHA-256. Everything that is read is checked,
because a folder is untrusted.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mark_core.errors import MarkError
from mark_core.model.mark import MarkModel, load_model
from mark_core.model.weights import save_network
from mark_core.pages.page import Page
from mark_core.pages.picture_formats import open_picture
from mark_core.retrieval.index import WordIndex
from mark_core.retrieval.indexed import IndexedPage
from mark_core.storage.line_arrays import line_arrays, read_lines_of
from mark_core.storage.record import (
    DAMAGE,
    arrays_of,
    describe,
    read_alternatives,
    read_encodings,
    read_id,
    read_page,
    read_words,
)

FORMAT = "mark-index"
VERSION = 2
HAND = "hand.safetensors"
_QUALITY = 92


def save_folder(index: WordIndex, folder: Path) -> None:
    """Write all pages of an index. An older index in the folder is replaced only after the new one is complete."""
    pages = index.pages
    (folder / "pages").mkdir(parents=True, exist_ok=True)
    for page in pages:
        Image.fromarray(page.page.pixels).save(folder / "pages" / f"{page.id}.jpg", quality=_QUALITY)
    arrays: dict[str, Any] = {}
    for page in pages:
        arrays |= arrays_of(page) | line_arrays(page)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    _replace(folder / "words.npz", buffer.getvalue())
    if "hand" in index.model.card:  # adapted weights exist nowhere else
        facts = {key: index.model.card[key] for key in ("hand", "calibration") if key in index.model.card}
        save_network(index.model.network, folder / HAND, **facts)
    else:
        for suffix in (".safetensors", ".json"):
            (folder / HAND).with_suffix(suffix).unlink(missing_ok=True)
    description = {
        "format": FORMAT,
        "version": VERSION,
        "weights": index.model.card.get("sha256"),
        "pages": [describe(page) for page in pages],
    }
    _replace(folder / "index.json", json.dumps(description, ensure_ascii=False, indent=1).encode())


def folder_model(folder: Path, device: str | None = None) -> MarkModel:
    """The model that the index in a folder was adapted to, or the shipped one."""
    hand = folder / HAND
    return load_model(hand if hand.exists() else None, device)


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_suffix(path.suffix + ".tmp")
    temporary.write_bytes(data)
    temporary.replace(path)


def load_folder(folder: Path, model: MarkModel | None = None) -> WordIndex:
    """Read an index from a folder. model: by default ``folder_model``.

    Raises MarkError if there is none, it is damaged, of another version, or made with other weights.
    """
    model = model or folder_model(folder)
    try:
        description = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise MarkError("There is no MARK index in that folder.") from error
    except ValueError as error:
        raise MarkError("The index is damaged: its index.json cannot be read.") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise MarkError("There is no MARK index in that folder.")
    if description.get("version") != VERSION:
        raise MarkError("The index was written by another version of MARK; index the pages again.")
    if description.get("weights") != model.card.get("sha256"):
        raise MarkError("The index was made with other weights than these; index the pages again.")
    try:
        with np.load(folder / "words.npz", allow_pickle=False) as arrays:
            pages = [_read_page(folder, entry, arrays, model) for entry in description["pages"]]
    except (*DAMAGE, OSError, zipfile.BadZipFile) as error:
        raise MarkError("The index is damaged; index the pages again.") from error
    index = WordIndex(model)
    index.restore(pages)
    return index


def _read_page(folder: Path, entry: dict[str, Any], arrays: Any, model: MarkModel) -> IndexedPage:
    page_id = read_id(entry)
    with open_picture(folder / "pages" / f"{page_id}.jpg") as image:
        pixels = np.asarray(image.convert("RGB"))
    page = Page(pixels, **read_page(entry))
    words = read_words(entry, page.width, page.height)
    alternatives = read_alternatives(entry, words, page.width, page.height)
    own, others = read_encodings(page_id, arrays, len(words), len(alternatives), model)
    indexed = IndexedPage(page_id, page, words, own, alternatives, others)
    return replace(indexed, lines=read_lines_of(page_id, indexed, arrays, model))
