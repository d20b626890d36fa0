"""The pages of a session as one file to keep, and back on the desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mark_core as mark
from mark_core.storage.project import SUFFIX
from mark_core.ui import remarks
from mark_core.ui.answers import Answers
from mark_core.ui.collection import Collection
from mark_core.ui.decisions import Decisions
from mark_core.ui.sheet import make_sheet
from mark_core.ui.wordbook import MAX_NAME, MAX_NAMES

if TYPE_CHECKING:
    from mark_core.ui.question import Question
    from mark_core.ui.session import Session

MAX_UPLOAD_MB = 512  # of one file; a project that is larger cannot come back through the browser
PREPARING = "Preparing the pages"
_DEFAULT_NAME = "letters"
Report = Callable[[str, float], None]


def is_project(name: str) -> bool:
    return name.lower().endswith(SUFFIX)


def save(session: Session, report: Report) -> dict[str, Any]:
    """Writes the project file; returns its path and name, how many pages and bytes it
    has, and whether it is larger than what this page can open. Raises MarkError with a sentence."""
    with session.working:
        sheets = session.sheets
        if not sheets:
            raise mark.MarkError("There is nothing to save yet; add a page or open a sample first.")
        index = session.index.merged([(sheet.index, sheet.page_id) for sheet in sheets])
        pages = {sheet.id: f"p{place}" for place, sheet in enumerate(sheets, start=1)}
        decisions = session.decisions.to_dict(pages)
        names = remarks.to_rows(session.word_names, pages, "name")
        answers = session.answers.to_rows(pages)
    name = f"{session.project or _DEFAULT_NAME}{SUFFIX}"
    path = session.handouts.place(name)
    titles, notes = [sheet.title for sheet in sheets], [sheet.note for sheet in sheets]
    mark.save_project(path, index, titles, notes, decisions, report, names, answers)
    size = path.stat().st_size
    return {
        "file": str(path),
        "name": name,
        "pages": len(sheets),
        "bytes": size,
        "large": size > MAX_UPLOAD_MB << 20,
        "most": MAX_UPLOAD_MB,
    }


def open_into(session: Session, path: Path, title: str, report: Report) -> None:
    """Reads a project and lays its pages on the desk. Nothing of what is open changes before all of it is there.

    Raises MarkError with a sentence when the file cannot be used.
    """
    limits = session.limits
    project = mark.open_project(path, session.base_model(), report, limits.pages, limits.session_bytes)
    collection = Collection(project.index)
    try:
        pages = project.index.pages
        for place, (page, name, note) in enumerate(zip(pages, project.titles, project.notes, strict=True)):
            report(PREPARING, place / len(pages))
            collection.put(make_sheet(project.index, page.id, session.root, title=name, note=note))
        sheets = {page.id: sheet.id for page, sheet in zip(pages, collection.sheets, strict=True)}
        decisions = Decisions.from_dict(project.decisions or [], sheets)
        answers = Answers.from_rows(project.answers or [], sheets)
        names = remarks.from_rows(project.names or [], sheets, "name", MAX_NAMES, MAX_NAME)
        with session.working:
            open_now = {sheet.id for sheet in session.sheets}
            session.word_names = {k: v for k, v in session.word_names.items() if k[0] in open_now} | names
        lay_out(session, collection, decisions, answers, _stem(title))
    except BaseException:
        collection.delete_files()
        raise


def lay_out(
    session: Session, collection: Collection, decisions: Decisions, answers: Answers, name: str
) -> None:
    """Lays an opened project on the desk. What was there before can be brought back for a while.

    decisions, answers: about its sheets. name: of the project file. Raises MarkError when the session has ended.
    """
    with session.working:
        with session.at_once:
            if session.closed:
                raise mark.MarkError("This session has ended.")
            _check_learning(session)
            before = (
                session.collection,
                session.decisions,
                session.answers,
                session.question,
                session.result,
                session.project,
            )
            owns_pages = any(session.collection.owns(sheet) for sheet in session.sheets)
            nothing_lost = not owns_pages and not session.decisions.now and not session.answers.now
            _put(session, collection, decisions, answers, None, None, name)

        def lay_back() -> None:
            with session.at_once:
                _check_learning(session)
                opened = session.collection
                _put(session, *before)
            opened.delete_files()

        old = before[0]
        if nothing_lost:
            session.way_back.drop()
        else:
            pages = "1 page was" if len(old.sheets) == 1 else f"{len(old.sheets)} pages were"
            text = f"Project opened; {pages} put away."
            session.way_back.keep(text, old.nbytes, lay_back, old.delete_files)


def _check_learning(session: Session) -> None:
    if session.learning.running:
        raise mark.MarkError("The hand of the open pages is being learnt; stop that first, or wait for it.")


def _put(
    session: Session,
    collection: Collection,
    decisions: Decisions,
    answers: Answers,
    question: Question | None,
    result: dict[str, Any] | None,
    name: str,
) -> None:
    session.collection, session.decisions, session.answers = collection, decisions, answers
    session.project = name
    session.question, session.result, session.corrected = question, result, None
    session.learning.look_again()
    sheets = collection.sheets
    session.focus, session.show_next = sheets[0].id if sheets else None, False


def _stem(title: str) -> str:
    """The name of a file without what does not belong into one."""
    stem = re.sub(r"[^\w .()+-]", "", title.rpartition(".")[0]).strip(" .")
    return stem[:60] or _DEFAULT_NAME
