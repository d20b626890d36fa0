"""Limits of the processes that read files, set by environment variables, and how a process keeps to its own."""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import dataclass

from mark_core.errors import MarkError

PROCESSES, SECONDS, MEMORY = "MARK_READERS", "MARK_READ_SECONDS", "MARK_READ_MEMORY_MB"
MEMORY_EXIT = 77  # of a process that has used more than it may
_STEP = 0.05  # seconds between two looks at the memory, where the system sets no limit


@dataclass(frozen=True)
class ReadLimits:
    """processes: that read at a time, and as many again in place of those that take long. seconds: for one step, such
    as a page. megabytes: of memory of a process for an ordinary file. most_megabytes: for a large one; one such file is
    read at a time."""

    processes: int = 3
    seconds: float = 20.0
    megabytes: int = 320
    most_megabytes: int = 640


def limits_of_environment() -> ReadLimits:
    """The limits, with those that MARK_READERS, MARK_READ_SECONDS and MARK_READ_MEMORY_MB name. Raises MarkError if one
    is no whole number in its range."""
    usual = ReadLimits()
    most = _whole(MEMORY, usual.most_megabytes, 128, 65536)
    return ReadLimits(
        _whole(PROCESSES, usual.processes, 1, 64),
        _whole(SECONDS, round(usual.seconds), 1, 600),
        min(usual.megabytes, most),
        most,
    )


def _whole(variable: str, usual: int, low: int, high: int) -> int:
    named = os.environ.get(variable, "").strip()
    if not named:
        return usual
    if not (named.isdecimal() and len(named) < 10 and low <= int(named) <= high):
        raise MarkError(
            "{variable} must be a whole number from {low} to {high}, not “{entry}”.",
            variable=variable,
            low=low,
            high=high,
            entry=named,
        )
    return int(named)


class OwnLimits:
    """The limits of this process, for each request anew. most_megabytes: that it may ever use."""

    def __init__(self, most_megabytes: int) -> None:
        self._most = most_megabytes << 20
        self._allowed = self._most
        self._enforced = _harden(self._most)
        if not self._enforced:
            threading.Thread(target=self._watch, daemon=True).start()

    def begin(self, megabytes: int, seconds: float) -> None:
        """Allow so much memory, and so many seconds of the processor from now on, for one request."""
        self._allowed = min(self._most, megabytes << 20)
        if sys.platform != "win32":
            import resource

            used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
            # of real time the server takes care; this ends a process whose server is gone
            resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + 2, resource.RLIM_INFINITY))
            if self._enforced:
                resource.setrlimit(_memory_kind(), (self._allowed, self._most))

    @property
    def spare(self) -> int:
        """Memory that a request may use beside that of the process itself, bytes, roughly."""
        return self._allowed - (96 << 20)

    def _watch(self) -> None:
        while True:
            if _memory_used() > self._allowed:
                os._exit(MEMORY_EXIT)
            time.sleep(_STEP)


def _harden(most: int) -> bool:
    """Take from this process what reading files does not need: writing files and core dumps. Returns
    whether the system keeps to a limit of memory."""
    if sys.platform == "win32":
        return False
    import resource

    for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(kind, (0, 0))
    if sys.platform == "darwin":
        return False
    try:
        resource.setrlimit(_memory_kind(), (most, most))
    except (ValueError, OSError):
        return False
    return True


def _memory_kind() -> int:
    """Private memory on Linux, where files mapped and address space merely reserved do not count."""
    import resource

    return resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS


def _memory_used() -> int:
    """Largest memory of this process so far, bytes."""
    if sys.platform == "win32":
        return _windows_memory()
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10


def _windows_memory() -> int:
    """Committed memory of this process, of PROCESS_MEMORY_COUNTERS (psapi.h)."""
    import ctypes

    class Counters(ctypes.Structure):
        _fields_ = [("size", ctypes.c_ulong), ("faults", ctypes.c_ulong)] + [
            (f"value{n}", ctypes.c_size_t) for n in range(8)
        ]

    counters = Counters()
    counters.size = ctypes.sizeof(Counters)
    library = ctypes.CDLL("kernel32")
    process = ctypes.c_void_p(-1)  # this one
    if not library.K32GetProcessMemoryInfo(process, ctypes.byref(counters), counters.size):
        return 0
    return int(counters.value6)  # PagefileUsage
