"""The sample pages: read from ``sample_pages/samples.json``, indexed once and shared by all sessions."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mark_core as mark
from mark_core.data_files import data_file
from mark_core.ui.sheet import Sheet, make_sheet

if TYPE_CHECKING:
    from mark_core import WordIndex

SAMPLE_FOLDER = data_file("sample_pages")
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Sample:
    """One entry of ``samples.json``; ``file`` lies beside it, ``name`` stands in links to it."""

    file: str
    title: str
    name: str = ""
    note: str = ""
    queries: tuple[str, ...] = ()


def read_samples(folder: Path = SAMPLE_FOLDER) -> list[Sample]:
    """The samples whose files are there, in the order of ``samples.json``; none without the file."""
    listing = folder / "samples.json"
    if not listing.is_file():
        return []
    samples = []
    for entry in json.loads(listing.read_text(encoding="utf-8")):
        name = Path(entry["file"]).name  # a listing never points outside its own folder
        if (folder / name).is_file():
            queries = tuple(str(query) for query in entry.get("queries", []))
            title, link, note = (str(entry.get(key, "")) for key in ("title", "name", "note"))
            samples.append(Sample(name, title or name, link, note, queries))
    return samples


class SampleShelf:
    """Sample sheets by file name; each is computed on first use, by one thread, for everybody."""

    def __init__(self, new_index: Callable[[], WordIndex], root: Path, folder: Path = SAMPLE_FOLDER) -> None:
        self.samples = read_samples(folder)
        self._folder = folder
        self._root = root
        self._new_index = new_index
        self._sheets: dict[str, Sheet] = {}
        self._locks = {sample.file: threading.Lock() for sample in self.samples}

    def linked(self, names: Any) -> tuple[list[Sample], bool]:
        """The samples that a link calls by these names, one a line, which may be anything: in the order of the link,
        each once, and whether there was a sample for every name."""
        if not names or not isinstance(names, str):
            return [], not names
        asked = list(dict.fromkeys(names.split("\n")))
        known = {sample.name: sample for sample in self.samples if sample.name}
        samples = [known[name] for name in asked if name in known]
        return samples, len(samples) == len(asked)

    def sheet(self, file: str, progress: Progress | None = None) -> Sheet:
        """The sheet of one sample. Raises MarkError when there is no such sample."""
        sample = next((sample for sample in self.samples if sample.file == file), None)
        if sample is None:
            raise mark.MarkError("There is no such sample page.")
        with self._locks[file]:
            if file not in self._sheets:
                index = self._new_index()
                page = next(iter(mark.load_pages(self._folder / file)))
                page_id = index.add(page, progress=progress)
                self._sheets[file] = make_sheet(
                    index,
                    page_id,
                    self._root,
                    title=sample.title,
                    note=sample.note,
                    queries=sample.queries,
                    sample=file,
                )
            return self._sheets[file]
