"""Files for a visitor to download: below an address that cannot be guessed, deleted with the session."""

from __future__ import annotations

import secrets
import shutil
import threading
from pathlib import Path

from mark_core.errors import MarkError
from mark_core.ui.ended import ENDED

MOST = 1 << 30  # bytes
KEPT = 8  # files of one session, for a download that is started again


class Downloads:
    """The last files made for one visitor, so many as are kept. Every method may be called from any thread."""

    def __init__(self, root: Path, most: int = MOST, kept: int = KEPT) -> None:
        """most: bytes of all files together; of the last one alone they may be more. kept: how many files."""
        self._root = root
        self._most = most
        self._kept = kept
        self._folders: list[Path] = []
        self._lock = threading.Lock()
        self._closed = False

    def write(self, name: str, data: bytes) -> Path:
        """Write a file called ``name``. Raises MarkError when the session has ended."""
        file = self.reserve(name)
        file.write_bytes(data)
        return file

    def reserve(self, name: str) -> Path:
        """The path of a file called ``name`` in a new folder of its own. The oldest of more than are kept is deleted.
        Raises MarkError when the session has ended."""
        folder = self._root / secrets.token_urlsafe(18)
        with self._lock:
            if self._closed:
                raise MarkError(ENDED)
            folder.mkdir(parents=True)
            kept = self._folders[1 - self._kept :] if self._kept > 1 else []
            while kept and sum(map(_size, kept)) > self._most:
                kept = kept[1:]
            old = self._folders[: len(self._folders) - len(kept)]
            self._folders = [*kept, folder]
        for other in old:
            shutil.rmtree(other, ignore_errors=True)
        return folder / name

    @property
    def nbytes(self) -> int:
        """Bytes of all files."""
        with self._lock:
            return sum(map(_size, self._folders))

    def delete(self) -> None:
        """Delete all files; none can be written afterwards."""
        with self._lock:
            self._closed = True
            folders, self._folders = self._folders, []
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def _size(folder: Path) -> int:
    """Bytes of the one file in a folder."""
    try:
        return sum(file.stat().st_size for file in folder.iterdir())
    except OSError:
        return 0
