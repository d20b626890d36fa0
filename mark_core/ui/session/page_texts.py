"""The texts of a session's pages as they are shown, sought and exported: transcripts, with what the visitor has said of
single words in their place."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mark_core.transcript.page_text import PageText
from mark_core.ui.ended import SessionReference
from mark_core.ui.learning.page_text_labels import with_labels
from mark_core.ui.session.downloads import Downloads

if TYPE_CHECKING:
    from mark_core.ui.collection.open_page import OpenPage
    from mark_core.ui.session.session import Session

SPARE = 8  # files of texts that were changed, for a browser that is some changes behind


@dataclass
class _Known:
    """A text, and what it was made from."""

    source: tuple[object, ...]
    text: PageText
    file: Path | None = None


class PageTexts:
    """Every method may be called from any thread."""

    def __init__(self, session: Session) -> None:
        self._of = SessionReference(session)  # no part holds the session, so that it ends at once
        self._files = Downloads(session.root, kept=session.limits.pages + SPARE)
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    @property
    def _session(self) -> Session:
        return self._of()

    @property
    def nbytes(self) -> int:
        """Bytes of the files."""
        return self._files.nbytes

    def of(self, page: OpenPage) -> PageText | None:
        """The text of an open page; None if it has none."""
        with self._lock:
            known = self._refreshed(page)
            return None if known is None else known.text

    def all(self) -> dict[str, PageText]:
        """The texts of all open pages that have one, by page id."""
        found = {page.id: self.of(page) for page in self._session.pages}
        return {page: text for page, text in found.items() if text is not None}

    def to_view(self) -> dict[str, Any]:
        """{pages: by page id {data: path of a file with the words, words, placed, unsure, certainty}, undo, offered: by
        page id {words, placed}, what was aligned but does not seem to belong to its page}."""
        pages = {}
        for page in [] if self._session.closed else self._session.collection.pages:
            with self._lock:
                known = self._refreshed(page)
                if known is None:
                    continue
                known.file = known.file or self._write(page, known.text)
            text = known.text
            pages[page.id] = {"data": str(known.file), **summary(text)}
        offered = {page: summary(text) for page, text in self._session.offered_texts.items()}
        return {"pages": pages, "undo": bool(self._session.transcripts.past), "offered": offered}

    def delete(self) -> None:
        self._files.delete()

    def _refreshed(self, page: OpenPage) -> _Known | None:
        session = self._session
        text = session.transcripts.now.get(page.id)
        if text is None:
            return None
        source = (text, session.decisions, session.transcriptions, page.index, page.version)
        known = self._known.get(page.id)
        if known is None or any(old is not new for old, new in zip(known.source, source, strict=True)):
            labelled = with_labels(text, page, session.decisions, session.transcriptions)
            known = self._known[page.id] = _Known(source, labelled)
        return known

    def _write(self, page: OpenPage, text: PageText) -> Path:
        """Rows of text, line, box or null, certainty, whether it is by hand, and number of the word of the page or
        null."""
        rows = [
            [word.text, word.line, word.box, round(word.certainty, 3), word.by_hand, at]
            for word, at in zip(text.words, text.near_words(page.entry.words), strict=True)
        ]
        return self._files.write("transcript.json", json.dumps({"words": rows}).encode())


def summary(text: PageText) -> dict[str, Any]:
    return {
        "words": len(text.words),
        "placed": text.placed,
        "unsure": text.unsure,
        "certainty": round(text.certainty, 3),
    }
