"""How much one server keeps, and for how long."""

from __future__ import annotations

import os
from dataclasses import dataclass

from mark_core.errors import MarkError

MINUTES_VARIABLE = "MARK_KEEP_MINUTES"
MOST_MINUTES = 1440


@dataclass(frozen=True)
class Limits:
    """sessions: open at a time. pages: in one session. session_bytes, total_bytes: of the pixels and files of the pages
    of one session and of all. time_to_live: seconds after its last use until a session is closed. away_seconds: the
    same after its tab was last heard of. undo_seconds: for how long a removed page can be brought back."""

    sessions: int = 100
    pages: int = 40
    session_bytes: int = 1 << 30
    total_bytes: int = 4 << 30
    time_to_live: float = 3600.0
    away_seconds: float = 900.0
    undo_seconds: float = 300.0

    @property
    def away_minutes(self) -> int:
        return round(self.away_seconds / 60)


def limits_of_environment() -> Limits:
    """The limits, with `away_seconds` from MARK_KEEP_MINUTES where that is set. Raises MarkError if it is no whole
    number from 1 to 1440."""
    named = os.environ.get(MINUTES_VARIABLE, "").strip()
    if not named:
        return Limits()
    if not (named.isdecimal() and 1 <= int(named) <= MOST_MINUTES):
        raise MarkError(
            "{variable} must be a whole number of minutes from 1 to {most}, not “{entry}”.",
            variable=MINUTES_VARIABLE,
            most=MOST_MINUTES,
            entry=named,
        )
    seconds = 60.0 * int(named)
    return Limits(away_seconds=seconds, time_to_live=max(Limits.time_to_live, seconds))
