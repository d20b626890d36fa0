"""How much one server keeps and does, by environment variables with defaults for two cores and 16 GB of memory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from mark_core.errors import MarkError

MINUTES_VARIABLE = "MARK_KEEP_MINUTES"
MOST_MINUTES = 1440
MOST_HOURS = 168
MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """sessions, address_sessions: with pages of their own, on the server and of one address. pages: in one session.

    Of one session, of all of an address and of all: bytes of the pixels and files of pages in memory; disk, in bytes,
    of files that were sent, pictures of pages and downloads; megapixels that are decoded in an hour; seconds of work in
    an hour for adding pages and learning.

    time_to_live: seconds after its last use until a session is closed. away_seconds: the same after its tab was last
    heard of. undo_seconds: for how long a removed page can be brought back. file_seconds: for how long a file that was
    sent waits to be read. class_seconds: after it was last opened until a class ends.
    """

    sessions: int = 100
    pages: int = 40
    session_bytes: int = 1024 * MB
    total_bytes: int = 4096 * MB
    time_to_live: float = 3600.0
    away_seconds: float = 900.0
    undo_seconds: float = 300.0
    file_seconds: float = 1200.0
    address_sessions: int = 60
    address_bytes: int = 3072 * MB
    session_disk: int = 2048 * MB
    address_disk: int = 6144 * MB
    total_disk: int = 8192 * MB
    session_megapixels: int = 3000
    address_megapixels: int = 20_000
    total_megapixels: int = 40_000
    session_seconds: int = 1200
    address_seconds: int = 5400
    total_seconds: int = 7200
    class_seconds: float = 14_400.0

    @property
    def away_minutes(self) -> int:
        return round(self.away_seconds / 60)


@dataclass(frozen=True)
class Variable:
    """An environment variable for one of the limits: a whole number of ``factor`` units of ``field``."""

    name: str
    field: str
    factor: int = 1
    least: int = 1
    most: int = 1_000_000

    @property
    def default(self) -> int:
        return round(getattr(Limits, self.field) / self.factor)


VARIABLES = (
    Variable("MARK_SESSIONS", "sessions"),
    Variable("MARK_ADDRESS_SESSIONS", "address_sessions"),
    Variable("MARK_PAGES", "pages"),
    Variable("MARK_SESSION_MB", "session_bytes", MB),
    Variable("MARK_ADDRESS_MB", "address_bytes", MB),
    Variable("MARK_TOTAL_MB", "total_bytes", MB),
    Variable("MARK_SESSION_DISK_MB", "session_disk", MB),
    Variable("MARK_ADDRESS_DISK_MB", "address_disk", MB),
    Variable("MARK_TOTAL_DISK_MB", "total_disk", MB),
    Variable("MARK_SESSION_MEGAPIXELS", "session_megapixels"),
    Variable("MARK_ADDRESS_MEGAPIXELS", "address_megapixels"),
    Variable("MARK_TOTAL_MEGAPIXELS", "total_megapixels"),
    Variable("MARK_SESSION_SECONDS", "session_seconds"),
    Variable("MARK_ADDRESS_SECONDS", "address_seconds"),
    Variable("MARK_TOTAL_SECONDS", "total_seconds"),
    Variable(MINUTES_VARIABLE, "away_seconds", 60, most=MOST_MINUTES),
    Variable("MARK_IDLE_MINUTES", "time_to_live", 60, most=MOST_MINUTES),
    Variable("MARK_CLASS_HOURS", "class_seconds", 3600, most=MOST_HOURS),
)


def limits_of_environment(environment: Mapping[str, str] | None = None) -> Limits:
    """The limits, with what the environment says of them. A session is kept without use for at least as long as it is
    kept without a tab. Raises MarkError if a variable is no whole number within its bounds."""
    environment = os.environ if environment is None else environment
    named = {
        variable.field: variable.factor * _number(variable, environment[variable.name].strip())
        for variable in VARIABLES
        if environment.get(variable.name, "").strip()
    }
    limits = replace(Limits(), **named)
    return replace(limits, time_to_live=max(limits.time_to_live, limits.away_seconds))


def _number(variable: Variable, entry: str) -> int:
    if not (entry.isdecimal() and variable.least <= int(entry) <= variable.most):
        raise MarkError(
            "{variable} must be a whole number from {least} to {most}, not “{entry}”.",
            variable=variable.name,
            least=variable.least,
            most=variable.most,
            entry=entry,
        )
    return int(entry)
