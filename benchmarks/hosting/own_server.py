"""A server of its own for a measurement: in a folder for temporary files that is looked at afterwards. Linux only."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]


class OwnServer:
    """A running page. folder: for its temporary files. peak: most memory of all its processes together, bytes, what
    several share counted once (Linux: Pss). own, peaks: of them that of
    the server itself and of the others. processes: the ids of all that it ever had beside its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.log = (folder.parent / "server.log").open("wb")
        own = {
            "TMPDIR": str(folder),
            "GRADIO_TEMP_DIR": str(folder / "gradio"),
            "GRADIO_ANALYTICS_ENABLED": "0",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mark_core", "app", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **own, **environment},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self.peak = self.own = 0
        self.peaks: list[int] = []
        self.processes: set[int] = set()
        self._watching = True
        threading.Thread(target=self._watch, daemon=True).start()

    def wait(self, seconds: float = 120.0) -> None:
        """Until it answers. Raises TimeoutError if it never does."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if httpx.get(self.address, timeout=5.0).status_code < 500:
                    return
            except httpx.HTTPError:
                pass
            if time.monotonic() > deadline or not self.is_there():
                raise TimeoutError("the server does not answer")
            time.sleep(0.3)

    def is_there(self) -> bool:
        return self._process.poll() is None

    def memory(self) -> int:
        return sum(map(_memory, self._family()))

    def processor_seconds(self) -> float:
        """Seconds of the processor of all its processes so far, those that have ended among them."""
        return sum(map(_seconds, self._family()))

    def files(self) -> list[str]:
        """Files in the folder for temporary files."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())

    def stop(self) -> int | None:
        """End it as whoever runs it would, and return its exit code; None if it had to be killed."""
        self._watching = False
        self._process.terminate()
        try:
            return self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return None
        finally:
            self.log.close()

    def _family(self) -> list[int]:
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except (OSError, ValueError, IndexError):
                    continue
                children.setdefault(parent, []).append(int(entry.name))
        family = [self._process.pid]
        for process in family:
            family += children.get(process, [])
        return family

    def _watch(self) -> None:
        while self._watching:
            family = self._family()
            self.processes |= set(family[1:])
            memory = list(map(_memory, family))
            if sum(memory) > self.peak:
                self.peak, self.peaks = sum(memory), sorted(memory[1:], reverse=True)
                self.own = memory[0]
            time.sleep(0.1)


def _memory(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))


def _seconds(process: int) -> float:
    """Seconds of the processor of a process and of its children that have ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
