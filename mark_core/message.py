"""Sentences for people, kept as a template with values so that an interface can word them in its language."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_FORMATTER = string.Formatter()


@dataclass(frozen=True)
class Message:
    """One sentence or label.

    id: the English template with named placeholders, ``"There are pages 1 to {last}."``; it is the key of the
    translation tables, as in gettext. values: by name; strings, numbers or further messages.
    """

    id: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The English sentence. Whole numbers of five digits and more get thousands separators."""
        if not self.values:
            return self.id
        return _FORMATTER.vformat(self.id, (), {name: _english(value) for name, value in self.values.items()})

    def to_json(self) -> dict[str, Any]:
        """``{"id": ..., "values": {...}}`` with nested messages in the same form."""
        values = {k: v.to_json() if isinstance(v, Message) else v for k, v in self.values.items()}
        return {"id": self.id, "values": values}


def as_message(text: Message | str) -> Message:
    """A message as it is; a plain text becomes one without values."""
    return text if isinstance(text, Message) else Message(text)


def _english(value: Any) -> Any:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return f"{value:,}" if whole and abs(value) >= 10_000 else value
