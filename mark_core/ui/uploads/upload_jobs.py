"""The jobs of an upload queue: the pages of a file or an address are indexed one by one, or a project is opened."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import mark_core as mark
from mark_core.errors import MarkError
from mark_core.isolation.files import IsolatedDecoder
from mark_core.message import Message, as_message
from mark_core.ui.replies import error_message
from mark_core.ui.tasks import Cancelled, Task
from mark_core.ui.tools.projects import open_into
from mark_core.ui.uploads.layout import DEFAULT_LAYOUT, Layout
from mark_core.ui.uploads.layout_files import LayoutFiles
from mark_core.ui.uploads.page_text_files import take_text
from mark_core.ui.uploads.upload_queue import INDEXING, WAITING_TO_INDEX

if TYPE_CHECKING:
    from mark_core import Page
    from mark_core.pages.iiif import Listing
    from mark_core.ui.session.session import Session

READING, FETCHING = Message("Reading the page"), Message("Fetching the page")
LOOKING_UP = Message("Looking up the address")
AGAIN = (
    "This project was saved with other weights, so MARK looks at every word of its {count} pages again; "
    "that takes a while and can be cancelled."
)
DECODER = IsolatedDecoder()
FAILURES = 3  # pages in a row that cannot be read, before the rest is given up
GIVEN_UP = Message("the pages after this one are left out, because none can be read any more.")


def page_job(
    session: Session,
    title: str,
    open_pages: Callable[[], Iterator[Page]],
    layout: Layout = DEFAULT_LAYOUT,
    note: Message | None = None,
    total: int = 1,
    reading: Message = READING,
    layout_files: LayoutFiles | None = None,
) -> Task:
    """A job that opens the pages of one source.

    open_pages: called when the job begins; a damaged page raises MarkError, and ``next`` goes on with the one after it.
    note: beside the title of each page. total: number of pages, where the source does not tell; 0 if not known. A page
    that cannot be used costs one sentence and nothing else. reading: the step before a page can be indexed.
    layout_files: files of boxes that were added with the pages.
    """

    def work(job: Task) -> None:
        job.report(reading, 0.0)
        pages = open_pages()
        failures = 0
        while failures < FAILURES:
            left = operator.length_hint(pages, -1)
            if left == 0:
                return
            try:
                session.check_room()
            except MarkError as error:
                session.notify(about(title, error.message))
                session.upload_queue.cancel()  # nothing that waits would fit either: one sentence is enough
                return
            job.number += 1
            if left > 0:
                job.total = job.number + left - 1
            job.report(reading, 0.0)
            try:
                page = next(pages, None)
                if page is None:
                    return
                failures = 0
                session.budgets.spend(session, megapixels=page.width * page.height / 1e6)
            except MarkError as error:
                failures += 1
                session.notify(about(title, error.message))
                continue
            _add(session, job, page, layout, note, layout_files)
        session.notify(about(title, GIVEN_UP))

    def work_and_tell(job: Task) -> None:
        work(job)
        if layout_files is not None:
            layout_files.source_done()

    return Task(title, work_and_tell, total)


def address_job(session: Session, url: str, layout: Layout) -> Task:
    """A job that finds out what an address leads to. The pages of a manifest are offered for selection; a single image
    or file is added."""

    def work(job: Task) -> None:
        job.report(LOOKING_UP, 0.0)
        listing = mark.iiif_listing(url, decoder=DECODER)
        job.check()
        if len(listing.canvases) > 1:
            session.manifest_selections.open(listing, layout)
        else:
            session.upload_queue.put([listing_job(session, listing, layout)])

    return Task(urlsplit(url).hostname or url, work)


def listing_job(
    session: Session, listing: Listing, layout: Layout, numbers: Sequence[int] | None = None
) -> Task:
    """A job that fetches the pages of a manifest with these canvas numbers, all by default, or a single file."""
    total = 0 if listing.file is not None else len(listing.canvases if numbers is None else numbers)
    return page_job(
        session,
        listing.title,
        lambda: mark.iiif_pages(listing, numbers=numbers, notify=session.notify, decoder=DECODER),
        layout,
        note=as_message(listing.title) if listing.manifest and listing.title else None,
        total=total,
        reading=FETCHING,
    )


def project_job(session: Session, path: Path, title: str) -> Task:
    """A job that opens a project in place of all open pages. Its words are encoded again, in turn with the pages of
    other visitors, where it was saved with other weights; that is told before."""
    told: list[Message] = []

    @contextmanager
    def encoding(pages: int) -> Iterator[None]:
        if not told:
            told.append(about(title, Message(AGAIN, {"count": pages})))
            session.notify(told[0], calm=True)
        with job.hold(INDEXING, waiting=WAITING_TO_INDEX):
            yield

    def work(job: Task) -> None:
        open_into(session, path, title, job.report, encoding)

    job = Task(title, work)
    return job


def page_title(page: Page) -> str | Message:
    """The name of its file or canvas; further pages of a file by their number."""
    if page.number and not (page.source and page.source.canvas):
        return Message("{name}, page {number}", {"name": page.name, "number": page.number + 1})
    return page.name


def about(title: str | Message, sentence: Message) -> Message:
    """A sentence with the name of the file that it is about, unless it begins with that already."""
    if str(sentence).startswith(f"{title}: "):
        return sentence
    return Message("{title}: {sentence}", {"title": title, "sentence": sentence})


def _add(
    session: Session,
    job: Task,
    page: Page,
    layout: Layout,
    note: Message | None,
    layout_files: LayoutFiles | None,
) -> None:
    title = page_title(page)
    try:
        found = layout_files.take(page) if layout_files else None
        with job.hold(INDEXING, waiting=WAITING_TO_INDEX):
            job.report(READING, 1.0)
            words, origin = (
                layout_files.words_on(page, found, layout.direction) if layout_files else (None, None)
            )
            opened = session.add(page, title, layout, job.report, note or origin, words)
            text = layout_files.text_on(page, words) if layout_files else None
            untaken = take_text(session, opened, text, job)
            if untaken is not None:
                session.notify(about(title, untaken))
    except Cancelled:
        raise
    except Exception as error:
        session.notify(about(title, error_message(error, "adding a page")))
