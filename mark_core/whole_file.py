"""Files that are there as a whole or not at all, also after the process was killed or the machine lost its power.

A file is written beside its place, flushed to the disk and then renamed (``os.replace``), which every system that MARK
runs on does in one step.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

STALE_SECONDS = 86_400.0  # after which what a killed process left beside a file is deleted at the next saving
_REPLACE_TRIES = 20  # on Windows a file cannot be replaced while somebody reads it
_REPLACE_PAUSE = 0.05


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, or leave the one that is there as it was. Raises OSError."""
    with whole_file(path) as file:
        file.write(data)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which takes its place at the end of the block. After an exception the one that was there
    stays. Raises OSError."""
    path = path.resolve() if path.is_symlink() else path
    if path.exists() and not path.is_file():  # a pipe or a device
        with open(path, "wb") as file:
            yield file
        return
    _clear_stale(path)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with synced_file(partial) as file:
            yield file
        replace_file(partial, path)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


@contextmanager
def synced_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, whose bytes are on the disk at the end of the block. Raises OSError."""
    with open(path, "w+b") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def replace_file(source: Path, target: Path) -> None:
    """Rename a file in one step, over another of that name. Raises OSError."""
    for left in reversed(range(_REPLACE_TRIES)):
        try:
            os.replace(source, target)
            break
        except PermissionError:
            if os.name != "nt" or not left:
                raise
            time.sleep(_REPLACE_PAUSE)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system knows of that (Windows does not)."""
    if os.name == "nt":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _clear_stale(path: Path) -> None:
    """Delete what was left of a saving that was killed long ago."""
    name = path.name
    with suppress(OSError):
        for other in path.parent.iterdir():
            if other.name.startswith(f".{name}.") and other.name.endswith(".part"):
                with suppress(OSError):
                    if time.time() - other.stat().st_mtime > STALE_SECONDS:
                        other.unlink()
