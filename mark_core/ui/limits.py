"""How much one server keeps, and for how long."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Times in seconds, sizes in bytes of pages and the files they came from."""

    sessions: int = 100
    pages: int = 40
    session_bytes: int = 1 << 30
    total_bytes: int = 4 << 30
    time_to_live: float = 3600.0
    undo_seconds: float = 300.0
