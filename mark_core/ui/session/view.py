"""A view: all the browser draws from, complete each time, so that the next one makes good a view that got lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mark_core.ui.tools import class_sharing

if TYPE_CHECKING:
    from mark_core.ui.session.session import Session

View = dict[str, Any]  # plain values for JSON


def session_view(session: Session) -> View:
    """The next view of a session; its ``version`` counts them."""
    uploads = [job.to_view() for job in session.upload_queue.jobs]
    with session.state_lock:
        session.version += 1
        return {
            "session": session.nonce,
            "version": session.version,
            "pages": [page.to_view() for page in session.collection.pages],
            "uploads": uploads,
            "busy": _busy(session),
            "focus": session.focus,
            "search": session.result.to_view() if session.result else None,
            "manifest_selection": session.manifest_selections.to_view(session.unclaimed_room),
            "undo": session.removed.to_view(),
            "notices": session.notices.to_view(),
            "learning": session.learning.to_view(),
            "active_learning": session.transcriptions.to_view(),
            "transcript": session.page_texts.to_view(),
            "replies": session.replies.to_view(),
            "class_sharing": class_sharing.to_view(session),
            "samples": session.samples.to_view() if session.samples else [],
        }


def _busy(session: Session) -> dict[str, Any] | None:
    if session.busy is None:
        return None
    progress, subject = session.busy
    return {"step": progress.step.to_json(), "fraction": progress.fraction, "subject": subject}
