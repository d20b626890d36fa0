"""The sample pages: read from ``sample_pages/samples.json``, indexed once and shared by all sessions."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import ImageOps

import mark_core as mark
from mark_core.data_files import data_file
from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.pages.picture_formats import open_picture
from mark_core.ui.collection.open_page import THUMBNAIL_SIDE, OpenPage, write_page
from mark_core.ui.replies import UNEXPECTED
from mark_core.ui.tasks import Task

if TYPE_CHECKING:
    from mark_core import WordIndex
    from mark_core.ui.session.session import Session

SAMPLE_FOLDER = data_file("sample_pages")
FIRST_VARIABLE = "MARK_FIRST_SAMPLE"
NO_SAMPLE = "There is no such sample page."
Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Sample:
    """One entry of ``samples.json``. file: beside it. name: in links to the sample. title, note: English, translated by
    the language tables. queries: words that are found on it."""

    file: str
    title: str
    name: str = ""
    note: str = ""
    queries: tuple[str, ...] = ()

    def to_view(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "name": self.name,
            "title": Message(self.title).to_json(),
            "note": Message(self.note).to_json() if self.note else None,
            "queries": list(self.queries),
        }


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


class Samples:
    """Sample pages by file name; each is indexed at its first use, by one thread, for all sessions."""

    def __init__(self, new_index: Callable[[], WordIndex], root: Path, folder: Path = SAMPLE_FOLDER) -> None:
        self.samples = read_samples(folder)
        self._folder = folder
        self._root = root
        self._new_index = new_index
        self._pages: dict[str, OpenPage] = {}
        self._thumbs = {sample.file: write_thumb(folder / sample.file, root) for sample in self.samples}
        self._locks = {sample.file: threading.Lock() for sample in self.samples}

    @property
    def first(self) -> Sample | None:
        """The one that is open when a visitor arrives: named by MARK_FIRST_SAMPLE, else the first listed. Raises
        MarkError if there is none of that name."""
        named = os.environ.get(FIRST_VARIABLE, "").strip()
        if not named:
            return next(iter(self.samples), None)
        found = next((sample for sample in self.samples if sample.name == named), None)
        if found is None:
            known = ", ".join(sample.name for sample in self.samples if sample.name)
            raise MarkError(
                "{variable} must be one of {known}, not “{entry}”.",
                variable=FIRST_VARIABLE,
                known=known,
                entry=named,
            )
        return found

    def linked(self, names: Any) -> tuple[list[Sample], bool]:
        """The samples that a link names, one a line, and whether there is a sample for every name. ``names`` may be
        anything. In the order of the link, each once."""
        if not names or not isinstance(names, str):
            return [], not names
        asked = list(dict.fromkeys(names.split("\n")))
        known = {sample.name: sample for sample in self.samples if sample.name}
        samples = [known[name] for name in asked if name in known]
        return samples, len(samples) == len(asked)

    def page(self, file: str, progress: Report | None = None) -> OpenPage:
        """The page of one sample. Raises MarkError when there is no such sample."""
        sample = next((sample for sample in self.samples if sample.file == file), None)
        if sample is None:
            raise MarkError(NO_SAMPLE)
        with self._locks[file]:
            if file not in self._pages:
                index = self._new_index()
                page = next(iter(mark.load_pages(self._folder / file)))
                page_id = index.add(page, progress=progress)
                self._pages[file] = write_page(
                    index,
                    page_id,
                    self._root,
                    title=Message(sample.title),
                    note=Message(sample.note) if sample.note else None,
                    queries=sample.queries,
                    sample=file,
                )
            return self._pages[file]

    def is_indexed(self, file: str) -> bool:
        """Whether a sample opens at once."""
        return file in self._pages

    def to_view(self) -> list[dict[str, Any]]:
        """thumb: the file of a small picture; None where there is none."""
        return [{**sample.to_view(), "thumb": self._thumbs[sample.file]} for sample in self.samples]


def write_thumb(file: Path, root: Path) -> str | None:
    """Write a small picture of an image file into a new folder below ``root``; None if it cannot be read as one."""
    folder = root / secrets.token_urlsafe(18)
    try:
        with open_picture(file) as image:
            image.draft(
                "RGB", (2 * THUMBNAIL_SIDE, 2 * THUMBNAIL_SIDE)
            )  # a JPEG is read reduced, which is quick
            small = ImageOps.exif_transpose(image).convert("RGB")
    except OSError:
        return None
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    folder.mkdir(parents=True)
    small.save(folder / "thumb.jpg", quality=80)
    return str(folder / "thumb.jpg")


def open_sample(session: Session, file: str) -> Generator[None, None, Message | None]:
    """Open a sample in a session, in the background; yields whenever the session's view has changed. Returns one
    sentence if the sample cannot be opened."""
    task = Task(file, lambda task: _page(session.samples, file, task.report))
    for progress in task.start():
        session.busy = progress, file
        yield
    session.busy = None
    if task.state != "done":
        return task.error or UNEXPECTED
    try:
        session.focus = session.keep(task.result).id
    except MarkError as error:
        return error.message
    return None


def _page(samples: Samples | None, file: str, progress: Report) -> OpenPage:
    if samples is None:
        raise MarkError(NO_SAMPLE)
    return samples.page(file, progress)
