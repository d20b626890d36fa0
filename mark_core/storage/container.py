"""A zip container with a table of contents that has the size and SHA-256 of every member.

Files are untrusted: nothing is unpacked to disk, names of members are never used as paths, and sizes are checked before
decompression.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from mark_core.errors import MarkError
from mark_core.pages.archive import count_entries, is_zip
from mark_core.pages.limits import MAX_FILE_BYTES
from mark_core.whole_file import whole_file

CONTENTS = "project.json"
MAX_MEMBERS = 5000
MAX_BYTES = 2 * 1024 * 1024 * 1024  # of the file, and of what it unpacks to
MAX_CONTENTS = 32 * 1024 * 1024  # of the table of contents: 100 bytes per word; 30 times as much when parsed
DAMAGED = "This project file is damaged or incomplete: please copy or download it again."
TOO_LARGE = (
    "These are too many pages for one project file; please save them in parts, or as the folder of an index."
)
NO_PROJECT = "This is not a project file of MARK."
_ENCRYPTED = 0x1


class Writer:
    """Writer of members, then of the table of contents. The file is renamed to its path when complete.

    A context manager; after an exception no file is left. Raises MarkError if a Reader would refuse the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open = ExitStack()
        self._members: dict[str, dict[str, Any]] = {}
        self._bytes = 0

    def __enter__(self) -> Writer:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._open.enter_context(whole_file(self._path))
            archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
            self._zip = self._open.enter_context(archive)
        except OSError as error:
            raise MarkError("The file {file} cannot be written there.", file=self._path.name) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def add(self, name: str, data: bytes, *, packed: bool = False) -> None:
        """Write a member, unless the name was written before. packed: the data are compressed already."""
        if name in self._members:
            return
        self._bytes += len(data)
        if (
            len(data) > MAX_FILE_BYTES
            or self._bytes > MAX_BYTES - MAX_CONTENTS
            or len(self._members) >= MAX_MEMBERS - 1
        ):
            raise MarkError(TOO_LARGE)
        self._members[name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        self._zip.writestr(name, data, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)

    def finish(self, contents: dict[str, Any]) -> None:
        text = json.dumps(
            {**contents, "members": self._members}, ensure_ascii=False, allow_nan=False
        ).encode()
        if len(text) > MAX_CONTENTS:
            raise MarkError(TOO_LARGE)
        self._zip.writestr(CONTENTS, text)


class Reader:
    """Reader of the table of contents and of members. Raises MarkError for any inconsistency."""

    def __init__(self, path: Path) -> None:
        try:
            if path.stat().st_size > MAX_BYTES:
                raise MarkError(
                    "This project file is larger than {limit} GB and is not read.", limit=MAX_BYTES >> 30
                )
            stream = path.open("rb")
        except OSError as error:
            raise MarkError("The file {file} cannot be opened.", file=path.name) from error
        if not is_zip(stream.read(4)):
            raise MarkError(NO_PROJECT)
        if count_entries(stream) > MAX_MEMBERS:  # before zipfile makes an object of each
            raise MarkError(DAMAGED)
        try:
            self._zip = zipfile.ZipFile(stream)
        except MemoryError:
            raise
        except Exception as error:  # zipfile raises nearly anything on damaged data
            raise MarkError(DAMAGED) from error
        infos = self._zip.infolist()
        self._infos = {info.filename: info for info in infos}
        if CONTENTS not in self._infos:
            raise MarkError(NO_PROJECT)
        sizes = [info.file_size for info in infos]
        odd = any(
            info.flag_bits & _ENCRYPTED
            or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            for info in infos
        )
        if odd or len(self._infos) != len(infos) or sum(sizes) > MAX_BYTES or max(sizes) > MAX_FILE_BYTES:
            raise MarkError(DAMAGED)
        self.contents = self._read_contents()

    def read(self, name: str) -> bytes:
        """The bytes of a member, checked against the table of contents. Raises MarkError."""
        members = self.contents.get("members")
        known = members.get(name) if isinstance(members, dict) else None
        info = self._infos.get(name)
        if not isinstance(known, dict) or info is None or known.get("bytes") != info.file_size:
            raise MarkError(DAMAGED)
        data = self._unpack(info)
        if hashlib.sha256(data).hexdigest() != known.get("sha256"):
            raise MarkError(DAMAGED)
        return data

    def _read_contents(self) -> dict[str, Any]:
        info = self._infos[CONTENTS]
        if info.file_size > MAX_CONTENTS:
            raise MarkError(DAMAGED)
        try:
            contents = json.loads(self._unpack(info))
        except (ValueError, RecursionError) as error:
            raise MarkError(DAMAGED) from error
        if not isinstance(contents, dict):
            raise MarkError(DAMAGED)
        return contents

    def _unpack(self, info: zipfile.ZipInfo) -> bytes:
        try:
            with self._zip.open(info) as member:
                return member.read()  # zipfile stops at the declared size and checks the CRC
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
            raise MarkError(DAMAGED) from error
