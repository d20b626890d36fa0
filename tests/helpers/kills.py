"""Child processes that are killed at a chosen step of writing files, as by a power cut that keeps what was written."""

from __future__ import annotations

import builtins
import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mark_core.whole_file as module

WRITE, NAME = "w", "n"  # kinds of steps: a write, and all else
AUDITED = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"}


class Steps:
    """Notes what is done to files and kills the process at step ``last``, from 1; 0: never."""

    def __init__(self, last: int = 0) -> None:
        self.done, self.last = "", last

    def step(self, kind: str) -> None:
        self.done += kind
        if len(self.done) == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


def _install(steps: Steps) -> None:
    """Every opening, write (begun and half done), flush, rename and deletion of this process counts from now on."""

    class File(io.FileIO):
        def write(self, data: Any) -> int:
            steps.step(WRITE)
            whole = memoryview(data).cast("B")
            half = len(whole) // 2
            super().write(whole[:half])
            steps.step(WRITE)
            super().write(whole[half:])
            return len(whole)

    def open_(path: Path, mode: str) -> Any:
        steps.step(NAME)
        return File(path, mode.replace("b", ""))

    def fsync(descriptor: int, real: Callable[[int], None] = os.fsync) -> None:
        steps.step(NAME)
        real(descriptor)
        steps.step(NAME)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event in AUDITED:
            steps.step(NAME)

    vars(module)["open"] = open_
    os.fsync = fsync
    sys.addaudithook(audit)
    assert builtins.open is not open_


def in_child(work: Callable[[], None], last: int = 0) -> str:
    """Do ``work`` in a copy of this process, killed at step ``last``. Returns the kinds of the steps it took, or
    nothing if it was killed."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            steps = Steps(last)
            _install(steps)
            work()
            os.write(theirs, steps.done.encode())
            os._exit(0)
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
    os.close(theirs)
    with os.fdopen(ours) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if last and os.WIFSIGNALED(status):
        return ""
    assert os.WIFEXITED(status)
    assert os.WEXITSTATUS(status) == 0
    return said


def places(steps: str, writes: int = 12) -> list[int]:
    """The numbers of all steps that are no writes, and of some writes, spread evenly."""
    written = [number for number, kind in enumerate(steps, start=1) if kind == WRITE]
    others = {number for number, kind in enumerate(steps, start=1) if kind != WRITE}
    return sorted(others | set(written[:: max(1, len(written) // writes)]))
