"""The pages of a IIIF manifest, from which a visitor selects before any is fetched."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.message import Message

if TYPE_CHECKING:
    from mark_core.pages.iiif import Listing
    from mark_core.ui.uploads.layout import Layout

_RANGE = re.compile(r"\s*(\d{1,6})\s*(?:[-–—]\s*(\d{1,6})\s*)?")
_HOW = "Write which pages you want, for example 1-20 or 3, 7, 12-15."


@dataclass(frozen=True, eq=False)
class ManifestSelection:
    """number: counts the selections of a session. listing: of the manifest. layout: as the visitor had chosen."""

    number: int
    listing: Listing
    layout: Layout

    def to_view(self, room: int) -> dict[str, Any]:
        """room: pages that may still be opened."""
        canvases = self.listing.canvases
        return {
            "number": self.number,
            "title": self.listing.title,
            "pages": len(canvases),
            "room": room,
            "first": canvases[0].label,
            "last": canvases[-1].label,
            "shown": self._shown(),
        }

    def _shown(self) -> int | None:
        """The place, from 1, of the page that the address shows; None if it shows none."""
        places = (
            n for n, canvas in enumerate(self.listing.canvases) if canvas.number == self.listing.selected
        )
        return next((place + 1 for place in places), None)

    def select(self, text: str, room: int) -> list[int]:
        """The canvas numbers of pages written as ``1-20, 25``, counted from 1. Raises MarkError if the text is no such
        list, names pages that are not there, or more than ``room``."""
        canvases = self.listing.canvases
        chosen: set[int] = set()
        for part in text.split(","):
            match = _RANGE.fullmatch(part)
            if match is None:
                raise MarkError(_HOW)
            first, last = int(match[1]), int(match[2] or match[1])
            if not 1 <= first <= last <= len(canvases):
                raise MarkError(
                    "There are pages 1 to {last}, so “{part}” cannot be chosen.",
                    last=len(canvases),
                    part=part.strip(),
                )
            chosen.update(range(first - 1, last))
        if len(chosen) > room:
            raise MarkError(
                "These are {count} pages, but {room}; choose fewer, or remove some.",
                count=len(chosen),
                room=_room_left(room),
            )
        return [canvases[place].number for place in sorted(chosen)]


class ManifestSelections:
    """The one selection that a session has open; a newer one replaces it. Any thread may call every method."""

    def __init__(self) -> None:
        self._open: ManifestSelection | None = None
        self._count = 0
        self._lock = threading.Lock()

    def open(self, listing: Listing, layout: Layout) -> None:
        with self._lock:
            self._count += 1
            self._open = ManifestSelection(self._count, listing, layout)

    def get(self, number: int) -> ManifestSelection:
        """The selection of this number. Raises MarkError when it is no longer open."""
        with self._lock:
            if self._open is None or self._open.number != number:
                raise MarkError("That choice is no longer open; please enter the address again.")
            return self._open

    def close(self, number: int) -> None:
        with self._lock:
            if self._open is not None and self._open.number == number:
                self._open = None

    def to_view(self, room: int) -> dict[str, Any] | None:
        with self._lock:
            return self._open.to_view(room) if self._open else None


def _room_left(room: int) -> Message:
    if room == 0:
        return Message("no more page fits")
    if room == 1:
        return Message("only one more page fits")
    return Message("only {count} more pages fit", {"count": room})
