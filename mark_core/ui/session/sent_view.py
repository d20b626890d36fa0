"""What a session's tab has been sent of its view, so that it is sent only what differs."""

from __future__ import annotations

import threading
from typing import Any

import orjson

from mark_core.ui.session.view import View

OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
COUNTED = ("session", "version")  # say which view it is, and are no news by themselves

Parts = dict[str, Any]  # of a view, by name, as JSON text that goes into an answer as it is


class SentView:
    """The last view that was sent. Every method may be called from any thread.

    A tab says the number of the last change that it has seen. Where that is not the one that was sent last, as after
    an answer that was lost, it is sent all.
    """

    def __init__(self) -> None:
        self._changes = 0
        self._texts: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def whole(self, view: View, changes: int) -> Parts:
        """All parts of a view with so many changes, which is sent now."""
        texts = {name: orjson.dumps(part, option=OPTIONS) for name, part in view.items()}
        with self._lock:
            self._changes, self._texts = changes, texts
        return _parts(texts)

    def news(self, view: View, changes: int, seen: int) -> Parts:
        """The parts of a view that differ from what a tab has that has seen so many changes; nothing if none does."""
        texts = {name: orjson.dumps(part, option=OPTIONS) for name, part in view.items()}
        with self._lock:
            known = self._texts if seen == self._changes else {}
            fresh = {name: text for name, text in texts.items() if known.get(name) != text}
            if all(name in COUNTED for name in fresh):
                return {}
            self._changes, self._texts = changes, texts
        return _parts({name: text for name, text in texts.items() if name in fresh or name in COUNTED})


def _parts(texts: dict[str, bytes]) -> Parts:
    return {name: orjson.Fragment(text) for name, text in texts.items()}
