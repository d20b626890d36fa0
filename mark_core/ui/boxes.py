"""Boxes of other programs that come together with the pages they belong to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import mark_core as mark
from mark_core.export.read import Layouts
from mark_core.ui.intake import Job

if TYPE_CHECKING:
    from mark_core import Page, Word

SUFFIXES = (".xml", ".alto", ".hocr", ".html", ".htm")
READING = "Reading the boxes"
UNUSED = "These boxes belong to none of the pages that were added with them, so they are left out."
ALONE = "This is a file of boxes; please add it together with the picture of its page."


def is_layout(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


class Boxes:
    """The files of boxes of one arrival, PAGE XML, ALTO or hOCR.

    tell: hears one sentence about each file that is of no use. pages: how many other files came with them.
    """

    def __init__(self, tell: Callable[[str], None], files: Sequence[tuple[Path, str]], pages: int) -> None:
        self._tell = tell
        self._pages = pages
        self._files = files
        self._layouts = Layouts()

    def before(self) -> list[Job]:
        """Jobs to be done before the pages: every file is read."""
        return [Job(name, partial(self._read, path, name)) for path, name in self._files]

    def after(self) -> list[Job]:
        """A job to be done after them: what is left over is said."""
        return [Job(self._files[0][1], self._tell_left)] if self._files else []

    def words_on(self, page: Page) -> tuple[list[Word] | None, str]:
        """The words of a page and where they come from; None where no file has them or they do not fit."""
        stem = f"{Path(page.name).stem}-{page.number + 1:04d}"  # as `export` calls the pages of a PDF
        found = self._layouts.take(page, stem, alone=self._pages == 1 and page.number == 0)
        if found is None:
            return None, ""
        name, layout = found
        try:
            return layout.words_on(page), f"Boxes from {name}"
        except mark.MarkError as error:
            self._tell(f"{name}: {error} MARK has looked for the words itself.")
            return None, ""

    def _read(self, path: Path, name: str, job: Job) -> None:
        job.report(READING, 0.0)
        self._layouts.read(path, name)

    def _tell_left(self, job: Job) -> None:
        for name in self._layouts.left:
            self._tell(f"{name}: {UNUSED if self._pages else ALONE}")
