"""Where the files that come with the code are: weights, viewer, languages, logo and sample pages."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "data"  # a wheel carries the folders in here, see pyproject.toml


def data_file(name: str) -> Path:
    """Path of a file or folder that comes with MARK, in a checkout and in an installed wheel.

    name: relative to the top of the repository, with forward slashes: ``assets/logo.svg``, ``sample_pages``. The path
    is returned whether or not there is such a file.
    """
    root = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent
    return root / name
