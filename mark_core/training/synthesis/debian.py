"""Packages of Debian, fetched without being installed."""

from __future__ import annotations

import subprocess
from pathlib import Path


def download_package(package: str, folder: Path) -> Path | None:
    """The archive of a package below ``folder``; None if the distribution has none. Needs ``apt-get``."""
    done = subprocess.run(["apt-get", "download", package], cwd=folder, check=False)
    archives = sorted(folder.glob(f"{package}_*.deb"))
    return archives[0] if archives and not done.returncode else None
