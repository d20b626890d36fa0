"""Files that a visitor takes away: below an address that cannot be guessed, deleted with the session."""

from __future__ import annotations

import secrets
import shutil
import threading
from pathlib import Path

import mark_core as mark

KEPT = 8  # files of one session, for a download that is begun again


class Handouts:
    """The last files made for one visitor; every method may be called from any thread."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders: list[Path] = []
        self._lock = threading.Lock()
        self._closed = False

    def write(self, name: str, data: bytes) -> Path:
        """A file called ``name`` with these bytes. Raises MarkError when the session has ended."""
        file = self.place(name)
        file.write_bytes(data)
        return file

    def place(self, name: str) -> Path:
        """Where a file called ``name`` may be written: a new folder of its own. The oldest one goes when there are
        more than KEPT. Raises MarkError when the session has ended."""
        folder = self._root / secrets.token_urlsafe(18)
        with self._lock:
            if self._closed:
                raise mark.MarkError("This session has ended.")
            folder.mkdir(parents=True)
            self._folders.append(folder)
            old, self._folders = self._folders[:-KEPT], self._folders[-KEPT:]
        for other in old:
            shutil.rmtree(other, ignore_errors=True)
        return folder / name

    def delete(self) -> None:
        """Deletes all of them; nothing can be written afterwards."""
        with self._lock:
            self._closed = True
            folders, self._folders = self._folders, []
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
