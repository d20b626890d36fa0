"""Which file of boxes belongs to which picture, told from their names as people's programs write them."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import unquote

from mark_core.unicode_text import normalized

# endings of pictures and of files about them: img_0005.jpg.xml, 0780.ocr.xml, p1.page.xml, 0001.bin.png
_BOXES = (".xml", ".alto", ".page", ".pagexml", ".ocr", ".hocr", ".html", ".htm", ".gt", ".htr")
_PICTURES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp", ".gif", ".bmp", ".avif", ".jp2"),
    *(".j2k", ".jpx", ".jpf", ".pbm", ".pgm", ".ppm", ".pnm", ".tga", ".pdf", ".heic", ".heif"),
    *(".bin", ".nrm", ".dewarp", ".despeck"),
)
_SUFFIXES = (*_BOXES, *_PICTURES)
_MOST = 6  # endings of one name


def folders_of(path: str) -> tuple[str, ...]:
    """The folders of a path of Windows or POSIX, comparable."""
    return tuple(
        comparable(part) for part in path.replace("\\", "/").split("/")[:-1] if part not in ("", ".")
    )


def comparable(name: str) -> str:
    """A name without the differences between systems: composed letters, no case, no percent-encoding."""
    composed = normalized("NFC", name)  # before an accent could stand behind a percent sign
    return normalized("NFC", unquote(composed)).casefold().strip()


def file_key(path: str) -> str:
    """The comparable name of the file of a path of Windows or POSIX."""
    return comparable(PurePosixPath(PureWindowsPath(path).name).name)


def pictured_key(path: str) -> str:
    """`file_key` without the endings of boxes: ``a.jpg`` for ``a.jpg.xml``."""
    return _without(file_key(path), _BOXES)


def stem_key(path: str) -> str:
    """`file_key` without all endings that are known."""
    return _without(file_key(path), _SUFFIXES)


def any_stem_key(path: str) -> str:
    """`stem_key`, else `file_key` without its last ending, whatever that is."""
    stem = stem_key(path)
    return stem if stem != file_key(path) else PurePosixPath(stem).stem


def shared_folders(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many folders two paths have in common from the top."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


def _without(name: str, suffixes: tuple[str, ...]) -> str:
    for _ in range(_MOST):
        suffix = next((one for one in suffixes if name.endswith(one) and len(name) > len(one)), None)
        if suffix is None:
            break
        name = name[: -len(suffix)]
    return name
