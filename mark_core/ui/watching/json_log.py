"""Logs as JSON lines without anything of a visitor: of a record the template is kept and not the values, of an
exception its kind and the places in the code and not its text, which may name a file or a word."""

from __future__ import annotations

import json
import logging
import os
import traceback
from datetime import datetime, timezone
from typing import Any

from mark_core.errors import MarkError

LOG_VARIABLE = "MARK_LOG"
EVENTS = logging.getLogger("mark_core.events")
_FIELDS = "facts"


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, event, further facts, and for an exception its kind and places."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": str(record.msg),
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)
            line["error"] = type(error).__name__
            line["places"] = [f"{os.path.basename(one.filename)}:{one.lineno} {one.name}" for one in frames]
        return json.dumps(line, ensure_ascii=False)


def log_event(event: str, **facts: str | int | float) -> None:
    """One line about what happened; facts: fixed words and numbers. Costs nothing where nobody listens."""
    if EVENTS.isEnabledFor(logging.INFO):
        EVENTS.info(event, extra={_FIELDS: facts})


def begin_logging() -> bool:
    """Write JSON lines to the standard error where MARK_LOG is "json"; "" or unset: logs as Python has them. Returns
    whether they are written. Raises MarkError for anything else."""
    wanted = os.environ.get(LOG_VARIABLE, "").strip().lower()
    if not wanted:
        return False
    if wanted != "json":
        raise MarkError(
            "{variable} must be one of {known}, not “{entry}”.",
            variable=LOG_VARIABLE,
            known="json",
            entry=wanted,
        )
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    EVENTS.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
    return True
