"""Text files that a person has written: word lists, tables, lists of names."""

from __future__ import annotations

from pathlib import Path

from mark_core.errors import MarkError

MAX_BYTES = 32 * 1024 * 1024


def read_text_file(path: Path, what: str, most: int = MAX_BYTES) -> str:
    """The UTF-8 text of a file, without a byte order mark.

    what: the file is, such as "The word list". most: bytes it may have. Raises MarkError if it is larger or cannot be
    read as such text.
    """
    try:
        if path.stat().st_size > most:
            raise MarkError(
                "{what} {file} is larger than {limit} MB.", what=what, file=path.name, limit=most >> 20
            )
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MarkError("{what} {file} cannot be read as UTF-8 text.", what=what, file=path.name) from error
