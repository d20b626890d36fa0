"""Files with the boxes of other programs (PAGE XML, ALTO, hOCR), added together with the pages they belong to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mark_core.errors import MarkError
from mark_core.export.read import Layouts
from mark_core.message import Message
from mark_core.ui.tasks import Task

if TYPE_CHECKING:
    from mark_core import Page, Word

SUFFIXES = (".xml", ".alto", ".hocr", ".html", ".htm")
READING = Message("Reading the boxes")
UNUSED = Message("These boxes belong to none of the pages that were added with them, so they are left out.")
ALONE = Message("This is a file of boxes; please add it together with the picture of its page.")
OWN_BOXES = "{file}: {sentence} MARK has looked for the words itself."


def is_layout_file(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


class LayoutFiles:
    """The files of boxes of one upload.

    notify: called with one sentence about each file that is of no use. files: (path, name). pages: how many other
    files were added with them.
    """

    def __init__(
        self, notify: Callable[[Message], None], files: Sequence[tuple[Path, str]], pages: int
    ) -> None:
        self._notify = notify
        self._pages = pages
        self._files = files
        self._layouts = Layouts()

    def before(self) -> list[Task]:
        """Jobs to be done before the pages: read every file."""
        return [Task(name, partial(self._read, path, name)) for path, name in self._files]

    def after(self) -> list[Task]:
        """A job to be done after the pages: tell what was not used."""
        return [Task(self._files[0][1], self._notify_unused)] if self._files else []

    def words_on(self, page: Page) -> tuple[list[Word] | None, Message | None]:
        """The words of a page and a note about where they come from; None where no file has them or they do not fit."""
        stem = f"{Path(page.name).stem}-{page.number + 1:04d}"  # as `export` calls the pages of a PDF
        found = self._layouts.take(page, stem, alone=self._pages == 1 and page.number == 0)
        if found is None:
            return None, None
        name, layout = found
        try:
            return layout.words_on(page), Message("Boxes from {file}", {"file": name})
        except MarkError as error:
            self._notify(Message(OWN_BOXES, {"file": name, "sentence": error.message}))
            return None, None

    def _read(self, path: Path, name: str, job: Task) -> None:
        job.report(READING, 0.0)
        self._layouts.read(path, name)

    def _notify_unused(self, job: Task) -> None:
        for name in self._layouts.left:
            sentence = UNUSED if self._pages else ALONE
            self._notify(Message("{title}: {sentence}", {"title": name, "sentence": sentence}))
