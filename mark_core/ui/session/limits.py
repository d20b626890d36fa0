"""How much one server keeps, and for how long."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """sessions: open at a time. pages: in one session. session_bytes, total_bytes: of the pixels and files of the pages
    of one session and of all. time_to_live: seconds after its last use until a session is closed. undo_seconds: for how
    long a removed page can be brought back."""

    sessions: int = 100
    pages: int = 40
    session_bytes: int = 1 << 30
    total_bytes: int = 4 << 30
    time_to_live: float = 3600.0
    undo_seconds: float = 300.0
