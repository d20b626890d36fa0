"""Feature "class_sharing": the pages that are open now are shared with a class, or the class is ended. Its code is in
the view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.ui.collection.collection import NO_PAGES
from mark_core.ui.ended import ENDED
from mark_core.ui.replies import Reply, done
from mark_core.ui.requests import Request

if TYPE_CHECKING:
    from mark_core.ui.collection.open_page import OpenPage
    from mark_core.ui.collection.school_classes import SchoolClasses
    from mark_core.ui.session.session import Session


def handle(session: Session, request: Request) -> Reply:
    """``share`` the pages, in place of those shared before, or ``end``. Raises MarkError if that is not possible."""
    if request.chosen(("share", "end")) == "share":
        share(session)
    else:
        end(session)
    return done(request)


def share(session: Session) -> None:
    """Begin a class with the open pages; the one that this session has begun before ends. Pages of the visitor's own
    are copied, so that no later edit shows; samples are shared already. Raises MarkError when no page is open, the
    session has ended, or the server has no room."""
    classes = session.classes
    if classes is None or session.closed:
        raise MarkError(ENDED)
    with session.words_lock:
        pages = session.pages
        if not pages:
            raise MarkError(NO_PAGES)
        own = [page for page in pages if session.collection.owns(page)]
        copies = iter(_copies(session, classes, own) if own else ())
        begun = classes.open([next(copies) if page in own else page for page in pages])
        end(session)
        with session.state_lock:
            session.school_class = begun


def _copies(session: Session, classes: SchoolClasses, own: list[OpenPage]) -> list[OpenPage]:
    """Copies of a session's own pages, for which the server has to have room."""
    pictures = classes.pictures(session.address)
    memory, disk = sum(page.nbytes for page in own), sum(page.disk for page in own)
    with session.budgets.hold(pictures, memory, disk):
        index = session.index.merged([(page.index, page.page_id) for page in own])
        return pictures.copies(own, index)


def end(session: Session) -> None:
    """End the class that was begun here, if there is one."""
    with session.state_lock:
        ended, session.school_class = session.school_class, None
    if ended is not None and session.classes is not None:
        session.classes.end(ended)


def to_view(session: Session) -> dict[str, Any]:
    """{code, of the class that was begun here, or None; pages: how many it has; hours: for which it is kept after it
    was last opened}."""
    classes, begun = session.classes, session.school_class
    if classes is None or begun is None or not classes.is_open(begun):
        return {"code": None, "pages": 0, "hours": round(classes.seconds / 3600) if classes else 0}
    return {"code": begun.code, "pages": len(begun.pages), "hours": round(classes.seconds / 3600)}
