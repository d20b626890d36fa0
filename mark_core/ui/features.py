"""The features of the page: one name for the browser's event, the handler, the script, the style and the test.

``handle(session, request)`` of a feature's module does what a request asks for. It returns the reply, or an iterator of
replies, with None where only the view has changed; it raises MarkError where the request cannot be carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mark_core.ui.editing import editing
from mark_core.ui.feedback import feedback
from mark_core.ui.learning import active_learning, learning
from mark_core.ui.replies import Reply
from mark_core.ui.requests import Request
from mark_core.ui.search import explanation, reading, search
from mark_core.ui.tools import class_sharing, export, list_search, projects, transcript, word_clusters
from mark_core.ui.uploads import pages, uploads

if TYPE_CHECKING:
    from mark_core.ui.session.session import Session

Handler = Callable[["Session", Request], "Reply | Iterator[Reply] | Iterator[Reply | None]"]
WATCHING = 100  # tabs that watch their uploads at a time; each waits in a thread
BACKGROUND = 24  # requests at a time of a feature whose requests wait for a background task


@dataclass(frozen=True)
class Feature:
    """handle: see the module. limit: requests that are handled at a time on a server, cancellations among them."""

    handle: Handler
    limit: int = 4


FEATURES = {
    "search": Feature(search.handle),
    "feedback": Feature(feedback.handle),
    "explanation": Feature(explanation.handle),
    "reading": Feature(reading.handle),
    "editing": Feature(editing.handle),
    "uploads": Feature(uploads.handle, WATCHING),
    "pages": Feature(pages.handle),
    "projects": Feature(projects.handle, BACKGROUND),
    "export": Feature(export.handle, 2),
    "learning": Feature(learning.handle, BACKGROUND),
    "active_learning": Feature(active_learning.handle, BACKGROUND),
    "list_search": Feature(list_search.handle, BACKGROUND),
    "word_clusters": Feature(word_clusters.handle, BACKGROUND),
    "class_sharing": Feature(class_sharing.handle),
    "transcript": Feature(transcript.handle, BACKGROUND),
}
