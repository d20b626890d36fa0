"""A page on its way into a session: turned where it lies on its side, indexed, and written for the browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mark_core.message import Message, as_message
from mark_core.retrieval.unread_script import TITLES
from mark_core.ui.collection.open_page import OpenPage, write_page
from mark_core.ui.uploads.layout import Layout

if TYPE_CHECKING:
    from mark_core import Page, Word, WordIndex
    from mark_core.ui.session.session import Session

NO_GPU = Message(
    "The shared GPU was not free, so this page was looked at by the processor, which takes longer."
)
PICTURE_SHARE = 8  # of the bytes of a page's pixels: what its picture on the disk takes at most


def index_page(
    session: Session,
    index: WordIndex,
    page: Page,
    title: str | Message,
    layout: Layout,
    progress: Callable[[str, float], None] | None,
    note: Message | None,
    words: Sequence[Word] | None,
) -> OpenPage:
    """A page in an index of the session, not open yet. Arguments and errors as for ``Session.add``."""
    notes: list[Message | str] = [note] if note else []
    if layout.script is not None:
        notes.append(Message("Script: {script}", {"script": TITLES[layout.script]}))
    if words is None and layout.direction == "auto":
        page = index.upright(page, notes.append)
    refusals = _refusals(index)
    page_id = index.add(
        page,
        words,
        layout.direction,
        progress,
        flatten=layout.flatten,
        notify=notes.append,
        script=layout.script,
    )
    if _refusals(index) > refusals:
        session.notify(NO_GPU, calm=True)
    opened = write_page(index, page_id, session.root, title=title, note=_joined(notes))
    return replace(opened, given=words is not None)


def _refusals(index: WordIndex) -> int:
    """How often the shared GPU was not granted, where the model asks for one."""
    return getattr(index.model, "refusals", 0)


def _joined(notes: list[Message | str]) -> Message | None:
    """Several notes as one message; None for none."""
    if not notes:
        return None
    first, *others = map(as_message, notes)
    for other in others:
        first = Message("{note} · {other}", {"note": first, "other": other})
    return first
