"""Sentences for a visitor about what happens beside requests, and about pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mark_core.message import Message

KEPT = 30


@dataclass(frozen=True)
class Notice:
    """number: counts the notices of a session, so that the browser shows each once. calm: nothing is wrong."""

    number: int
    message: Message
    calm: bool = False


@dataclass(frozen=True)
class Notices:
    """The last KEPT notices of a session. Immutable."""

    last: tuple[Notice, ...] = ()

    def with_message(self, message: Message, calm: bool = False) -> Notices:
        number = self.last[-1].number + 1 if self.last else 1
        return Notices((*self.last, Notice(number, message, calm))[-KEPT:])

    def to_view(self) -> list[dict[str, Any]]:
        return [
            {"number": one.number, "message": one.message.to_json(), "calm": one.calm} for one in self.last
        ]
