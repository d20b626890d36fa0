"""The one exception a person is meant to read."""

from __future__ import annotations

from typing import Any

from mark_core.message import Message


class MarkError(ValueError):
    """Bad input. ``str(error)`` is one plain English sentence; ``message`` is the same as template and values.

    template: the sentence, with named placeholders for ``values``:
    ``MarkError("There are pages 1 to {last}.", last=7)``. Without values braces in it are left as they are.
    """

    def __init__(self, template: str | Message, **values: Any) -> None:
        self.message = template if isinstance(template, Message) else Message(template, values)
        super().__init__(str(self.message))

    def __reduce__(self) -> tuple[type, tuple[Message]]:
        return type(self), (self.message,)
