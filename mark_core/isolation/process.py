"""One reading process, as the server has it, and how child processes are started."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, Any

import numpy as np

from mark_core.isolation.wire import receive, send

_START = "from mark_core.isolation.worker import main; main(int(sys.argv[1]))"
_PIPE_BYTES = 1 << 20
_LOWER = 10  # priority, as `nice` counts it
_MOST_JSON = 64 << 20  # bytes of an answer
# What Python and its libraries need. Nothing else is passed on: tokens of the server are no business of a process that
# works on the files of strangers.
_KEPT = (
    *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME"),
    *("SYSTEMROOT", "WINDIR", "TEMP", "TMP", "TMPDIR"),
)


def _widen(*pipes: IO[bytes] | None) -> None:
    """Let more fit into pipes than the 64 kB that Linux gives them, so that pages pass in fewer steps."""
    if sys.platform == "linux":
        import fcntl

        for pipe in pipes:
            if pipe is not None:
                with suppress(OSError):  # the system allows no more
                    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def start_python(
    code: str, argument: str = "", environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """A process of this Python with pipes for its standard input and output, and nothing of what this one has open.

    code: what it runs, with ``argument`` as ``sys.argv[1]``. environment: variables beside the few that are passed on.
    Raises OSError when it cannot be started.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    paths = [path or os.getcwd() for path in sys.path]
    options: dict[str, Any] = {"start_new_session": True}  # Ctrl-C is the server's alone
    if sys.platform == "win32":
        options = {"creationflags": subprocess.CREATE_NO_WINDOW}
    process = subprocess.Popen(
        [sys.executable, "-B", "-c", f"import sys; sys.path[:] = sys.argv[2:]; {code}", argument, *paths],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**kept, "MALLOC_ARENA_MAX": "1", **(environment or {})},
        **options,
    )
    _widen(process.stdin, process.stdout)
    return process


def lower_priority(process: int, by: int) -> None:
    """Let others have the processor before a process, where the system can be told so. by: as `nice` counts it."""
    if sys.platform != "win32":
        with suppress(OSError):  # it has just ended
            os.setpriority(os.PRIO_PROCESS, process, by)


class Process:
    """A process that reads files. It answers one request at a time; `kill` may be called from any thread."""

    def __init__(self, most_megabytes: int) -> None:
        """Start the process. Raises OSError when that fails."""
        threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        self._process = start_python(_START, str(most_megabytes), environment=dict.fromkeys(threads, "1"))
        self.requests = 0
        self.gives_way = False

    @property
    def id(self) -> int:
        return self._process.pid

    def ask(
        self, head: dict[str, Any], data: bytes | None, most_bytes: int
    ) -> tuple[dict[str, Any], list[np.ndarray]]:
        """The answer to a request, whose arrays have at most ``most_bytes``.

        Raises OSError or `wire.WireError` when there is none, because the process has ended or says nonsense.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.requests += 1
        send(self._process.stdin, head, [] if data is None else [data])  # type: ignore[arg-type]
        return receive(self._process.stdout, _MOST_JSON, most_bytes)  # type: ignore[arg-type]

    def give_way(self) -> None:
        """Let others have the processor first, from now on for good."""
        if not self.gives_way and sys.platform != "win32":
            self.gives_way = True
            lower_priority(self.id, _LOWER)

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def kill(self) -> None:
        """End the process at once. Whoever waits for an answer gets none."""
        self._process.kill()

    def end(self) -> int:
        """End the process, wait for it, and return its exit code."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was written is not read any more
                if stream is not None:
                    stream.close()
        return self._process.wait()
