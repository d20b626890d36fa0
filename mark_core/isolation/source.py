"""The file that a request is about, as the reading process has it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from mark_core.errors import MarkError
from mark_core.pages.archive import Archive, is_zip
from mark_core.pages.limits import MAX_FILE_BYTES
from mark_core.pages.load import PageReader
from mark_core.storage.project_source import FileSource


class TooLittle(Exception):
    """A request needs more memory than it was allowed."""


class Source:
    """A file. path: of it, or None for ``data``, its bytes. spare: memory that may be used for it, bytes."""

    def __init__(self, path: str | None, data: bytes | None, spare: int) -> None:
        self._path = None if path is None else Path(path)
        self._data = data
        self._spare = spare

    def need(self, count: int) -> None:
        """Raises TooLittle if so many bytes of memory are more than may be used."""
        if count > self._spare:
            raise TooLittle

    @property
    def data(self) -> bytes:
        if self._data is None:
            assert self._path is not None
            size = self._size()
            if size > MAX_FILE_BYTES:
                raise MarkError(
                    "This file is larger than {limit} MB and is not read.", limit=MAX_FILE_BYTES >> 20
                )
            self.need(size)
            self._data = self._path.read_bytes()
        return self._data

    def head(self, count: int) -> bytes:
        """The first bytes."""
        if self._path is None or self._data is not None:
            return (self._data or b"")[:count]
        self._size()
        with self._path.open("rb") as file:
            return file.read(count)

    def is_archive(self) -> bool:
        return is_zip(self.head(4))

    def archive(self) -> Archive:
        if self._path is None:
            return Archive(self.data)
        return _archive(*self._version())

    def member(self, number: int) -> bytes:
        """The bytes of a page file of a zip, by its place in ``Archive.names``."""
        archive = self.archive()
        self.need(archive.size(number))
        return archive.read(number)

    def reader(self, name: str, member: int | None) -> PageReader:
        """The pages of the file, or of one in a zip."""
        return PageReader(self.data if member is None else self.member(member), name)

    def project(self) -> FileSource:
        return _project(*self._version())

    def _size(self) -> int:
        return self._version()[1]

    def _version(self) -> tuple[str, int, int]:
        assert self._path is not None
        try:
            stat = self._path.stat()
        except OSError as error:
            raise MarkError("{file} did not arrive; please add it again.", file=self._path.name) from error
        return str(self._path), stat.st_size, stat.st_ino


# The one that was read last, since its next page is likely to be asked for.


@lru_cache(maxsize=1)
def _archive(path: str, size: int, number: int) -> Archive:
    return Archive(Path(path))


@lru_cache(maxsize=1)
def _project(path: str, size: int, number: int) -> FileSource:
    return FileSource(Path(path))
