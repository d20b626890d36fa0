"""The folder of everything that a running server writes; what a killed one has left is cleared at the next start."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from mark_core.file_lock import FileLock

PREFIX = "mark-pages-"
LOCK = ".lock"


class WorkFolder:
    """A new folder below ``parent``, by default the system's for temporary files, locked while this server lives.

    pages: what browsers may read. uploads: what they have sent.
    """

    def __init__(self, parent: Path | None = None) -> None:
        parent = Path(tempfile.gettempdir()) if parent is None else parent
        clear_leftovers(parent)
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
            self._lock = FileLock(self.path / LOCK)
            if self._lock.acquire():
                break  # else another server has just taken it for a leftover
        self.pages, self.uploads = self.path / "pages", self.path / "uploads"
        for folder in (self.pages, self.uploads):
            folder.mkdir()

    def delete(self) -> None:
        """Delete all of it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)  # where an open file cannot be deleted


def clear_leftovers(parent: Path) -> None:
    """Delete the folders of servers that live no more: nobody holds their locks. A folder without a lock was not made
    here, or is being made."""
    for folder in parent.glob(f"{PREFIX}*"):
        if folder.is_symlink() or not (folder / LOCK).is_file():
            continue
        lock = FileLock(folder / LOCK)
        with suppress(OSError):  # it is another user's
            if lock.acquire():
                shutil.rmtree(folder, ignore_errors=True)
                lock.release()
                shutil.rmtree(folder, ignore_errors=True)
