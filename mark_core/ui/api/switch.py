"""Whether programs may ask the server, beside the page: by default they may not."""

from __future__ import annotations

import os

from mark_core.errors import MarkError

VARIABLE = "MARK_API"


def is_switched_on() -> bool:
    """Whether MARK_API is 1. Raises MarkError if it is anything but 0 or 1."""
    entry = os.environ.get(VARIABLE, "").strip()
    if entry not in ("", "0", "1"):
        raise MarkError("{variable} must be 1 or 0, not “{entry}”.", variable=VARIABLE, entry=entry[:40])
    return entry == "1"
