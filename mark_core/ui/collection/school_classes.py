"""Pages that are shared with a school class under a short code: everybody who has the code opens the same pages, and
decides and edits in a session of his own."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.ui.collection.edits import History

if TYPE_CHECKING:
    from mark_core import WordIndex
    from mark_core.ui.collection.open_page import OpenPage

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are taken for each other
LENGTH = 8  # 8e11 codes, of which a stranger can try five in ten seconds at most
LONGEST = 40  # characters of what is looked at as a code
MOST = 100  # classes at a time on a server
FULL = "There are as many classes on this server as it can hold; please try again later."


class SharedPictures:
    """The files of a class's copies of pages, deleted when the class is over and nobody has one of them open any more.
    It stands for the class where memory is counted, see `Budgets`: the pages count once, however many open them.

    nbytes, disk: of the pages. address: of the network that they were shared from.
    """

    has_work = False  # a class is no visit

    def __init__(self, root: Path, address: str) -> None:
        self.nonce = secrets.token_hex(6)
        self.nbytes = self.disk = 0
        self.address = address
        self.folder = root / secrets.token_urlsafe(18)
        self.folder.mkdir(parents=True)
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def copies(self, pages: Sequence[OpenPage], index: WordIndex) -> list[OpenPage]:
        """Copies of a visitor's own pages, with pixels shared and files of their own.

        index: that has ``pages`` in their order, for the copies alone.
        """
        made = []
        for page, entry in zip(pages, index.pages, strict=True):
            folder = self.folder / secrets.token_urlsafe(18)
            folder.mkdir()
            for file in (page.folder / "page.jpg", page.folder / "thumb.jpg", page.boxes):
                shutil.copy(file, folder)
            copy = replace(page, id=secrets.token_urlsafe(18), index=index, page_id=entry.id, folder=folder)
            boxes = folder / page.boxes.name
            made.append(replace(copy, boxes=boxes, history=History(), sample=None, pictures=self))
        self.nbytes, self.disk = sum(page.nbytes for page in pages), sum(page.disk for page in pages)
        return made


@dataclass(eq=False)
class SchoolClass:
    """code: by which it is opened, in small letters. pages: as all open them, never edited in place. used: seconds of
    the clock when it was last opened."""

    code: str
    pages: tuple[OpenPage, ...]
    used: float


class SchoolClasses:
    """The classes of a server, by code. Every method may be called from any thread.

    root: folder of everything that sessions write. seconds: after it was last opened until a class ends, by ``clock``.
    """

    def __init__(self, root: Path, seconds: float, clock: Callable[[], float]) -> None:
        self.seconds = seconds
        self._root = root
        self._clock = clock
        self._classes: dict[
            str, SchoolClass
        ] = {}  # by the hash of the code, so that no look-up compares codes
        self._shared: weakref.WeakSet[SharedPictures] = weakref.WeakSet()
        self._lock = threading.Lock()

    def shared(self) -> list[SharedPictures]:
        """What classes hold, also those that are over while somebody has their pages open."""
        with self._lock:
            return list(self._shared)

    def pictures(self, address: str) -> SharedPictures:
        """A new folder for what is shared from an address."""
        shared = SharedPictures(self._root, address)
        with self._lock:
            self._shared.add(shared)
        return shared

    def open(self, pages: Sequence[OpenPage]) -> SchoolClass:
        """Begin a class. Raises MarkError when there are too many."""
        self.sweep()
        with self._lock:
            if len(self._classes) >= MOST:
                raise MarkError(FULL)
            code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
            begun = self._classes[_hash(code)] = SchoolClass(code, tuple(pages), self._clock())
            return begun

    def find(self, code: Any) -> SchoolClass | None:
        """The class of a code as somebody types it, which is opened now; None if there is none (any more). ``code`` may
        be anything."""
        if not isinstance(code, str) or len(code) > LONGEST:
            return None
        self.sweep()
        with self._lock:
            found = self._classes.get(_hash("".join(c for c in code.casefold() if c.isalnum())))
            if found is not None:
                found.used = self._clock()
            return found

    def is_open(self, school_class: SchoolClass) -> bool:
        self.sweep()
        with self._lock:
            return _hash(school_class.code) in self._classes

    def end(self, school_class: SchoolClass) -> None:
        """Nobody can open it any more. Whoever has its pages open keeps them."""
        with self._lock:
            self._classes.pop(_hash(school_class.code), None)

    def sweep(self) -> None:
        """End classes that nobody has opened for too long."""
        since = self._clock() - self.seconds
        with self._lock:
            self._classes = {key: one for key, one in self._classes.items() if one.used >= since}


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()
