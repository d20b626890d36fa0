"""The process that reads files: it answers one request after the other on its pipes until they are closed."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any, BinaryIO

import numpy as np

from mark_core.errors import MarkError
from mark_core.isolation.limits import OwnLimits
from mark_core.isolation.source import Source, TooLittle
from mark_core.isolation.wire import Closed, receive, send
from mark_core.pages.limits import MAX_FILE_BYTES

MOST_JSON = 1 << 20  # of a request
_MOST_TRACE = 4000  # letters


def main(most_megabytes: int) -> None:
    """Serve requests from standard input on standard output until the server has ended."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    limits = OwnLimits(most_megabytes)
    _make_ready()
    requests = os.fdopen(0, "rb", buffering=0)
    while True:
        try:
            head, parts = receive(requests, MOST_JSON, MAX_FILE_BYTES)
        except Closed:
            return
        if not _answer(answers, limits, head, parts):
            return


def _make_ready() -> None:
    """Import what nearly every request needs."""
    import cv2

    from mark_core.isolation import jobs

    cv2.setNumThreads(1)
    assert jobs.JOBS


def _answer(stream: BinaryIO, limits: OwnLimits, head: dict[str, Any], parts: list[np.ndarray]) -> bool:
    """Answer one request. Returns whether the process is fit for another."""
    from mark_core.isolation.jobs import JOBS

    limits.begin(head["megabytes"], head["seconds"])
    try:
        data = parts[0].tobytes() if parts else None
        parts.clear()
        source = Source(head["path"], data, limits.spare)
        fields, arrays = JOBS[head["job"]](source, head["fields"])
        send(stream, {"state": "done", "fields": fields}, arrays)
        return True
    except MarkError as error:
        send(stream, {"state": "refused", "message": error.message.to_json()})
        return True
    except (MemoryError, TooLittle):
        send(stream, {"state": "memory"})
        return False
    except BrokenPipeError:
        return False
    except Exception:
        send(stream, {"state": "failed", "trace": traceback.format_exc()[-_MOST_TRACE:]})
        return True


if __name__ == "__main__":
    main(int(sys.argv[1]))
