"""The pages of files that reading processes read, as the library reads them itself (``pages.load``)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mark_core.errors import MarkError
from mark_core.export.layout import LayoutPage
from mark_core.export.text.transcript_file import TextPage
from mark_core.isolation.answers import (
    PAGE_BYTES,
    checked,
    file_of,
    to_document,
    to_layouts,
    to_page,
    to_text_pages,
    to_texts,
)
from mark_core.isolation.pool import BREAKS, ReaderPool, shared_pool
from mark_core.pages.content_state import ContentState
from mark_core.pages.fetched.document import Document
from mark_core.pages.limits import MAX_FILE_BYTES, MAX_PAGES
from mark_core.pages.page import Page, PageFile
from mark_core.storage.record import read_text, whole

_PEEKED = 40  # layout files of a zip that are looked into at a time


@dataclass(frozen=True, eq=False)
class Upload:
    """A file that is read by others: of a path, or of bytes. pool: by whom."""

    path: Path | None = None
    data: bytes | None = None
    pool: ReaderPool | None = None

    def read(self, job: str, most_bytes: int = 0, **fields: Any) -> tuple[dict[str, Any], list[np.ndarray]]:
        """See ``ReaderPool.read``."""
        if self.path is not None:
            _touch(self.path)
        pool = self.pool or shared_pool()
        return pool.read(job, fields, path=self.path, data=self.data, most_bytes=most_bytes)

    def bytes(self) -> bytes:
        """The file itself. Raises MarkError if it is there no more."""
        if self.path is None:
            return self.data or b""
        try:
            if self.path.stat().st_size > MAX_FILE_BYTES:
                raise MarkError(BREAKS)
            return self.path.read_bytes()
        except OSError as error:
            raise MarkError("{file} did not arrive; please add it again.", file=self.path.name) from error

    def layouts(self, member: int | None = None) -> list[LayoutPage]:
        """The pages of a layout file, or of one in a zip, see ``export.layout_file``."""
        fields, _ = self.read("read_layout", member=member)
        with checked():
            return to_layouts(fields["pages"])

    def kind(self) -> str:
        """The kind of a layout file, as `export.layout_file.peek` tells it."""
        fields, _ = self.read("peek_file")
        return str(fields.get("kind"))

    def texts(self, name: str) -> list[TextPage]:
        """The texts of pages from a file of this name, see ``export.text.transcript_file``."""
        fields, _ = self.read("read_texts", name=name)
        with checked():
            return to_text_pages(fields["pages"])


@dataclass(frozen=True, eq=False)
class Contents:
    """What is in a zip, as `pages.archive.Archive` says it; each layout with its kind and the image that it names."""

    upload: Upload
    names: list[str]
    paths: list[str]
    heic: list[str]
    others: list[str]
    layouts: list[str]

    def peek(self) -> list[tuple[str, str]]:
        """The kind of every layout file, and the image that it names. Raises MarkError if that takes too long."""
        found: list[tuple[str, str]] = []
        for first in range(0, len(self.layouts), _PEEKED):
            end = min(first + _PEEKED, len(self.layouts))
            fields, _ = self.upload.read("peek_layouts", first=first, end=end)
            with checked():
                found += [(read_text(kind), read_text(image)) for kind, image in fields["found"]]
        if len(found) != len(self.layouts):
            raise MarkError(BREAKS)
        return found

    def read(self, number: int) -> list[LayoutPage]:
        return self.upload.layouts(number)


def open_pages(upload: Upload, name: str) -> FilePages | MemberPages:
    """The pages of a file, or of the files in a zip. Raises MarkError if it cannot be opened, as ``load_pages``."""
    fields, _ = upload.read("open_file", member=None)
    with checked():
        if "archive" in fields:
            listed = {key: to_texts(values) for key, values in fields["archive"].items()}
            return MemberPages(Contents(upload, **listed))
        return FilePages(upload, name, whole(fields["count"], 1))


class FilePages(Iterator[Page]):
    """The pages of one file, or of one in a zip. count: of them, None if not known yet."""

    def __init__(self, upload: Upload, name: str, count: int | None, member: int | None = None) -> None:
        self._upload, self._name, self._count, self._member = upload, name, count, member
        self._next = 0
        self._file: bytes | None = None  # shared by all pages

    def __next__(self) -> Page:
        if self._next >= (1 if self._count is None else self._count):
            raise StopIteration
        number, self._next = self._next, self._next + 1
        most = PAGE_BYTES + (MAX_FILE_BYTES if self._member is not None and self._file is None else 0)
        try:
            fields, parts = self._upload.read(
                "read_page", most, number=number, member=self._member, file=self._file is None
            )
        except MarkError:
            self._find_others()
            raise
        with checked():
            page = to_page(fields, parts[0], self._name, number)
            self._count = min(MAX_PAGES, whole(fields["count"], 1))
            return replace(page, file=self._kept(fields, parts[1:], number, page))

    def _find_others(self) -> None:
        """How many pages there are beside a first one that is damaged."""
        if self._count is None:
            self._count = 1
            with suppress(MarkError):
                fields, _ = self._upload.read("open_file", member=self._member)
                with checked():
                    self._count = min(MAX_PAGES, whole(fields["count"], 1))

    def _kept(
        self, fields: dict[str, Any], parts: list[np.ndarray], number: int, page: Page
    ) -> PageFile | None:
        if fields["keep"] is not True:
            return None
        if self._file is None:
            self._file = self._upload.bytes() if self._member is None else parts[0].tobytes()
        return file_of(fields, self._file, number, page)

    def __length_hint__(self) -> int:
        return max(0, (1 if self._count is None else self._count) - self._next)


class MemberPages(Iterator[Page]):
    """The pages of the files in a zip. archive: what is in it."""

    def __init__(self, archive: Contents) -> None:
        self.archive = archive
        self._members = iter(range(len(archive.names)))
        self._left = len(archive.names)
        self._pages: FilePages | None = None
        self._name = ""

    def __next__(self) -> Page:
        while True:
            if self._pages is None or not self._pages.__length_hint__():
                member = next(self._members)
                self._left -= 1
                self._name = self.archive.names[member]
                self._pages = FilePages(self.archive.upload, self._name, None, member)
            try:
                return next(self._pages)
            except MarkError as error:
                raise MarkError("{title}: {sentence}", title=self._name, sentence=error.message) from error

    def __length_hint__(self) -> int:
        return self._left + (self._pages.__length_hint__() if self._pages else 0)


class IsolatedDecoder:
    """Has what was fetched from the network read by the processes, see `pages.fetched.decoder`."""

    def __init__(self, pool: ReaderPool | None = None) -> None:
        self._pool = pool

    def document(self, data: bytes, state: ContentState, name: str, follow: bool) -> Document:
        fields, _ = self._upload(data).read(
            "read_document", url=state.url, canvas=state.canvas, place=state.place, name=name, follow=follow
        )
        with checked():
            return to_document(fields)

    def info(self, data: bytes) -> dict[str, Any] | None:
        fields, _ = self._upload(data).read("read_info")
        found = fields.get("info")
        return found if isinstance(found, dict) else None

    def page(self, data: bytes, name: str) -> Page:
        fields, parts = self._upload(data).read("read_one_page", PAGE_BYTES)
        with checked():
            page = to_page(fields, parts[0], name, 0)
            return replace(page, file=file_of(fields, data, 0, page))

    def pages(self, data: bytes, name: str) -> Iterator[Page]:
        return open_pages(self._upload(data), name)

    def tile(self, data: bytes, width: int, height: int) -> np.ndarray:
        _, parts = self._upload(data).read("read_tile", PAGE_BYTES, width=width, height=height)
        with checked():
            pixels = parts[0]
            if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
                raise ValueError("pixels")
            return pixels

    def _upload(self, data: bytes) -> Upload:
        return Upload(data=data, pool=self._pool)


def _touch(path: Path) -> None:
    """Keep a file from being cleared away as an old upload while its pages are read."""
    with suppress(OSError):  # its absence is told by whoever reads it
        os.utime(path)
