"""Feature "uploads": files, addresses, pages of manifests and samples are opened, and open pages are turned,
cropped and split. The results are in the view, and what cannot be opened is a notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.model.word_script import SCRIPT_NAMES
from mark_core.segmentation.geometry import FRAMES
from mark_core.ui import requests
from mark_core.ui.replies import Reply, done, error_message, failed
from mark_core.ui.requests import MAX_COUNT, Request
from mark_core.ui.tools.projects import is_project
from mark_core.ui.uploads.cropping import ask_to_crop
from mark_core.ui.uploads.layout import Layout
from mark_core.ui.uploads.layout_files import LayoutFiles, is_layout_file
from mark_core.ui.uploads.samples import open_sample
from mark_core.ui.uploads.upload_jobs import address_job, listing_job, page_job, project_job

if TYPE_CHECKING:
    from mark_core.segmentation.word import Box
    from mark_core.ui.collection.open_page import OpenPage
    from mark_core.ui.session.session import Session
    from mark_core.ui.tasks import Task

DIRECTIONS = ("auto", *FRAMES)
SCRIPT_CHOICES = ("auto", *SCRIPT_NAMES)
CANCELLED = Message("Cancelled. The pages that were ready stay.")


def handle(session: Session, request: Request) -> Iterator[Reply | None]:
    """Reply, and yield whenever the view has changed, until nothing is on its way any more."""
    if request.chosen((*ACTIONS, "open_sample")) == "open_sample":
        yield from _open_sample(session, request)
        return
    try:
        ACTIONS[request.action](session, request)
        yield done(request)
    except Exception as error:
        message = error_message(error, f"uploads: {request.action}")
        session.notify(message)
        yield failed(request, message)
    if request.action != "cancel":
        for _ in session.upload_queue.watch():
            yield None


def read_layout(request: Request) -> Layout:
    """How the words of the new pages are found and read. Raises MarkError if it makes no sense."""
    direction = requests.choice(request.get("direction"), DIRECTIONS)
    script = requests.choice(request.fields.get("script", "auto"), SCRIPT_CHOICES)
    flatten = requests.flag(request.fields.get("flatten", False))
    return Layout(direction, flatten, None if script == "auto" else script)


def _add_files(session: Session, request: Request) -> None:
    """Uploaded files become pages; a file that cannot be used costs one sentence and nothing else."""
    layout = read_layout(request)
    files = requests.files(request.get("files"), session.upload_folder, session.notify)
    others = [(path, name) for path, name in files if not is_layout_file(name)]
    layouts = [(path, name) for path, name in files if is_layout_file(name)]
    session.expect(len(others))
    layout_files = LayoutFiles(session.notify, layouts, [name for _, name in others])
    jobs = [
        project_job(session, path, name)
        if is_project(name)
        else page_job(
            session, name, partial(layout_files.open_pages, path, name), layout, layout_files=layout_files
        )
        for path, name in others
    ]
    for (path, _), job in zip(others, jobs, strict=True):
        _delete_after(session, job, path)
    session.upload_queue.put([*layout_files.before(), *jobs, *layout_files.after()])


def _delete_after(session: Session, job: Task, path: Path) -> None:
    """The file that a job reads is deleted when it is done."""
    work, received = job.work, session.received

    def read(task: Task) -> None:
        try:
            work(task)
        finally:
            received.forget(path)

    job.work = read


def _add_address(session: Session, request: Request) -> None:
    """A web address is looked up: its one page is added, of several the visitor selects."""
    url, layout = requests.address(request.get("url")), read_layout(request)
    session.expect(1)
    session.upload_queue.look_up(address_job(session, url, layout))


def _select_pages(session: Session, request: Request) -> None:
    """The selected pages of a manifest are fetched; without ``pages`` the selection is closed."""
    number = requests.whole_number(request.get("selection"), 0, MAX_COUNT)
    if request.get("pages") is not None:
        selection = session.manifest_selections.get(number)
        chosen = selection.select(requests.text(request.get("pages")) or "", session.unclaimed_room)
        session.expect(len(chosen))
        session.upload_queue.put([listing_job(session, selection.listing, selection.layout, chosen)])
    session.manifest_selections.close(number)


def _turn(session: Session, request: Request) -> None:
    """An open page is turned clockwise."""
    degrees = requests.whole_number(request.get("degrees"), 90, 270)
    if degrees % 90:
        raise MarkError(requests.INVALID)
    session.turning.ask(requests.page_id(request.get("page"), session), degrees)


def _crop(session: Session, request: Request) -> None:
    """An open page is cropped to a region x, y, w, h, in pixels of the page in that version."""
    box = requests.whole_numbers(request.get("box"), 0, MAX_COUNT, 4)
    if len(box) != 4:
        raise MarkError(requests.INVALID)
    x, y, w, h = box
    _ask_to_crop(session, request, lambda page: [(x, y, w, h)])


def _split(session: Session, request: Request) -> None:
    """An open page is split in two at x, in pixels of the page in that version. The right one comes first where the
    lines run to the left."""
    at = requests.whole_number(request.get("at"), 0, MAX_COUNT)

    def halves(page: OpenPage) -> list[Box]:
        left, right = (0, 0, at, page.height), (at, 0, page.width - at, page.height)
        return [right, left] if page.entry.words[0].direction == "rtl" else [left, right]

    _ask_to_crop(session, request, halves)


def _ask_to_crop(session: Session, request: Request, regions: Callable[[OpenPage], list[Box]]) -> None:
    page = session.page(requests.page_id(request.get("page"), session))
    version = requests.whole_number(request.get("version"), 0, MAX_COUNT)
    ask_to_crop(session, page.id, version, regions(page))


def _cancel(session: Session, request: Request) -> None:
    """One job is cancelled, or all; pages that are ready stay."""
    job = request.get("job")
    one = job if isinstance(job, str) else None
    if session.upload_queue.cancel(one) and one is None:
        session.notify(CANCELLED, calm=True)


def _watch(session: Session, request: Request) -> None:
    """The queue is watched, after the reply, for a browser that has lost touch."""


def _open_sample(session: Session, request: Request) -> Iterator[Reply | None]:
    """A sample joins the open pages; the reply comes when it is open."""
    file = request.get("file")
    error = yield from open_sample(session, file if isinstance(file, str) else "")
    if error is not None:
        session.notify(error)
    yield failed(request, error) if error else done(request)


ACTIONS: dict[str, Callable[[Session, Request], None]] = {
    "add_files": _add_files,
    "add_address": _add_address,
    "select_pages": _select_pages,
    "turn": _turn,
    "crop": _crop,
    "split": _split,
    "cancel": _cancel,
    "watch": _watch,
}
