"""What a visitor is told when something cannot be done, or goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mark_core.errors import MarkError

TROUBLE = "Something went wrong here. Nothing you had open is lost; please try again."

_log = logging.getLogger(__name__)


@contextmanager
def told_in(answer: dict[str, Any], what: str) -> Iterator[None]:
    """Whatever goes wrong inside becomes the ``error`` of an answer, one sentence. what: for the log."""
    try:
        yield
    except MarkError as error:
        answer["error"] = str(error)
    except Exception:
        _log.exception("%s failed", what)
        answer["error"] = TROUBLE
