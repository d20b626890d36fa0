"""What a project file holds, read piece by piece: by the process that asks, or wherever a program has it done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from safetensors.numpy import load as load_arrays

from mark_core.pages.load import PageReader
from mark_core.pages.page import Page
from mark_core.storage.container import Reader

WORDS, HAND, CARD = "words.safetensors", "hand.safetensors", "hand.json"
MAX_WORDS = 50_000  # of a page, and as many alternatives
SAID = ("decisions", "names", "answers", "transcripts")


class ProjectSource(Protocol):
    """A project file. Each method raises MarkError, or what is among ``record.DAMAGE``, if the file is damaged."""

    def head(self) -> dict[str, Any]:
        """format, version, weights, hand and what the person has said, as the file has them; ``count``: of its pages,
        None if it has no list of them."""

    def page(self, place: int) -> tuple[dict[str, Any], Page]:
        """What the file says of a page, by its 0-based place, and the page of its picture, not turned."""

    def arrays(self) -> dict[str, np.ndarray]:
        """The encodings of the words, see ``record``."""

    def hand(self) -> tuple[bytes, Any]:
        """The weights of a learnt hand, as the bytes of safetensors, and their card."""


class FileSource:
    """A project file that is read here. Raises MarkError when it is damaged or no project."""

    def __init__(self, path: Path) -> None:
        self._reader = Reader(path)

    def head(self) -> dict[str, Any]:
        contents = self._reader.contents
        pages = contents.get("pages")
        head = {key: contents.get(key) for key in ("format", "version", "weights", "hand", *SAID)}
        return {**head, "count": len(pages) if isinstance(pages, list) else None}

    def page(self, place: int) -> tuple[dict[str, Any], Page]:
        entry, reader = self.open_page(place)
        return entry, reader.page(entry["frame"])

    def open_page(self, place: int) -> tuple[dict[str, Any], PageReader]:
        """What the file says of a page, and the pages of its file, of which it is that of number ``frame``."""
        entry = self._reader.contents["pages"][place]
        if max(len(entry["words"]), len(entry.get("alternatives", ()))) > MAX_WORDS:
            raise ValueError("number of words")
        name, frame = entry["file"], entry["frame"]
        if not isinstance(name, str) or not isinstance(entry["name"], str) or type(frame) is not int:
            raise TypeError("file")
        return entry, PageReader(self._reader.read(name), entry["name"])

    def arrays(self) -> dict[str, np.ndarray]:
        data = self._reader.read(WORDS)
        try:
            return load_arrays(data)
        except MemoryError:
            raise
        except Exception as error:  # an error of safetensors, or a data type that NumPy does not have
            raise ValueError("arrays") from error

    def hand(self) -> tuple[bytes, Any]:
        return self._reader.read(HAND), json.loads(self._reader.read(CARD))
