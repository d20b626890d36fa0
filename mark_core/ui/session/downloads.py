"""Files for a visitor to download: below an address that cannot be guessed, deleted with the session."""

from __future__ import annotations

import secrets
import shutil
import threading
from pathlib import Path

from mark_core.errors import MarkError

KEPT = 8  # files of one session, for a download that is started again


class Downloads:
    """The last files made for one visitor, so many as are kept. Every method may be called from any thread."""

    def __init__(self, root: Path, kept: int = KEPT) -> None:
        self._root = root
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
                raise MarkError("This session has ended.")
            folder.mkdir(parents=True)
            self._folders.append(folder)
            old, self._folders = self._folders[: -self._kept], self._folders[-self._kept :]
        for other in old:
            shutil.rmtree(other, ignore_errors=True)
        return folder / name

    def delete(self) -> None:
        """Delete all files; none can be written afterwards."""
        with self._lock:
            self._closed = True
            folders, self._folders = self._folders, []
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
