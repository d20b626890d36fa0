"""A corpus of transcribed lines: a folder of sets, or one set.

A set is a folder with ``lines.zip`` (pictures of lines) and ``lines.csv`` (columns ``image``, ``text``,
``hand_or_book``, and, where they are known, ``language``, ``script_kind``), or a folder of pictures of pages, each with
its PAGE XML or ALTO file (see ``page_lines``). What cannot be used is counted by reason.
"""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

from mark_core.errors import MarkError
from mark_core.training.real.lines import Lines, held_out_hands
from mark_core.training.real.page_lines import read_pages

_TABLE = "lines.csv"
# Sets whose text is longer than their ink: abbreviations are written out.
EXPANDED = frozenset({"bohemian_latin_mss"})


def read_corpus(folder: Path) -> Lines:
    """All sets in ``folder`` (or the set that it is), but for those whose text is longer than their ink.

    Raises MarkError when there is no set.
    """
    found = Lines()
    if (folder / _TABLE).exists():
        _read_set(folder, found)
        return found
    parts = sorted(part for part in folder.iterdir() if part.is_dir()) if folder.is_dir() else []
    tables = [part for part in parts if (part / _TABLE).exists()]
    for part in tables:
        _read_set(part, found)
    # Beside sets of lines every folder is a set of pages; a folder of pages alone is one set, its folders are hands.
    for part in [part for part in parts if part not in tables] if tables else [folder]:
        read_pages(part, found)
    if not found.lines and not found.unused:
        raise MarkError(
            "The folder {folder} has neither lines.csv nor PAGE XML or ALTO files in it.", folder=str(folder)
        )
    return found


def _read_set(folder: Path, found: Lines) -> None:
    with (folder / _TABLE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if folder.name in EXPANDED:
        found.unused["text longer than its ink"] += len(rows)
        return
    held_out = held_out_hands(folder.name, {row["hand_or_book"] for row in rows})
    with zipfile.ZipFile(folder / "lines.zip") as pictures:
        names = {Path(name).name: name for name in pictures.namelist()}
        for row in rows:
            name, hand = names.get(row["image"]), row["hand_or_book"]
            found.add(
                row["text"],
                None if name is None else pictures.read(name),
                f"{folder.name}/{hand}",
                hand in held_out,
                row.get("language") or "",
                row.get("script_kind") or "",
            )
