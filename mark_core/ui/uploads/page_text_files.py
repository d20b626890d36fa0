"""Texts that are added together with the pages they belong to: in files of boxes, or in files of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mark_core.errors import MarkError
from mark_core.export.names import any_stem_key
from mark_core.export.text.transcript_file import TEXT_SUFFIXES, TextPage
from mark_core.message import Message
from mark_core.transcript.page_text import MAX_LETTERS, MAX_WORDS, PageText, TextWord
from mark_core.ui.tools.transcript import attach, place_text

if TYPE_CHECKING:
    from mark_core import Page, Word
    from mark_core.export.layout import LayoutPage
    from mark_core.ui.collection.open_page import OpenPage
    from mark_core.ui.session.session import Session
    from mark_core.ui.tasks import Task

NOT_ATTACHED = Message(
    "The text that came with it does not seem to be that of this page, so it is not attached; “Transcript” shows it."
)

Text = PageText | tuple[str, ...]  # with places, or lines that have yet to be aligned


def is_text_file(name: str) -> bool:
    return name.lower().endswith(TEXT_SUFFIXES)


class TextFiles:
    """Files of texts, matched with pages by the names of both, or because there is one of each."""

    def __init__(self) -> None:
        self._waiting: list[
            tuple[str, TextPage, bool]
        ] = []  # name of the file, text, whether it is the only one

    def add(self, name: str, pages: Sequence[TextPage]) -> None:
        """Add the texts of a file of this name."""
        self._waiting += [(name, page, len(pages) == 1) for page in pages]

    def take(self, page: Page, alone: bool) -> tuple[str, ...] | None:
        """Remove and return the text of a page; None if none of the files has it, or several have. alone: the page is
        the only one."""
        key = any_stem_key(page.name)
        found = [
            one
            for one in self._waiting
            if (one[1].image and any_stem_key(one[1].image) == key)
            or (one[2] and any_stem_key(one[0]) == key)
        ]
        if not found and alone:
            found = list(self._waiting)
        if len(found) > 1 and len(found) > page.number and len({name for name, *_ in found}) == 1:
            found = [found[0]]  # pages of one file, in their order
        if len(found) != 1:
            return None
        self._waiting.remove(found[0])
        return found[0][1].lines

    @property
    def left(self) -> list[str]:
        """Names of the files with texts that belong to no page."""
        return list(dict.fromkeys(name for name, *_ in self._waiting))


def text_of_layout(layout: LayoutPage, page: Page, words: Sequence[Word]) -> Text | None:
    """The text of a file of boxes. If its words have it, their places are known; a text of whole lines has yet to be
    aligned. words: of the page, as they were made from the file."""
    if any(line.number in layout.texts for line in layout.lines):
        return tuple(layout.text_lines().values())
    boxes, kept = layout.boxes(page.width, page.height, page.original_size, page.dpi)
    said = {tuple(map(int, box)): layout.words[number] for box, number in zip(boxes, kept, strict=True)}
    found = []
    for word in sorted(words, key=lambda word: (word.line, word.order)):
        one = said.get(word.box)
        if one is not None and one.text:
            text = " ".join(one.text.split())[:MAX_LETTERS]
            found.append(TextWord(text, word.line, word.box, one.confidence))
    return PageText(tuple(found[:MAX_WORDS])) if found else None


def take_text(session: Session, page: OpenPage, text: Text | None, job: Task) -> Message | None:
    """Give a new page the text that came with it. Returns one sentence if it is not attached."""
    if text is None:
        return None
    if isinstance(text, PageText):
        attach(session, page.id, text)
        return None
    try:
        _, attached = place_text(session, page, text, job.report)
    except MarkError as error:
        return error.message
    return None if attached else NOT_ATTACHED
