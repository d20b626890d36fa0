"""What the server answers: one form for every feature, turned into JSON here."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from mark_core.errors import MarkError
from mark_core.message import Message, as_message
from mark_core.ui.requests import Request

State = Literal["working", "done", "failed", "cancelled"]
UNEXPECTED = Message("Something went wrong here. Nothing you had open is lost; please try again.")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """How far a piece of work is. step: what is being done; fraction: how much of it is done, 0..1."""

    step: Message
    fraction: float

    @classmethod
    def of(cls, step: Message | str, fraction: float) -> Progress:
        """With the fraction held to 0..1 and rounded for the browser."""
        return cls(as_message(step), round(min(1.0, max(0.0, float(fraction))), 3))


@dataclass(frozen=True)
class Reply:
    """The answer to one request.

    feature, action, number: of the request. progress: while working. error: one sentence, if failed. data: the result,
    if done; see the docstring of each feature's module for its keys.
    """

    feature: str
    action: str
    number: int
    state: State
    progress: Progress | None = None
    error: Message | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The reply as plain values for JSON."""
        return {
            "feature": self.feature,
            "action": self.action,
            "number": self.number,
            "state": self.state,
            "step": to_json(self.progress.step) if self.progress else None,
            "fraction": self.progress.fraction if self.progress else 0.0,
            "error": to_json(self.error),
            "data": to_json(self.data),
        }


def reply(request: Request, state: State, progress: Progress | None = None) -> Reply:
    """A reply without a result, as while a request is worked on or after it was cancelled."""
    return Reply(request.feature, request.action, request.number, state, progress)


def done(request: Request, **data: Any) -> Reply:
    """The reply to a request that was carried out."""
    return Reply(request.feature, request.action, request.number, "done", data=data)


def failed(request: Request, error: Message) -> Reply:
    """The reply to a request that was not carried out."""
    return Reply(request.feature, request.action, request.number, "failed", error=error)


def error_reply(request: Request, error: Exception) -> Reply:
    """The reply to a request whose handler raised."""
    return failed(request, error_message(error, f"{request.feature}: {request.action}"))


def error_message(error: Exception, subject: str) -> Message:
    """The sentence for a visitor about an exception: that of a MarkError, and one general sentence for all others,
    which are logged. subject: what failed, for the log."""
    if isinstance(error, MarkError):
        return error.message
    _log.error("%s failed", subject, exc_info=error)
    return UNEXPECTED


def to_json(value: Any) -> Any:
    """Messages, paths, tuples and mappings inside a value as plain values for JSON."""
    if isinstance(value, Message):
        return value.to_json()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {key: to_json(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(entry) for entry in value]
    return value
