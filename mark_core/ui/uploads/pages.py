"""Feature "pages": open pages are renamed, moved, removed and brought back. What cannot be done is a notice too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mark_core.ui import requests
from mark_core.ui.replies import Reply, done, error_message, failed
from mark_core.ui.requests import MAX_COUNT, Request

if TYPE_CHECKING:
    from mark_core.ui.session.session import Session


def handle(session: Session, request: Request) -> Reply:
    """Change one page; the pages are in the view."""
    try:
        ACTIONS[request.chosen(ACTIONS)](session, request)
    except Exception as error:
        message = error_message(error, f"pages: {request.action}")
        session.notify(message)
        return failed(request, message)
    return done(request)


def _page(session: Session, request: Request) -> str:
    return requests.page_id(request.get("page"), session)


def _rename(session: Session, request: Request) -> None:
    session.rename(_page(session, request), requests.title(request.get("title")))


def _move(session: Session, request: Request) -> None:
    place = requests.whole_number(request.get("place"), 0, MAX_COUNT)
    session.move(_page(session, request), place)


def _remove(session: Session, request: Request) -> None:
    session.remove(_page(session, request))


def _undo(session: Session, request: Request) -> None:
    session.undo(requests.whole_number(request.get("undo"), 0, MAX_COUNT))


ACTIONS: dict[str, Callable[[Session, Request], None]] = {
    "rename": _rename,
    "move": _move,
    "remove": _remove,
    "undo": _undo,
}
