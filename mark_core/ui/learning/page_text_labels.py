"""What a visitor has said of single words, in the place of what the text of a page has there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mark_core.transcript.page_text import PageText
    from mark_core.ui.collection.decisions import Decisions
    from mark_core.ui.collection.open_page import OpenPage
    from mark_core.ui.learning.transcriptions import Transcriptions


def with_labels(
    text: PageText, page: OpenPage, decisions: Decisions, transcriptions: Transcriptions
) -> PageText:
    """A text with what a visitor has said of single words of the page."""
    confirmed = {box: said for (of, box), said in decisions.transcribed().items() if of == page.id}
    typed = {box: said for (of, box), said in transcriptions.texts.items() if of == page.id}
    return text.with_labels(page.entry.words, confirmed, typed)
