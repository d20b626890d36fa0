"""Files that a visitor has sent, until they are read: in a folder of the session, deleted with it."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from mark_core.errors import MarkError
from mark_core.ui.ended import ENDED

MAX_NAME = 80  # characters of the name in the folder; the page keeps the whole name


class ReceivedFiles:
    """The files of one session, below ``root``. Every method may be called from any thread.

    folder: where they lie. seconds: for how long a file waits to be read, by the clock.
    """

    def __init__(self, root: Path, seconds: float, clock: Callable[[], float]) -> None:
        self.folder = root / secrets.token_urlsafe(18)
        self._seconds = seconds
        self._clock = clock
        self._files: dict[Path, float] = {}
        self._closed = False
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        with self._lock:
            files = list(self._files)
        return sum(_size(file) for file in files)

    def reserve(self, name: str) -> Path:
        """The path for a file of this name, in a new folder of its own. Raises MarkError when the session has ended."""
        place = self.folder / secrets.token_hex(8)
        file = place / _plain(name)
        with self._lock:
            if self._closed:
                raise MarkError(ENDED)
            place.mkdir(parents=True)
            self._files[file] = self._clock()
        return file

    def forget(self, file: Path) -> None:
        """Delete a file; any other path is left alone."""
        with self._lock:
            known = {path.resolve(): path for path in self._files}
            own = known.get(file.resolve())
            if own is not None:
                del self._files[own]
        if own is not None:
            shutil.rmtree(own.parent, ignore_errors=True)

    def expire(self) -> None:
        """Delete what has waited too long."""
        now = self._clock()
        with self._lock:
            old = [file for file, since in self._files.items() if now - since > self._seconds]
        for file in old:
            self.forget(file)

    def delete(self) -> None:
        """Delete all files; none can be received afterwards."""
        with self._lock:
            self._closed = True
            self._files.clear()
        shutil.rmtree(self.folder, ignore_errors=True)


def _plain(name: str) -> str:
    """A name that is one on every system: letters, digits and few others, the end kept because it tells the format."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    return plain[-MAX_NAME:].strip("._") or "file"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
