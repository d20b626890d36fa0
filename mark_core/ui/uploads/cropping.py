"""Open pages are cropped, or split in two, one after the other like uploads; what was done on them keeps up, and for a
while it can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.pages.cropping.crop import crop_page
from mark_core.segmentation.page_part import holds, words_in_part
from mark_core.ui.collection import word_labels
from mark_core.ui.collection.edits import STALE, Moves, Place, nearest_box
from mark_core.ui.collection.open_page import OpenPage, write_page
from mark_core.ui.collection.transcripts import distributed_texts
from mark_core.ui.ended import ENDED
from mark_core.ui.tasks import Task
from mark_core.ui.uploads.upload_queue import INDEXING, WAITING_TO_INDEX

if TYPE_CHECKING:
    from mark_core.pages.page import Page
    from mark_core.retrieval.indexed import IndexedPage
    from mark_core.segmentation.edit import Words
    from mark_core.segmentation.word import Box
    from mark_core.transcript.page_text import PageText
    from mark_core.ui.collection.decisions import Decisions
    from mark_core.ui.collection.transcripts import Places, Transcripts
    from mark_core.ui.collection.word_labels import WordLabels
    from mark_core.ui.learning.transcriptions import Transcriptions
    from mark_core.ui.search.query import SearchQuery
    from mark_core.ui.session.session import Session

CROPPING, SPLITTING = Message("Cropping the page"), Message("Splitting the page")
CHANGED = "The page was changed since, so that cannot be undone."
_EMPTY_SIDE = "No words were found on one of the two pages, so this one was not split; crop it to the other."
_TITLE = 110  # letters of a page's title that the title of a half begins with


def ask_to_crop(session: Session, page_id: str, version: int, regions: Sequence[Box]) -> None:
    """Crop a page to one region x, y, w, h, in its pixels, or make a page of each of several, in reading order.

    version: of the page that the regions were drawn on. Raises MarkError when it is not open.
    """
    title = str(session.page(page_id).title)

    def work(job: Task) -> None:
        with job.hold(INDEXING, waiting=WAITING_TO_INDEX):
            crop(session, job, page_id, version, regions)

    session.upload_queue.put([Task(title, work)])


def crop(session: Session, job: Task, page_id: str, version: int, regions: Sequence[Box]) -> None:
    """Crop or split an open page, see `ask_to_crop`. Words are found anew, unless a person or a file has brought their
    boxes. Raises MarkError when it was changed or closed meanwhile, when a part of it has no words or is too small, or
    when there is no room."""
    before = session.page(page_id)
    if before.version != version:
        raise MarkError(STALE)
    job.report(SPLITTING if len(regions) > 1 else CROPPING, 0.0)
    parts = [crop_page(before.entry.page, region) for region in regions]
    with session.making(sum(part.nbytes for part in parts), pages=len(parts) - 1):
        model = session.index.model
        entries = _encoded(session, job, before, parts, regions)
        with session.words_lock:
            now = session.page(page_id)
            if now.version != version:
                raise MarkError(STALE)
            ids = [session.index.insert(entry, model) for entry in entries]
            _Cropping(session, now, regions, ids).show()


def _encoded(
    session: Session, job: Task, before: OpenPage, parts: Sequence[Page], regions: Sequence[Box]
) -> list[IndexedPage]:
    """The parts of a page with their words."""
    entry, found = before.entry, []
    for part, region in zip(parts, regions, strict=True):
        kept = words_in_part(entry.words, region) if before.keeps_boxes else None
        try:
            found.append(session.index.encoded(part, kept, progress=job.report, script=entry.script))
        except MarkError as error:
            raise (MarkError(_EMPTY_SIDE) if len(parts) > 1 else error) from error
    return found


@dataclass(frozen=True)
class _Work:
    """What a session keeps by pages and boxes."""

    decisions: Decisions
    transcriptions: Transcriptions
    word_names: WordLabels
    transcripts: Transcripts
    offered_texts: Mapping[str, PageText]

    @classmethod
    def of(cls, session: Session) -> _Work:
        return cls(*(getattr(session, one.name) for one in fields(cls)))

    def put(self, session: Session) -> None:
        for one in fields(self):
            setattr(session, one.name, getattr(self, one.name))

    def moved(self, pages: Sequence[str], moves: Moves, text_places: Places) -> _Work:
        """After ``pages`` have become others."""
        return _Work(
            self.decisions.moved(moves),
            self.transcriptions.moved(moves),
            word_labels.moved(self.word_names, moves),
            self.transcripts.distributed(pages, text_places),
            distributed_texts(self.offered_texts, pages, text_places),
        )

    def undone(self, made: _Work, then: _Work, moved: _Work) -> _Work:
        """This as it was before ``made`` was made of ``then``; what has changed since is taken from ``moved``."""
        known = {one.name: getattr(self, one.name) is getattr(made, one.name) for one in fields(self)}
        return replace(moved, **{name: getattr(then, name) for name, same in known.items() if same})


@dataclass(frozen=True)
class _Part:
    """A page that shows a region of another. words: its words when it was made."""

    page: OpenPage
    region: Box
    words: Words


class _Cropping:
    """Puts the parts of a page in its place, and the page in theirs again. Used with the lock of the words held.

    ids: of the parts in the index of the session, one for each region.
    """

    def __init__(
        self, session: Session, before: OpenPage, regions: Sequence[Box], ids: Sequence[str]
    ) -> None:
        self._session = session
        self._before = before
        self._entry = before.entry
        self._words = tuple(self._entry.words)
        self._model = session.index.model
        self._owned = session.collection.owns(before)
        pages = [self._opened(number, page_id, len(ids)) for number, page_id in enumerate(ids)]
        self._parts = [
            _Part(page, region, tuple(page.entry.words)) for page, region in zip(pages, regions, strict=True)
        ]
        self._then = _Work.of(session)
        self._made = self._then.moved([before.id], self._to_part, self._text_to_part)

    def _opened(self, number: int, page_id: str, count: int) -> OpenPage:
        """A part as an open page; the first has the id of the page that it was."""
        before, session = self._before, self._session
        title = before.title if count == 1 else f"{str(before.title)[:_TITLE]} ({number + 1})"
        version = before.version + 1
        page = write_page(
            session.index, page_id, session.root, title=title, note=before.note, version=version
        )
        page = replace(page, given=before.keeps_boxes)
        return page if number else replace(page, id=before.id, queries=before.queries, sample=before.sample)

    def show(self) -> None:
        """Show the parts. Raises MarkError if the session has ended."""
        session, before = self._session, self._before
        after = {part.page.id: part.words for part in self._parts}
        with session.state_lock:
            if session.closed:
                self._delete_parts()
                raise MarkError(ENDED)
            place = [page.id for page in session.pages].index(before.id)
            for number, part in enumerate(self._parts):
                session.collection.put_at(part.page, place + number)
            self._made.put(session)
            session.query = _moved_query(session.query, {before.id: self._words}, after, self._to_part)
            session.focus = before.id
        if self._owned:
            session.index.remove(before.page_id)
        session.search_again()
        said = Message("Page cropped: {title}.", {"title": before.title})
        if len(self._parts) > 1:
            said = Message("Page split in two: {title}.", {"title": before.title})
        nbytes, delete = (before.nbytes, before.delete_files) if self._owned else (0, _nothing)
        session.removed.keep(said, nbytes, self._restore, delete)

    def _restore(self) -> None:
        """Show the page again. Raises MarkError if the pixels of a part are others by now."""
        session, before = self._session, self._before
        with session.state_lock:
            now = [session.page(part.page.id) for part in self._parts]
        if any(page.folder != part.page.folder for page, part in zip(now, self._parts, strict=True)):
            raise MarkError(CHANGED)
        words = {page.id: tuple(page.entry.words) for page in now}
        if self._owned:
            session.index.restore([self._entry], self._model)
        title = now[0].title if len(now) == 1 else before.title
        history = replace(
            before.history, seen=()
        )  # numbers of words in older versions are those of the parts
        with session.state_lock:
            work = _Work.of(session)
            moved = work.moved(list(words), self._to_page, self._to_page)
            for page in now[1:]:
                session.collection.take(page.id)
            session.collection.put(replace(before, version=now[0].version + 1, history=history, title=title))
            work.undone(self._made, self._then, moved).put(session)
            session.query = _moved_query(session.query, words, {before.id: self._words}, self._to_page)
            session.focus = before.id
        for page in now:
            session.index.remove(page.page_id)
            page.delete_files()

    def _delete_parts(self) -> None:
        for part in self._parts:
            self._session.index.remove(part.page.page_id)
            part.page.delete_files()

    def _to_part(self, page: str, box: Box) -> Place:
        """What lies outside of all parts stays with the first, outside of its picture, for `_restore`."""
        if page != self._before.id:
            return page, box
        part = self._part_of(box) or self._parts[0]
        there = box[0] - part.region[0], box[1] - part.region[1], box[2], box[3]
        is_word = any(word.box == box for word in self._words)
        return part.page.id, nearest_box(there, part.words) if is_word else there

    def _text_to_part(self, page: str, box: Box) -> Place | None:
        return self._to_part(page, box) if self._part_of(box) else None

    def _part_of(self, box: Box) -> _Part | None:
        return next((part for part in self._parts if holds(part.region, box)), None)

    def _to_page(self, page: str, box: Box) -> Place:
        region = next((part.region for part in self._parts if part.page.id == page), None)
        if region is None:
            return page, box
        there = box[0] + region[0], box[1] + region[1], box[2], box[3]
        return self._before.id, nearest_box(there, self._words)


def _moved_query(
    query: SearchQuery | None, then: Mapping[str, Words], now: Mapping[str, Words], moves: Moves
) -> SearchQuery | None:
    """A query whose clicked word lies where it is now. then, now: the words of the pages that have changed, by id."""
    if query is None or query.example is None or query.example[0] not in then:
        return query
    page, number = query.example
    place, box = moves(page, then[page][number].box)
    numbers = {word.box: number for number, word in enumerate(now[place])}
    return replace(query, example=(place, numbers[box]) if box in numbers else None)


def _nothing() -> None:
    """Nothing is to be deleted for good: the page is a sample, which others have too."""
