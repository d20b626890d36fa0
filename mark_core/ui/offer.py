"""The pages of a manifest, from which a visitor chooses before any is fetched."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError

if TYPE_CHECKING:
    from mark_core.pages.iiif import Listing
    from mark_core.ui.layout import Layout

_PART = re.compile(r"\s*(\d{1,6})\s*(?:[-–—]\s*(\d{1,6})\s*)?")
_HOW = "Write which pages you want, for example 1-20 or 3, 7, 12-15."


@dataclass(frozen=True, eq=False)
class Offer:
    """number: counts the offers of a session. layout: as the visitor had set it."""

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
        }

    def choose(self, text: str, room: int) -> list[int]:
        """The canvas numbers of pages written as ``1-20, 25``, counted from 1. Raises MarkError with a sentence."""
        canvases = self.listing.canvases
        chosen: set[int] = set()
        for part in text.split(","):
            match = _PART.fullmatch(part)
            if match is None:
                raise MarkError(_HOW)
            first, last = int(match[1]), int(match[2] or match[1])
            if not 1 <= first <= last <= len(canvases):
                raise MarkError(
                    f"There are pages 1 to {len(canvases)}, so “{part.strip()}” cannot be chosen."
                )
            chosen.update(range(first - 1, last))
        if len(chosen) > room:
            what = (
                "no more page fits"
                if room == 0
                else f"only {room} more {'page fits' if room == 1 else 'pages fit'}"
            )
            raise MarkError(
                f"These are {len(chosen)} pages, but {what} on the desk; choose fewer, or close some."
            )
        return [canvases[place].number for place in sorted(chosen)]


class Offers:
    """The one offer that a session has open; a newer one takes its place. Any thread may call every method."""

    def __init__(self) -> None:
        self._open: Offer | None = None
        self._count = 0
        self._lock = threading.Lock()

    def make(self, listing: Listing, layout: Layout) -> None:
        with self._lock:
            self._count += 1
            self._open = Offer(self._count, listing, layout)

    def get(self, number: int) -> Offer:
        """The offer of this number. Raises MarkError when it is no longer open."""
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
