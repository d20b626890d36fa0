"""What holds of a session that may have ended."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from mark_core.errors import MarkError

if TYPE_CHECKING:
    from mark_core.ui.session.session import Session

ENDED = "This session has ended."


class SessionReference:
    """A part's way to its session. The session holds its parts, none of them holds it, so that it ends at once."""

    def __init__(self, session: Session) -> None:
        self._of = weakref.ref(session)

    def __call__(self) -> Session:
        """The session. Raises MarkError once it is no more."""
        session = self._of()
        if session is None:
            raise MarkError(ENDED)
        return session
