"""An index as a folder: ``index.json`` names a folder beside it, which holds the rest of what was saved last:
``words.npz`` (encodings), ``pages/*.jpg`` and, if the model was adapted, ``hand.safetensors`` with its card.

Saving writes another such folder, and then replaces ``index.json`` in one step, so that whatever happens on the way
leaves the index as it was. Folders of before have everything beside ``index.json``. The JPEG files are copies for
viewing; the original is identified by its SHA-256. Everything that is read is checked, because a folder is untrusted.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mark_core.errors import MarkError
from mark_core.file_lock import FileLock
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
    read_script,
    read_words,
)
from mark_core.whole_file import sync_folder, synced_file, write_whole

FORMAT = "mark-index"
VERSION = 3
VERSION_OF_ONE_FOLDER = 2  # everything lies beside index.json
INDEX, WORDS, HAND, LOCK = "index.json", "words.npz", "hand.safetensors", ".lock"
_DATA = re.compile(r"data-[0-9a-f]{12}")
_QUALITY = 92
_TRIES = 3  # to read while others save


def save_folder(index: WordIndex, folder: Path) -> None:
    """Write all pages of an index. An older index in the folder is replaced only after the new one is complete.

    Waits for others who save there. Raises MarkError if it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK):
            data = folder / f"data-{secrets.token_hex(6)}"
            try:
                _write_data(index, data)
                description = {
                    "format": FORMAT,
                    "version": VERSION,
                    "weights": index.model.card.get("sha256"),
                    "data": data.name,
                    "pages": [describe(page) for page in index.pages],
                }
                text = json.dumps(description, ensure_ascii=False, indent=1)
                write_whole(folder / INDEX, text.encode())
            except BaseException:
                shutil.rmtree(data, ignore_errors=True)
                raise
            _clear(folder, data.name)
    except OSError as error:
        raise MarkError("The index cannot be written to {folder}.", folder=folder.name) from error


def _write_data(index: WordIndex, data: Path) -> None:
    pages = index.pages
    (data / "pages").mkdir(parents=True)
    for page in pages:
        with synced_file(data / "pages" / f"{page.id}.jpg") as file:
            Image.fromarray(page.page.pixels).save(file, "JPEG", quality=_QUALITY)
    arrays: dict[str, Any] = {}
    for page in pages:
        arrays |= arrays_of(page) | line_arrays(page)
    with synced_file(data / WORDS) as file:
        np.savez_compressed(file, **arrays)
    if "hand" in index.model.card:  # adapted weights exist nowhere else
        facts = {key: index.model.card[key] for key in ("hand", "calibration") if key in index.model.card}
        save_network(index.model.network, data / HAND, **facts)
    for folder in (data / "pages", data, data.parent):
        sync_folder(folder)


def _clear(folder: Path, kept: str) -> None:
    """Delete what older savings have left, finished or not."""
    with suppress(OSError):
        for old in folder.iterdir():
            if _DATA.fullmatch(old.name) and old.name != kept:
                shutil.rmtree(old, ignore_errors=True)
            elif re.fullmatch(rf"\.{re.escape(INDEX)}\.\w+\.part", old.name):
                old.unlink(missing_ok=True)
        for name in (WORDS, HAND, "hand.json"):
            (folder / name).unlink(missing_ok=True)
        for picture in (folder / "pages").glob("p*.jpg"):
            picture.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            (folder / "pages").rmdir()


def folder_model(folder: Path, device: str | None = None) -> MarkModel:
    """The model that the index in a folder was adapted to, or the shipped one, as for a file. Raises MarkError if there
    is no index."""
    if folder.is_file():
        return load_model(None, device)
    return _model_of(_data_folder(folder, _read_description(folder)), device)


def _model_of(data: Path, device: str | None = None) -> MarkModel:
    hand = data / HAND
    return load_model(hand if hand.exists() else None, device)


def load_folder(folder: Path, model: MarkModel | None = None) -> WordIndex:
    """Read an index from a folder. model: by default ``folder_model``.

    Raises MarkError if there is none, it is damaged, of another version, or made with other weights.
    """
    for left in reversed(range(_TRIES)):
        description = _read_description(folder)
        try:
            return _load(folder, description, model)
        except MarkError:  # what was named may have been replaced since
            if not left or _read_description(folder).get("data") == description.get("data"):
                raise
    raise AssertionError("unreachable")


def _read_description(folder: Path) -> dict[str, Any]:
    try:
        description = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except OSError as error:
        raise MarkError("There is no MARK index in that folder.") from error
    except (ValueError, RecursionError) as error:
        raise MarkError("The index is damaged: its index.json cannot be read.") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise MarkError("There is no MARK index in that folder.")
    if description.get("version") not in (VERSION, VERSION_OF_ONE_FOLDER):
        raise MarkError("The index was written by another version of MARK; index the pages again.")
    return description


def _data_folder(folder: Path, description: dict[str, Any]) -> Path:
    if description["version"] == VERSION_OF_ONE_FOLDER:
        return folder
    name = description.get("data")
    if not isinstance(name, str) or not _DATA.fullmatch(name):
        raise MarkError("The index is damaged; index the pages again.")
    return folder / name


def _load(folder: Path, description: dict[str, Any], model: MarkModel | None) -> WordIndex:
    data = _data_folder(folder, description)
    model = model or _model_of(data)
    if description.get("weights") != model.card.get("sha256"):
        raise MarkError("The index was made with other weights than these; index the pages again.")
    try:
        with np.load(data / WORDS, allow_pickle=False) as arrays:
            pages = [_read_page(data, entry, arrays, model) for entry in description["pages"]]
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
    indexed = IndexedPage(page_id, page, words, own, alternatives, others, script=read_script(entry))
    return replace(indexed, lines=read_lines_of(page_id, indexed, arrays, model))
