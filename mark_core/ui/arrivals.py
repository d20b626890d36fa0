"""The work of taking pages in: from a file or an address, one page after the other, to the desk."""

from __future__ import annotations

import logging
import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import mark_core as mark
from mark_core.ui.intake import TROUBLE, Job, Stopped

if TYPE_CHECKING:
    from mark_core import Page
    from mark_core.ui.session import Session

READING = "Reading the page"
FAILURES = 3  # pages in a row that cannot be read, before the rest is given up

_log = logging.getLogger(__name__)


def page_job(
    session: Session,
    title: str,
    open_pages: Callable[[], Iterator[Page]],
    direction: str = "auto",
    note: str = "",
    total: int = 1,
) -> Job:
    """A job that lays the pages of one source on the desk.

    open_pages: called when its turn comes; a damaged page raises MarkError and ``next`` goes on with the one after it.
    note: beside the title of each page. total: pages, where the source does not tell; 0 if nobody knows. A page that
    cannot be used costs one sentence and nothing else.
    """

    def work(job: Job) -> None:
        job.report(READING, 0.0)
        pages = open_pages()
        failures = 0
        while failures < FAILURES:
            left = operator.length_hint(pages, -1)
            if left == 0:
                return
            session.check_room()
            job.number += 1
            if left > 0:
                job.total = job.number + left - 1
            job.report(READING, 0.0)
            try:
                page = next(pages, None)
                if page is None:
                    return
                failures = 0
            except mark.MarkError as error:
                failures += 1
                session.tell(_about(title, str(error)))
                continue
            _add(session, job, page, direction, note)
        session.tell(
            _about(title, "the pages after this one are left out, because none can be read any more.")
        )

    return Job(title, work, total)


def page_title(page: Page) -> str:
    """The name of its file or canvas; further pages of a file by their number."""
    counted = page.number and not (page.source and page.source.canvas)
    return f"{page.name}, page {page.number + 1}" if counted else page.name


def _add(session: Session, job: Job, page: Page, direction: str, note: str) -> None:
    title = page_title(page)
    try:
        with job.turn():
            job.report(READING, 1.0)
            session.add(page, title, direction, job.report, note)
    except Stopped:
        raise
    except mark.MarkError as error:
        session.tell(_about(title, str(error)))
    except Exception:
        _log.exception("adding a page failed")
        session.tell(_about(title, TROUBLE))


def _about(title: str, sentence: str) -> str:
    return sentence if sentence.startswith(f"{title}: ") else f"{title}: {sentence}"
