"""Feature "editing": a visitor draws, changes, removes, joins or splits boxes; hits, decisions, names and texts move
with them. Reply: ``{message, words}``, a sentence and the numbers of the new boxes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.ui import requests
from mark_core.ui.collection import word_labels
from mark_core.ui.collection.edits import ACTIONS, Edit, box_mapping, describe, map_word, new_words
from mark_core.ui.ended import ENDED
from mark_core.ui.learning.page_text_labels import with_labels
from mark_core.ui.replies import Reply, done
from mark_core.ui.requests import INVALID, MAX_COUNT, Request
from mark_core.ui.search.query import SearchQuery, search_again

if TYPE_CHECKING:
    from mark_core.segmentation.edit import Words
    from mark_core.ui.collection.open_page import OpenPage
    from mark_core.ui.session.session import Session

MAX_CHOSEN = 200  # boxes edited at once
MAX_PIXEL = 10**6
EXAMPLE_GONE = Message("The box of the clicked word was deleted, so it is no longer searched for.")
_COUNTS = {"change": (1, 1), "split": (1, 1), "remove": (1, MAX_CHOSEN), "join": (2, MAX_CHOSEN)}


@dataclass(frozen=True)
class EditResult:
    """message: what was done. words: the numbers of the words with new boxes."""

    message: Message
    words: tuple[int, ...]


def handle(session: Session, request: Request) -> Reply:
    """Make one edit. Raises MarkError if it is not possible."""
    result = edit_boxes(session, *read_edit(request, session))
    return done(request, message=result.message, words=result.words)


def read_edit(request: Request, session: Session) -> tuple[str, int, Edit]:
    """(page id, version of its boxes that the edit was made on, edit). Raises MarkError if it makes no sense."""
    page = requests.page_id(request.get("page"), session)
    version = requests.whole_number(request.get("version"), 0, MAX_COUNT)
    action, words = request.chosen(ACTIONS), request.fields.get("words", [])
    fewest, most = _COUNTS.get(action, (0, 0))
    chosen = requests.whole_numbers(words, 0, MAX_COUNT, most)
    if len(chosen) < fewest:
        raise MarkError(INVALID)
    if action in ("add", "change"):
        return page, version, Edit(action, chosen, box=_read_box(request.get("box")))
    if action == "split":
        return page, version, Edit(action, chosen, share=requests.real_number(request.get("share"), 0.0, 1.0))
    return page, version, Edit(action, chosen)


def edit_boxes(session: Session, page_id: str, version: int, edit: Edit) -> EditResult:
    """Edit the boxes of a page and repeat the last search.

    version: of the boxes that the edit was made on. The first edit of a sample makes it a page of this session's own.
    Raises MarkError if the edit is not possible.
    """
    with session.words_lock:
        page = session.page(page_id)
        entry, history = page.entry, page.history
        before = tuple(entry.words)
        edit = history.rebase(edit, page.version - version, before)
        after, history = history.apply(edit, before, (page.width, page.height))
        owned = session.collection.owns(page)
        if not owned:
            page = page.copy_to(session.index, session.root)
        try:
            session.index.edit_words(page.page_id, after)
            _put(session, page.with_words(after, history), before, after)
        except Exception:
            if not owned:  # the sample is shown as before, so nobody needs the copy
                session.index.remove(page.page_id)
                page.delete_files()
            raise
        return EditResult(describe(edit, before, after), tuple(new_words(before, after)))


def _read_box(value: Any) -> tuple[float, ...]:
    if not isinstance(value, list) or len(value) != 4:
        raise MarkError(INVALID)
    return tuple(requests.real_number(side, -MAX_PIXEL, MAX_PIXEL) for side in value)


def _put(session: Session, page: OpenPage, before: Words, after: Words) -> None:
    """Show the edited page, with everything that was kept by its boxes."""
    pages = [page if other.id == page.id else other for other in session.pages]
    decisions = session.decisions.mapped(page.id, before, after)
    query, result = _mapped_query(session, page, before, after), session.result
    moves = box_mapping(page.id, before, after)
    transcripts = session.transcripts.moved(page.id, lambda box: moves(page.id, box)[1])
    if query is not None:
        texts = session.page_texts.all()
        if page.id in transcripts.now:
            texts[page.id] = with_labels(transcripts.now[page.id], page, decisions, session.transcriptions)
        result = search_again(query, result, pages, decisions, texts)
    elif result is not None and not result.error:
        gone = replace(result.query, example=None)
        result = replace(result, query=gone, revision=result.revision + 1, hits=(), error=EXAMPLE_GONE)
    with session.state_lock:
        if session.closed:
            page.delete_files()
            raise MarkError(ENDED)
        session.collection.put(page)
        session.decisions, session.query, session.result = decisions, query, result
        session.transcriptions = session.transcriptions.mapped(page.id, before, after)
        session.transcripts = transcripts
        session.word_names = word_labels.mapped(session.word_names, page.id, before, after)


def _mapped_query(session: Session, page: OpenPage, before: Words, after: Words) -> SearchQuery | None:
    """The last query with the clicked word's present number; None if nothing is left of it."""
    query = session.query
    if query is None or query.example is None or query.example[0] != page.id:
        return query
    number = map_word(query.example[1], before, after)
    if number is not None:
        return replace(query, example=(page.id, number))
    if query.text is None:
        return None
    session.notify(EXAMPLE_GONE)
    return replace(query, example=None)
