"""A project file that is read by the reading processes, see ``storage.project_source``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mark_core.isolation.answers import PAGE_BYTES, checked, file_of, to_page
from mark_core.isolation.files import Upload
from mark_core.isolation.pool import ReaderPool
from mark_core.pages.limits import MAX_FILE_BYTES
from mark_core.pages.page import Page
from mark_core.storage.record import read_text, whole


class IsolatedProject:
    """See `ProjectSource`. pool: the processes that read it."""

    def __init__(self, path: Path, pool: ReaderPool | None = None) -> None:
        self._upload = Upload(path, pool=pool)
        self._files: dict[str, bytes] = {}  # by their names, shared by their pages

    def head(self) -> dict[str, Any]:
        fields, _ = self._upload.read("project_head")
        with checked():
            head = fields["head"]
            if not isinstance(head, dict):
                raise TypeError("head")
            return head

    def page(self, place: int) -> tuple[dict[str, Any], Page]:
        fields, parts = self._upload.read(
            "project_page", PAGE_BYTES + MAX_FILE_BYTES, place=place, known=list(self._files)
        )
        with checked():
            entry = fields["entry"]
            if not isinstance(entry, dict):
                raise TypeError("entry")
            number = whole(entry["frame"])
            page = to_page(fields, parts[0], read_text(entry["name"]), number)
            name = read_text(entry["file"])
            if fields["keep"] is True and name not in self._files:
                self._files[name] = parts[1].tobytes()
            file = file_of(fields, self._files[name], number, page) if fields["keep"] is True else None
            return entry, replace(page, file=file)

    def arrays(self) -> dict[str, np.ndarray]:
        fields, parts = self._upload.read("project_arrays", MAX_FILE_BYTES)
        with checked():
            return dict(zip((read_text(name) for name in fields["names"]), parts, strict=True))

    def hand(self) -> tuple[bytes, Any]:
        fields, parts = self._upload.read("project_hand", MAX_FILE_BYTES)
        with checked():
            return parts[0].tobytes(), fields["card"]
