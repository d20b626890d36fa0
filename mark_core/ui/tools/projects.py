"""Feature "projects": all open pages are saved as one file, which opens again as an upload.

Reply: ``save``, and ``copy``, the same without a word about it to the visitor: {file: path, name, pages, bytes, large:
whether it is more than can be uploaded, most: that in MB}.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mark_core as mark
from mark_core.errors import MarkError
from mark_core.isolation.projects import IsolatedProject
from mark_core.message import Message, as_message
from mark_core.storage.project import SUFFIX, Project
from mark_core.ui.collection import word_labels
from mark_core.ui.collection.collection import Collection
from mark_core.ui.collection.decisions import Decisions
from mark_core.ui.collection.open_page import write_page
from mark_core.ui.collection.transcripts import Transcripts
from mark_core.ui.ended import ENDED
from mark_core.ui.fifo_lock import FifoLock
from mark_core.ui.learning.transcriptions import Transcriptions
from mark_core.ui.replies import Reply
from mark_core.ui.requests import Request
from mark_core.ui.tools.word_clusters import MAX_NAME, MAX_NAMES
from mark_core.workers.indexer import shared_indexer

if TYPE_CHECKING:
    from mark_core.ui.search.query import SearchQuery, SearchResult
    from mark_core.ui.session.session import Session
    from mark_core.ui.tasks import Task

MAX_UPLOAD_MB = 512  # of one file; a project that is larger cannot come back through the browser
PREPARING = Message("Preparing the pages")
LEARNING = "The hand of the open pages is being learnt; stop that first, or wait for it."
DEFAULT_NAME = "letters"
LOCK = FifoLock(slots=2)  # projects that are saved at a time on a server
Report = Callable[[str | Message, float], None]


@dataclass(frozen=True)
class Contents:
    """What a session has open, apart from its search settings: what opening a project replaces and undo brings back."""

    collection: Collection
    decisions: Decisions
    transcriptions: Transcriptions
    query: SearchQuery | None = None
    result: SearchResult | None = None
    name: str = ""
    transcripts: Transcripts = field(default_factory=Transcripts)

    @classmethod
    def of(cls, session: Session) -> Contents:
        return cls(
            session.collection,
            session.decisions,
            session.transcriptions,
            session.query,
            session.result,
            session.project,
            session.transcripts,
        )

    def put(self, session: Session) -> None:
        """Open these contents in a session; its ``state_lock`` is held."""
        session.collection, session.decisions = self.collection, self.decisions
        session.transcriptions, session.project = self.transcriptions, self.name
        session.transcripts, session.offered_texts = self.transcripts, {}
        session.query, session.result = self.query, self.result
        session.learning.reset()
        pages = self.collection.pages
        session.focus, session.show_next = pages[0].id if pages else None, False

    def is_disposable(self) -> bool:
        """Whether nothing of the visitor's own is in them."""
        owned = any(self.collection.owns(page) for page in self.collection.pages)
        said = self.decisions.now or self.transcriptions.now or self.transcripts.now
        return not owned and not said


def is_project(name: str) -> bool:
    return name.lower().endswith(SUFFIX)


def handle(session: Session, request: Request) -> Iterator[Reply]:
    """Save, in the background; the session is busy meanwhile, unless it is a copy that the browser makes by itself."""
    asked = request.chosen(("save", "copy")) == "save"
    for reply in session.tasks.run(request, lambda task: save(session, task), LOCK):
        if asked:
            session.busy = (reply.progress, "") if reply.progress else None
        yield reply


def save(session: Session, task: Task) -> dict[str, Any]:
    """Write the project file. Raises MarkError when no page is open."""
    with session.words_lock:
        pages = session.pages
        if not pages:
            raise MarkError("There is nothing to save yet; add a page or open a sample first.")
        index = session.index.merged([(page.index, page.page_id) for page in pages])
        names = {page.id: f"p{place}" for place, page in enumerate(pages, start=1)}
        decisions = session.decisions.to_dict(names)
        word_names = word_labels.to_rows(session.word_names, names, "name")
        transcriptions = session.transcriptions.to_rows(names)
        transcripts = session.transcripts.to_rows(names)
    name = f"{session.project or DEFAULT_NAME}{SUFFIX}"
    path = session.downloads.reserve(name)
    titles = [page.title for page in pages]
    notes = [page.note or "" for page in pages]
    mark.save_project(
        path, index, titles, notes, decisions, task.report, word_names, transcriptions, transcripts
    )
    size = path.stat().st_size
    return {
        "file": path,
        "name": name,
        "pages": len(pages),
        "bytes": size,
        "large": size > MAX_UPLOAD_MB << 20,
        "most": MAX_UPLOAD_MB,
    }


def open_into(
    session: Session,
    path: Path,
    title: str,
    report: Report,
    encoding: Callable[[int], AbstractContextManager[None]] = lambda pages: nullcontext(),
) -> None:
    """Read a project and open its pages in place of all others. Nothing that is open changes before all of it is read.

    title: name of the file. encoding: as for ``open_project``. Raises MarkError when the file cannot be used.
    """
    session.budgets.check_time(session)
    begun = time.monotonic()
    try:
        limits = session.limits
        most = min(limits.session_bytes, session.budgets.room(session))
        project = mark.open_project(
            path,
            session.base_model(),
            report,
            limits.pages,
            most,
            source=IsolatedProject(path),
            encoding=encoding,
        )
        pixels = sum(page.page.width * page.page.height for page in project.index.pages)
        session.budgets.spend(session, megapixels=pixels / 1e6)
        memory = sum(page.page.nbytes for page in project.index.pages)
        with session.budgets.hold(session, memory):
            _open(session, project, title, report)
    finally:
        session.budgets.spend(session, seconds=time.monotonic() - begun)


def _open(session: Session, project: Project, title: str, report: Report) -> None:
    project.index.indexer = shared_indexer()
    collection = Collection(project.index)
    try:
        entries = project.index.pages
        for place, (page, name, note) in enumerate(zip(entries, project.titles, project.notes, strict=True)):
            report(PREPARING, place / len(entries))
            said = as_message(note) if note else None
            opened = write_page(project.index, page.id, session.root, title=name, note=said)
            collection.put(replace(opened, given=True))
        ids = {page.id: opened.id for page, opened in zip(entries, collection.pages, strict=True)}
        decisions = Decisions.from_dict(project.decisions or [], ids)
        transcriptions = Transcriptions.from_rows(project.answers or [], ids)
        by_name = {page.id: opened for page, opened in zip(entries, collection.pages, strict=True)}
        transcripts = Transcripts.from_rows(project.transcripts or [], by_name)
        names = word_labels.from_rows(project.names or [], ids, "name", MAX_NAMES, MAX_NAME)
        with session.words_lock:
            open_now = {page.id for page in session.pages}
            kept = {place: name for place, name in session.word_names.items() if place[0] in open_now}
            session.word_names = {**kept, **names}
        contents = Contents(collection, decisions, transcriptions, name=_stem(title), transcripts=transcripts)
        replace_contents(session, contents)
    except BaseException:
        collection.delete_files()
        raise


def replace_contents(session: Session, contents: Contents) -> None:
    """Open a project in place of what is open, which can be brought back for a while. Raises MarkError when the session
    has ended or learns a hand."""
    with session.words_lock:
        with session.state_lock:
            if session.closed:
                raise MarkError(ENDED)
            _check_learning(session)
            before = Contents.of(session)
            disposable = before.is_disposable()
            contents.put(session)

        def restore() -> None:
            with session.state_lock:
                _check_learning(session)
                opened = session.collection
                before.put(session)
            opened.delete_files()

        old = before.collection
        if disposable:
            session.removed.drop()
        else:
            session.removed.keep(_put_away(len(old.pages)), old.nbytes, restore, old.delete_files)


def _check_learning(session: Session) -> None:
    if session.learning.running:
        raise MarkError(LEARNING)


def _put_away(pages: int) -> Message:
    if pages == 1:
        return Message("Project opened; 1 page was put away.")
    return Message("Project opened; {count} pages were put away.", {"count": pages})


def _stem(title: str) -> str:
    """The name of a file without its suffix and without characters that a file name should not have."""
    stem = re.sub(r"[^\w .()+-]", "", title.rpartition(".")[0]).strip(" .")
    return stem[:60] or DEFAULT_NAME
