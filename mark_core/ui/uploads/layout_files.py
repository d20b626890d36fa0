"""Files with the boxes of other programs (PAGE XML, ALTO, hOCR), added together with the pages they belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mark_core.errors import MarkError
from mark_core.export.page_words import words_of
from mark_core.export.read import Layouts, about, add_archive
from mark_core.export.text.read_tei import ROOTS
from mark_core.isolation.files import MemberPages, Upload, open_pages
from mark_core.message import Message
from mark_core.pages.archive import LAYOUT_SUFFIXES
from mark_core.ui.tasks import Task
from mark_core.ui.uploads.page_text_files import Text, TextFiles, is_text_file, text_of_layout

if TYPE_CHECKING:
    from mark_core import Page, Word
    from mark_core.export.layout import LayoutPage

READING = Message("Reading the boxes")
UNUSED = Message("These boxes belong to none of the pages that were added with them, so they are left out.")
UNUSED_TEXT = Message(
    "These texts belong to none of the pages that were added with them; open a page and bring them under “Transcript”."
)
ALONE = Message("This is a file of boxes; please add it together with the picture of its page.")
UNCLEAR = Message(
    "Two of the pages or files have the same name, so it is not clear whose boxes these are; they are left out."
)
SPARE = Message("These boxes are of pages that have boxes from another file, so they are left out.")
HEIC = Message("HEIC pictures cannot be read here; please save them as JPEG.")
OTHERS = Message("These are neither pictures nor boxes, so they are left out.")
OWN_BOXES = "{file}: {sentence} MARK has looked for the words itself."
MORE_OWN_BOXES = "{files}: MARK has looked for the words itself here too."
NAMES = "{names} and {count} more"
SHOWN = 3  # files that are named, or sentences that are said one by one


def is_layout_file(name: str) -> bool:
    """Whether a file comes with pages: one of boxes or of a text."""
    return name.lower().endswith(tuple(LAYOUT_SUFFIXES)) or is_text_file(name)


class LayoutFiles:
    """The files of boxes of one upload.

    notify: called with one sentence about each file that is of no use. files: (path, name), files of texts among them.
    pages: names of the other files that were added with them.
    """

    def __init__(
        self, notify: Callable[[Message], None], files: Sequence[tuple[Path, str]], pages: Sequence[str]
    ) -> None:
        self._notify = notify
        self._texts = TextFiles()
        self._taken: LayoutPage | None = None  # that of the last page
        self._pages = len(pages)
        self._files = files
        self._layouts = Layouts()
        self._layouts.expect(pages)
        self._sources_left = len(pages)
        self._own_boxes: list[str] = []

    def before(self) -> list[Task]:
        """Jobs to be done before the pages: read every file."""
        return [Task(name, partial(self._read, path, name)) for path, name in self._files]

    def after(self) -> list[Task]:
        """A job to be done after the pages: tell what was not used."""
        return [Task(self._files[0][1], self._notify_unused)] if self._files else []

    def source_done(self) -> None:
        """The pages of one file are there. What was not used of boxes in zips is told after the last, without a job of
        its own that a visitor would see."""
        self._sources_left -= 1
        if self._sources_left == 0 and not self._files:
            self._notify_unused()

    def open_pages(self, path: Path, name: str) -> Iterator[Page]:
        """The pages of a file, read in a process of their own; those of a zip with the boxes in it. Raises MarkError as
        ``load_pages``."""
        pages = open_pages(Upload(path), name)
        if isinstance(pages, MemberPages):
            archive = pages.archive
            self._pages += len(archive.names) - 1
            others = [*archive.others, *add_archive(self._layouts, archive)]
            for names, sentence in ((archive.heic, HEIC), (others, OTHERS)):
                self._say(names, sentence, name)
        return pages

    def take(self, page: Page) -> tuple[str, LayoutPage] | None:
        """The name of the file that describes a page, and what it says; None where there is none. The file may be read
        only now."""
        stem = f"{Path(page.name).stem}-{page.number + 1:04d}"  # as `export` calls the pages of a PDF
        try:
            return self._layouts.take(page, stem, alone=self._pages == 1 and page.number == 0)
        except MarkError as error:
            self._tell_own_boxes(page.name, error.message)
            return None

    def words_on(
        self, page: Page, found: tuple[str, LayoutPage] | None, direction: str = "auto"
    ) -> tuple[list[Word] | None, Message | None]:
        """The words of a page and a note about where they come from; None where no file has them or they do not fit.

        found: as `take` returns it. direction: of the writing, for lines in which the words have yet to be found.
        """
        self._taken = None
        if found is None:
            return None, None
        path, layout = found
        name = path.rpartition("/")[2]
        try:
            words = words_of(layout, page, direction, about(name, self._notify))
        except MarkError as error:
            self._tell_own_boxes(name, error.message)
            return None, None
        self._taken = layout
        return words, Message("Boxes from {file}", {"file": name})

    def text_on(self, page: Page, words: Sequence[Word] | None) -> Text | None:
        """The text of the page whose words were asked for last, from the same file or one of its own; None without."""
        layout, self._taken = self._taken, None
        found = None if layout is None or words is None else text_of_layout(layout, page, words)
        return found or self._texts.take(page, alone=self._pages == 1)

    def _read(self, path: Path, name: str, job: Task) -> None:
        job.report(READING, 0.0)
        upload = Upload(path)
        if is_text_file(name) or upload.kind() in ROOTS:
            self._texts.add(name, upload.texts(name))
        else:
            self._layouts.add(name, upload.layouts())

    def _tell_own_boxes(self, name: str, sentence: Message) -> None:
        """The first few in full, the others by name, when all pages are there."""
        self._own_boxes.append(name)
        if len(self._own_boxes) <= SHOWN:
            self._notify(Message(OWN_BOXES, {"file": name, "sentence": sentence}))

    def _notify_unused(self, job: Task | None = None) -> None:
        if len(self._own_boxes) > SHOWN:
            self._notify(Message(MORE_OWN_BOXES, {"files": _names(self._own_boxes[SHOWN:])}))
        self._say(self._layouts.unclear, UNCLEAR)
        self._say(self._layouts.spare, SPARE)
        self._say(self._layouts.left, UNUSED if self._pages else ALONE)
        self._say(self._texts.left, UNUSED_TEXT)

    def _say(self, names: Sequence[str], sentence: Message, archive: str = "") -> None:
        """One sentence about files, with the name of the zip that they are in."""
        if not names:
            return
        said = Message("{title}: {sentence}", {"title": _names(names), "sentence": sentence})
        self._notify(
            Message("{title}: {sentence}", {"title": archive, "sentence": said}) if archive else said
        )


def _names(names: Sequence[str]) -> str | Message:
    """Names in one line, of many the first few."""
    shown = ", ".join(names[:SHOWN])
    return Message(NAMES, {"names": shown, "count": len(names) - SHOWN}) if len(names) > SHOWN else shown
