"""The work of taking things in: pages of a file or an address, one after the other, and whole projects."""

from __future__ import annotations

import logging
import operator
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import mark_core as mark
from mark_core.ui.boxes import Boxes
from mark_core.ui.intake import Job, Stopped
from mark_core.ui.layout import PLAIN, Layout
from mark_core.ui.projects import open_into
from mark_core.ui.trouble import TROUBLE

if TYPE_CHECKING:
    from mark_core import Page
    from mark_core.pages.iiif import Listing
    from mark_core.ui.session import Session

READING, FETCHING, ASKING = "Reading the page", "Fetching the page", "Asking what is there"
FAILURES = 3  # pages in a row that cannot be read, before the rest is given up

_log = logging.getLogger(__name__)


def page_job(
    session: Session,
    title: str,
    open_pages: Callable[[], Iterator[Page]],
    layout: Layout = PLAIN,
    note: str = "",
    total: int = 1,
    reading: str = READING,
    boxes: Boxes | None = None,
) -> Job:
    """A job that lays the pages of one source on the desk.

    open_pages: called when its turn comes; a damaged page raises MarkError and ``next`` goes on with the one after it.
    note: beside the title of each page. total: pages, where the source does not tell; 0 if nobody knows. A page that
    cannot be used costs one sentence and nothing else. reading: what is done before a page can be looked at. boxes:
    files of boxes that came with the pages.
    """

    def work(job: Job) -> None:
        job.report(reading, 0.0)
        pages = open_pages()
        failures = 0
        while failures < FAILURES:
            left = operator.length_hint(pages, -1)
            if left == 0:
                return
            try:
                session.check_room()
            except mark.MarkError as error:
                session.tell(_about(title, str(error)))
                session.intake.stop()  # nothing that waits would fit either: one sentence is enough
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
            except mark.MarkError as error:
                failures += 1
                session.tell(_about(title, str(error)))
                continue
            _add(session, job, page, layout, note, boxes)
        session.tell(
            _about(title, "the pages after this one are left out, because none can be read any more.")
        )

    return Job(title, work, total)


def address_job(session: Session, url: str, layout: Layout) -> Job:
    """A job that finds out what an address leads to. The pages of a manifest are offered to be chosen from; a single
    image or file is taken in."""

    def work(job: Job) -> None:
        job.report(ASKING, 0.0)
        listing = mark.iiif_listing(url)
        job.check()
        if len(listing.canvases) > 1:
            session.offers.make(listing, layout)
        else:
            session.intake.put([listing_job(session, listing, layout)])

    return Job(urlsplit(url).hostname or url, work)


def listing_job(
    session: Session, listing: Listing, layout: Layout, numbers: Sequence[int] | None = None
) -> Job:
    """A job that fetches the pages of a manifest with these canvas numbers, all by default, or a single file."""
    total = 0 if listing.file is not None else len(listing.canvases if numbers is None else numbers)
    return page_job(
        session,
        listing.title,
        lambda: mark.iiif_pages(listing, numbers=numbers),
        layout,
        note=listing.title if listing.manifest else "",
        total=total,
        reading=FETCHING,
    )


def project_job(session: Session, path: Path, title: str) -> Job:
    """A job that opens a project in the place of all that is on the desk."""

    def work(job: Job) -> None:
        with job.turn():
            open_into(session, path, title, job.report)

    return Job(title, work)


def page_title(page: Page) -> str:
    """The name of its file or canvas; further pages of a file by their number."""
    counted = page.number and not (page.source and page.source.canvas)
    return f"{page.name}, page {page.number + 1}" if counted else page.name


def _add(
    session: Session, job: Job, page: Page, layout: Layout, note: str, boxes: Boxes | None = None
) -> None:
    title = page_title(page)
    try:
        with job.turn():
            job.report(READING, 1.0)
            words, origin = boxes.words_on(page) if boxes else (None, "")
            session.add(page, title, layout, job.report, note or origin, words)
    except Stopped:
        raise
    except mark.MarkError as error:
        session.tell(_about(title, str(error)))
    except Exception:
        _log.exception("adding a page failed")
        session.tell(_about(title, TROUBLE))


def _about(title: str, sentence: str) -> str:
    return sentence if sentence.startswith(f"{title}: ") else f"{title}: {sentence}"
