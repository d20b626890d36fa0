"""What a server writes goes with it, at the latest at the next start; that of a server that lives stays."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from mark_core.ui.work_folder import PREFIX, WorkFolder

ROOT = Path(__file__).resolve().parents[2]
SERVER = """
import sys, time
from pathlib import Path
from mark_core.ui.work_folder import WorkFolder
folder = WorkFolder(Path(sys.argv[1]))
(folder.pages / "page.jpg").write_bytes(b"a page")
print(folder.path, flush=True)
time.sleep(60)
"""


def serve(parent: Path) -> tuple[subprocess.Popen[str], Path]:
    command = [sys.executable, "-c", SERVER, str(parent)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_the_next_start_clears_what_a_killed_server_left(tmp_path: Path) -> None:
    killed, left = serve(tmp_path)
    living, kept = serve(tmp_path)
    foreign = tmp_path / f"{PREFIX}foreign"
    foreign.mkdir()  # without a lock: made by something else, or just being made
    try:
        killed.send_signal(signal.SIGKILL) if hasattr(signal, "SIGKILL") else killed.kill()
        killed.wait(20)
        assert (left / "pages" / "page.jpg").exists()
        folder = WorkFolder(tmp_path)
        assert not left.exists()
        assert (kept / "pages" / "page.jpg").exists()
        assert foreign.exists()
        folder.delete()
        assert not folder.path.exists()
    finally:
        living.kill()
        living.wait(20)
