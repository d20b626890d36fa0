"""Zip archives of page images and PDFs, read in memory: paths of members are never used as paths."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from mark_core.errors import MarkError
from mark_core.pages.heic import HEIC_SUFFIXES, can_read_heic
from mark_core.pages.limits import (
    MAX_FILE_BYTES,
    MAX_MEMBERS,
    MAX_PAGES,
    MAX_PATH,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    RATIO_FREE_BYTES,
)

_DAMAGED = "This zip archive is damaged or incomplete: please copy or download it again."
_ODD = "This zip archive is packed in a way that cannot be read: please make it anew as an ordinary zip."
_PAGES = {
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp", ".gif", ".bmp", ".avif"),
    *(".jp2", ".j2k", ".jpx", ".jpf", ".pbm", ".pgm", ".ppm", ".pnm", ".tga", ".pdf"),
}
LAYOUT_SUFFIXES = {".xml", ".alto", ".hocr", ".html", ".htm"}
_ARCHIVES = {".zip", ".cbz", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"}
_ENCRYPTED, _UTF8 = 0x1, 0x800  # bits of the general purpose flags
_LEFT_BEHIND = {"thumbs.db", "desktop.ini", "ehthumbs.db"}
_PIECE = 1 << 22  # bytes
_ENTRY = b"PK\x01\x02"  # begins every entry of the central directory


def is_zip(data: bytes) -> bool:
    """True when the data begin like a zip, an empty one included."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


class Archive:
    """The page files of a zip, in natural order of their paths: 2 before 10, one folder after the other.

    names: of the files, with their path only if a file name occurs twice. paths: of the files. layouts: paths of the
    files that may hold the boxes of other programs. heic: paths of HEIC pictures, if they cannot be read. others: paths
    of all other files, but for what systems leave behind.

    Raises MarkError when it is damaged, protected, too large once unpacked, holds another archive or no pages.
    """

    def __init__(self, source: bytes | Path) -> None:
        """source: the zip, or the path of it, of which no more is read than is asked for."""
        try:
            stream = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        except OSError as error:
            raise MarkError("The file {file} cannot be opened.", file=Path(str(source)).name) from error
        if count_entries(stream) > MAX_MEMBERS:  # before zipfile makes an object of each
            raise MarkError(
                "This zip archive holds more than {limit} files; please split it into parts.",
                limit=MAX_MEMBERS,
            )
        try:
            self._zip = zipfile.ZipFile(stream)
        except NotImplementedError as error:
            raise MarkError(_ODD) from error
        except Exception as error:  # zipfile raises nearly anything on damaged data
            raise MarkError(_DAMAGED) from error
        if any(len(entry.filename) > MAX_PATH for entry in self._zip.infolist()):
            raise MarkError(_ODD)
        files = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        _check_size(files)
        files = [entry for entry in files if not _is_hidden(PurePosixPath(_path(entry)))]
        files.sort(key=lambda entry: natural_key(_path(entry)))
        unreadable = set() if can_read_heic() else HEIC_SUFFIXES
        readable = _PAGES | (HEIC_SUFFIXES - unreadable)
        pages = [entry for entry in files if _suffix(entry) in readable]
        heic = [entry for entry in files if _suffix(entry) in unreadable]
        if heic and not pages:
            raise MarkError(
                "The pictures of this zip archive are HEIC pictures, which cannot be read here; "
                "please save them as JPEG."
            )
        if not pages:
            raise MarkError("This zip archive holds no images or PDFs.")
        if len(pages) > MAX_PAGES:
            raise MarkError(
                "This zip archive holds {count} page files; please split it into parts of at most {limit}.",
                count=len(pages),
                limit=MAX_PAGES,
            )
        self._entries = pages
        self._layouts = [entry for entry in files if _suffix(entry) in LAYOUT_SUFFIXES]
        self.paths = [_path(entry) for entry in pages]
        self.layouts = [_path(entry) for entry in self._layouts]
        self.heic = [_path(entry) for entry in heic]
        known = {id(entry) for entry in (*pages, *heic, *self._layouts)}
        self.others = [_path(entry) for entry in files if id(entry) not in known]
        times = Counter(PurePosixPath(_path(entry)).name for entry in pages)
        self.names = [
            name if times[name := PurePosixPath(_path(entry)).name] == 1 else _path(entry) for entry in pages
        ]

    def size(self, number: int) -> int:
        """Bytes of a page file once unpacked, as the archive declares them."""
        return self._entries[number].file_size

    def read(self, number: int) -> bytes:
        """The bytes of a page file, by its place in ``names``."""
        return self._read(self._entries[number])

    def read_layout(self, number: int) -> bytes:
        """The bytes of a file of ``layouts``, by its place."""
        return self._read(self._layouts[number])

    def _read(self, entry: zipfile.ZipInfo) -> bytes:
        if entry.flag_bits & _ENCRYPTED:
            raise MarkError("This zip archive is protected by a password: please make one without.")
        # bzip2 and LZMA are left out: zipfile unpacks a piece of them without any limit.
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise MarkError(_ODD)
        try:
            with self._zip.open(entry) as member:
                # zipfile stops at the declared size, whatever the packed data go on to say
                return member.read()
        except RuntimeError as error:  # NotImplementedError, of unknown ways to pack, is one
            raise MarkError(_ODD) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise MarkError(_DAMAGED) from error


def count_entries(stream: BinaryIO) -> int:
    """How many entries of a directory a file may have. It is read from its beginning, and put back there."""
    count, last = 0, b""
    stream.seek(0)
    while piece := stream.read(_PIECE):
        count += (last + piece).count(_ENTRY)
        last = piece[-len(_ENTRY) + 1 :]
    stream.seek(0)
    return count


def natural_key(path: str) -> list[tuple[int, int, str]]:
    """Sort key for text without regard to case and runs of digits by their value, of any length."""
    key = []
    for folder in path.casefold().split("/"):
        for text in re.findall(r"[0-9]+|[^0-9]+", folder):
            digits = text.lstrip("0") if text.isdecimal() and text.isascii() else None
            key.append((2, 0, text) if digits is None else (1, len(digits), digits))
        key.append((0, 0, ""))  # ends a folder: "a/2" comes before "a b/1"
    return key


def _check_size(files: list[zipfile.ZipInfo]) -> None:
    """Check the declared sizes, which `Archive.read` enforces. Raises MarkError if they are too large."""
    packed = sum(entry.compress_size for entry in files)
    unpacked = sum(entry.file_size for entry in files)
    largest = max((entry.file_size for entry in files), default=0)
    if unpacked > MAX_UNPACKED_BYTES or largest > MAX_FILE_BYTES:
        raise MarkError("This zip archive is too large once unpacked; please split it into parts.")
    if unpacked > max(RATIO_FREE_BYTES, MAX_RATIO * packed):
        raise MarkError("This zip archive unpacks to far more than images do and is not read.")
    for entry in files:
        path = PurePosixPath(_path(entry))
        if path.suffix.lower() in _ARCHIVES and not _is_hidden(path):
            raise MarkError(
                "This zip archive holds another archive, {file}: please unpack that first.", file=path.name
            )


def _path(entry: zipfile.ZipInfo) -> str:
    """The path of a member with slashes, as it can be shown."""
    path = _decoded(entry).replace("\\", "/")  # as some programs of Windows write it
    return "".join(letter if letter.isprintable() else "_" for letter in path)


def _decoded(entry: zipfile.ZipInfo) -> str:
    """The name of a member. Without the flag for UTF-8, zipfile takes code page 437 for granted, but macOS writes
    UTF-8, and some programs of Windows write its own code page."""
    name = entry.filename
    if entry.flag_bits & _UTF8 or name.isascii():
        return name
    try:
        data = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _is_western(name):
        return name
    try:
        other = data.decode("cp1252")
    except UnicodeDecodeError:
        return name
    # frames and Greek letters of code page 437 are no letters of names
    return other if _is_western(other) else name


def _is_western(name: str) -> bool:
    """Whether a name has Latin letters alone beside what is ASCII."""
    return all(letter.isascii() or (letter.isalpha() and letter < "\u0250") for letter in name)


def _suffix(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(_path(entry)).suffix.lower()


def _is_hidden(path: PurePosixPath) -> bool:
    """Whether a path is metadata of macOS or Windows, or begins with a dot at any level."""
    return path.name.casefold() in _LEFT_BEHIND or any(
        part == "__MACOSX" or (part.startswith(".") and part not in {".", ".."}) for part in path.parts
    )
