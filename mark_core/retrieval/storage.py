"""An index on disk: ``index.json`` (pages and boxes), ``words.npz`` (encodings), ``pages/*.jpg`` (to look at).

The JPEG is a copy for viewing; the original is named by its SHA-256 and never written to. Everything read back is
checked, because a folder may have been edited or come from somebody else.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from mark_core.errors import MarkError
from mark_core.model.encoding import LETTER_CLASSES, Encoding
from mark_core.pages.page import Page, PageSource
from mark_core.segmentation.word import Word

if TYPE_CHECKING:
    from mark_core.model.mark import MarkModel
    from mark_core.retrieval.index import IndexedPage, WordIndex

FORMAT = "mark-index"
VERSION = 2
HAND = "hand.safetensors"
_QUALITY = 92


def save_index(index: WordIndex, folder: Path) -> None:
    """Write all pages. An older index in the folder is replaced only after the new one is complete."""
    pages = index.pages
    (folder / "pages").mkdir(parents=True, exist_ok=True)
    for page in pages:
        Image.fromarray(page.page.pixels).save(folder / "pages" / f"{page.id}.jpg", quality=_QUALITY)
    arrays: dict[str, np.ndarray] = {}
    for page in pages:
        for field in fields(Encoding):
            arrays[f"{page.id}.{field.name}"] = getattr(page.encoding, field.name)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    _replace(folder / "words.npz", buffer.getvalue())
    if "hand" in index.model.card:  # weights of nobody else, so they travel with the index
        from mark_core.model.weights import save_network

        facts = {key: index.model.card[key] for key in ("hand", "calibration") if key in index.model.card}
        save_network(index.model.network, folder / HAND, **facts)
    else:
        for suffix in (".safetensors", ".json"):
            (folder / HAND).with_suffix(suffix).unlink(missing_ok=True)
    description = {
        "format": FORMAT,
        "version": VERSION,
        "weights": index.model.card.get("sha256"),
        "pages": [_describe(page) for page in pages],
    }
    _replace(folder / "index.json", json.dumps(description, ensure_ascii=False, indent=1).encode())


def weights_of(folder: Path) -> MarkModel:
    """The weights that an index learnt from its own pages, or the shipped ones."""
    from mark_core.model.mark import load_model

    hand = folder / HAND
    return load_model(hand if hand.exists() else None)


def _describe(page: IndexedPage) -> dict[str, Any]:
    return {
        "id": page.id,
        "name": page.page.name,
        "sha256": page.page.sha256,
        "number": page.page.number,
        "dpi": page.page.dpi,
        "scale": page.page.scale,
        "original_size": list(page.page.original_size),
        "source": None if page.page.source is None else asdict(page.page.source),
        "words": [
            {
                "box": list(w.box),
                "confidence": round(w.confidence, 4),
                "line": w.line,
                "order": w.order,
                "direction": w.direction,
            }
            for w in page.words
        ],
    }


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_suffix(path.suffix + ".tmp")
    temporary.write_bytes(data)
    temporary.replace(path)


def load_pages_into(index: WordIndex, folder: Path) -> None:
    """Read ``folder`` into ``index``. Raises MarkError with one sentence on anything that does not fit."""
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
    if description.get("weights") != index.model.card.get("sha256"):
        raise MarkError("The index was made with other weights than these; index the pages again.")
    try:
        with np.load(folder / "words.npz", allow_pickle=False) as arrays:
            pages = [_read_page(folder, entry, arrays, index.model) for entry in description["pages"]]
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise MarkError("The index is damaged; index the pages again.") from error
    index.restore(pages)


def _read_page(folder: Path, entry: dict[str, Any], arrays: Any, model: MarkModel) -> IndexedPage:
    from mark_core.retrieval.index import IndexedPage

    page_id = entry["id"]
    if not isinstance(page_id, str) or not re.fullmatch(r"p\d{1,9}", page_id):
        raise ValueError("page id")
    with Image.open(folder / "pages" / f"{page_id}.jpg") as image:
        pixels = np.asarray(image.convert("RGB"))
    page = Page(
        pixels,
        str(entry["name"]),
        str(entry["sha256"]),
        int(entry["number"]),
        None if entry["dpi"] is None else float(entry["dpi"]),
        float(entry["scale"]),
        (int(entry["original_size"][0]), int(entry["original_size"][1])),
        _read_source(entry.get("source")),
    )
    words = tuple(
        Word(
            tuple(int(v) for v in w["box"]),
            float(w["confidence"]),
            int(w["line"]),
            int(w["order"]),
            str(w["direction"]),
        )
        for w in entry["words"]
    )
    for word in words:
        x, y, w, h = word.box
        if not (x >= 0 and y >= 0 and w > 0 and h > 0 and x + w <= page.width and y + h <= page.height):
            raise ValueError("box outside the page")
    encoding = Encoding(*(arrays[f"{page_id}.{field.name}"] for field in fields(Encoding)))
    shapes = (encoding.vectors.shape, encoding.shapes.shape, encoding.counts.shape)
    if shapes != ((len(words), model.dim), (len(words), model.shape_dim), (len(words),)):
        raise ValueError("number of words")
    if encoding.letters.shape != (int(encoding.counts.sum()), LETTER_CLASSES):
        raise ValueError("number of columns")
    return IndexedPage(page_id, page, words, encoding)


def _read_source(entry: dict[str, Any] | None) -> PageSource | None:
    """None too for an index of a version that did not keep it."""
    if entry is None:
        return None
    texts = {key: entry[key] for key in ("url", "manifest", "canvas", "service")}
    if not all(isinstance(text, str) or (text is None and key != "url") for key, text in texts.items()):
        raise ValueError("source")
    size = entry["canvas_size"]
    return PageSource(canvas_size=None if size is None else (int(size[0]), int(size[1])), **texts)
