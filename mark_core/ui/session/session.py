"""What one visitor has open."""

from __future__ import annotations

import secrets
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mark_core.errors import MarkError
from mark_core.message import Message, as_message
from mark_core.ui.collection.collection import Collection
from mark_core.ui.collection.decisions import Decisions
from mark_core.ui.collection.open_page import OpenPage
from mark_core.ui.collection.transcripts import Transcripts
from mark_core.ui.ended import ENDED
from mark_core.ui.learning.learning import Learning
from mark_core.ui.learning.transcriptions import Transcriptions
from mark_core.ui.replies import Progress, Reply
from mark_core.ui.search.own_queries import OwnQueries
from mark_core.ui.search.query import SearchQuery, SearchResult, search_again
from mark_core.ui.session.budgets import Budgets
from mark_core.ui.session.changes import Changes
from mark_core.ui.session.downloads import Downloads
from mark_core.ui.session.limits import Limits
from mark_core.ui.session.new_page import PICTURE_SHARE, index_page
from mark_core.ui.session.notices import Notices
from mark_core.ui.session.page_texts import PageTexts
from mark_core.ui.session.presence import Presence
from mark_core.ui.session.received import ReceivedFiles
from mark_core.ui.session.recent_replies import RecentReplies
from mark_core.ui.session.sent_view import SentView
from mark_core.ui.session.undo import Undo
from mark_core.ui.session.view import View, session_view
from mark_core.ui.tasks import Tasks
from mark_core.ui.uploads.layout import DEFAULT_LAYOUT, Layout
from mark_core.ui.uploads.manifest_selection import ManifestSelections
from mark_core.ui.uploads.turning import Turning
from mark_core.ui.uploads.upload_queue import UploadQueue

if TYPE_CHECKING:
    from mark_core import MarkModel, Page, Word, WordIndex
    from mark_core.transcript.page_text import PageText
    from mark_core.ui.collection.school_classes import SchoolClass, SchoolClasses
    from mark_core.ui.collection.word_labels import WordLabels
    from mark_core.ui.uploads.samples import Samples

Report = Callable[[str, float], None]


@dataclass(eq=False)
class Session:
    """The pages one visitor has open, and all that was done with them. Every method may be called from any thread.

    key: the secret by which the browser's tab takes it up again. tab: that opened it, see `Presence`. used: seconds of
    ``clock`` at the last request. last_number: of the last request that was begun. nonce: tells the views of
    two sessions apart. busy: what the whole page waits for, and its subject. focus: id of the page to show. show_next:
    the next page that is ready is shown at once. query, result: the last search. own_queries: the last ones.
    word_names: names that the visitor gave to words. transcripts: texts of pages; offered_texts: such as do not seem to
    belong to their pages, by page id. project: name of the project file, without its suffix. address: of the visitor's
    network. shared_budgets: of all sessions of the server. begun: requests that are being carried out.
    classes: of the server. school_class: that was begun here.
    """

    key: str
    collection: Collection
    root: Path
    limits: Limits
    used: float
    clock: Callable[[], float] = time.monotonic
    new_index: Callable[[], WordIndex] | None = None
    samples: Samples | None = None
    uploads: Path = Path("uploads")
    tab: str | None = None
    address: str = ""
    shared_budgets: Budgets | None = None
    classes: SchoolClasses | None = None
    school_class: SchoolClass | None = None
    begun: int = 0
    nonce: str = field(default_factory=lambda: secrets.token_hex(6))
    closed: bool = False
    version: int = 0
    busy: tuple[Progress, str] | None = None
    focus: str | None = None
    show_next: bool = False
    query: SearchQuery | None = None
    result: SearchResult | None = None
    own_queries: OwnQueries = field(default_factory=OwnQueries)
    decisions: Decisions = field(default_factory=Decisions)
    transcriptions: Transcriptions = field(default_factory=Transcriptions)
    word_names: WordLabels = field(default_factory=dict)
    transcripts: Transcripts = field(default_factory=Transcripts)
    offered_texts: Mapping[str, PageText] = field(default_factory=dict)
    notices: Notices = field(default_factory=Notices)
    replies: RecentReplies = field(default_factory=RecentReplies)
    project: str = ""
    last_number: int = 0
    # held while words are searched or edited, so that the numbers in a result are those of the boxes
    words_lock: threading.RLock = field(default_factory=threading.RLock)
    # held while several things change that no view may show apart
    state_lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.presence = Presence(self.tab, self.clock)
        self.changes = Changes()
        self.sent_view = SentView()
        self.budgets = self.shared_budgets or Budgets(self.limits, self.clock)  # or of this session alone
        self.upload_queue = UploadQueue(_weak(self.notify))  # no part holds the session: it ends at once
        self.downloads = Downloads(self.root, most=self.limits.session_disk // 2)
        self.received = ReceivedFiles(self.uploads, self.limits.file_seconds, self.clock)
        self.page_texts = PageTexts(self)
        self.manifest_selections = ManifestSelections()
        self.removed = Undo(self.limits.undo_seconds, self.clock)
        self.tasks = Tasks()
        self.learning = Learning(self)
        self.turning = Turning(self)

    @property
    def index(self) -> WordIndex:
        """The index of the visitor's own pages. Opening a project replaces it."""
        return self.collection.index

    @property
    def pages(self) -> list[OpenPage]:
        """All open pages, samples among them, in the visitor's order."""
        with self.state_lock:
            return self.collection.pages

    @property
    def nbytes(self) -> int:
        """Memory held by the visitor's own pages, removed ones that can be brought back among them."""
        with self.state_lock:
            return self.collection.nbytes + self.removed.nbytes

    @property
    def disk(self) -> int:
        """Bytes of its files: those that were sent, pictures of pages, downloads."""
        with self.state_lock:
            pages = self.collection.disk
        return pages + self.received.nbytes + self.downloads.nbytes + self.page_texts.nbytes

    @property
    def has_work(self) -> bool:
        """Whether something of the visitor's own would be lost if it were closed."""
        with self.state_lock:
            worked = self.decisions.now or self.transcriptions.now or self.word_names or self.transcripts.now
            owned = any(self.collection.owns(page) for page in self.collection.pages)
            return bool(worked or owned or self.removed.nbytes)

    @property
    def is_empty(self) -> bool:
        """Whether there is no work in it, and none on its way."""
        return not (self.has_work or self.upload_queue.jobs)

    @property
    def upload_folder(self) -> Path:
        """Where the files lie that the visitor has sent."""
        return self.received.folder

    @property
    def known_texts(self) -> WordLabels:
        """What is written in words, by page and box: what was confirmed, replaced by what was typed."""
        return {**self.decisions.transcribed(), **self.transcriptions.texts}

    def notify(self, sentence: Message | str, calm: bool = False) -> None:
        """Tell the visitor one sentence. calm: nothing is wrong."""
        with self.state_lock:
            self.notices = self.notices.with_message(as_message(sentence), calm)

    def keep_reply(self, reply: Reply) -> None:
        """Show a reply in the next views."""
        with self.state_lock:
            self.replies = self.replies.with_reply(reply)

    def view(self) -> View:
        """All the browser draws from, see `session_view`."""
        return session_view(self)

    def page(self, page_id: str) -> OpenPage:
        """An open page. Raises MarkError when there is none of this id."""
        with self.state_lock:
            return self.collection.page(page_id)

    @property
    def room(self) -> int:
        """How many more pages may be open."""
        return max(0, self.limits.pages - len(self.pages))

    @property
    def unclaimed_room(self) -> int:
        """How many more pages may be added to those that are open or on their way."""
        coming = sum(max(1, job.total) - max(0, job.number - 1) for job in self.upload_queue.jobs)
        return max(0, self.room - coming)

    def expect(self, pages: int) -> None:
        """Show the first of some requested pages as soon as it is ready, unless others are on their way."""
        if pages and not self.upload_queue.jobs:
            self.show_next = True

    def check_room(self, pages: int = 1) -> None:
        """Raises MarkError when so many pages cannot be added any more."""
        if self.closed:
            raise MarkError(ENDED)
        if self.room < pages:
            raise MarkError(
                "At most {limit} pages can be open at once, so the rest is left out; remove one to make room.",
                limit=self.limits.pages,
            )
        self.budgets.check_time(self)

    @contextmanager
    def making(self, nbytes: int, pages: int = 1) -> Iterator[None]:
        """Room for what is made within the block, and time to make it. pages: how many more are open afterwards.
        nbytes: of their memory. Raises MarkError when there is none."""
        self.check_room(pages)
        begun = time.monotonic()
        try:
            with self.budgets.hold(self, nbytes, nbytes // PICTURE_SHARE):
                yield
        finally:
            self.budgets.spend(self, seconds=time.monotonic() - begun)

    def add(
        self,
        page: Page,
        title: str | Message,
        layout: Layout = DEFAULT_LAYOUT,
        progress: Report | None = None,
        note: Message | None = None,
        words: Sequence[Word] | None = None,
    ) -> OpenPage:
        """Index one page, with these words or those that are found. note: beside its title; what turning and
        flattening did is added to it.

        Raises MarkError when the session is full or the page has no words.
        """
        with self.making(page.nbytes):
            collection = self.collection
            opened = index_page(self, collection.index, page, title, layout, progress, note, words)
            with self.state_lock:
                if self.collection is not collection and not self.closed:
                    opened.delete_files()
                    raise MarkError("Another project is open by now, so this page was not added.")
                return self.keep(opened)

    def keep(self, page: OpenPage) -> OpenPage:
        """Open a finished page; a sample that is open already stays as it was edited."""
        with self.state_lock:
            if self.closed:  # the tab was closed while the page was being indexed
                if self.collection.owns(page):
                    page.delete_files()
                raise MarkError(ENDED)
            if page.id not in {other.id for other in self.collection.pages}:
                self.collection.put(page)
            if self.show_next:
                self.focus, self.show_next = page.id, False
            return self.collection.page(page.id)

    def rename(self, page_id: str, title: str) -> None:
        with self.words_lock, self.state_lock:
            self.collection.rename(page_id, title)

    def move(self, page_id: str, place: int) -> None:
        """Put a page at another 0-based place."""
        with self.words_lock, self.state_lock:
            self.collection.put_at(self.page(page_id), place)

    def remove(self, page_id: str) -> None:
        """Remove a page. It can be brought back until the next removal or until ``undo_seconds`` are over; then a
        visitor's own page is deleted for good."""
        with self.words_lock:
            with self.state_lock:
                collection = self.collection
                page, place = collection.take(page_id)
            restore_entry, nbytes, delete = _nothing, 0, _nothing
            if collection.owns(page):
                entry, model = page.entry, getattr(collection.index, "model", None)
                collection.index.remove(page.page_id)
                nbytes, delete = page.nbytes, page.delete_files

                def restore_entry() -> None:
                    collection.index.restore([entry], model)

            def restore() -> None:
                restore_entry()
                with self.state_lock:
                    collection.put_at(page, place)
                    self.focus = page.id

            self.search_again()
            message = Message("Page removed: {title}.", {"title": page.title})
            self.removed.keep(message, nbytes, restore, delete)

    def undo(self, number: int) -> None:
        """Bring back what was removed last. Raises MarkError when another thing was removed since, or too long ago."""
        with self.words_lock:
            self.removed.restore(number)
            self.search_again()

    def base_model(self) -> MarkModel | None:
        """The weights of a session that has learnt no hand; None: the shipped ones."""
        return None if self.new_index is None else self.new_index().model

    def search_again(self) -> None:
        """Repeat the last search after something it depends on has changed."""
        with self.words_lock:
            query, pages = self.query, self.pages
            if query is None:
                return
            gone = query.example and query.example[0] not in {page.id for page in pages}
            if gone and query.text:  # the typed word is still to be found
                self.query = query = replace(query, example=None)
            self.result = search_again(query, self.result, pages, self.decisions, self.page_texts.all())

    def copy_samples(self) -> None:
        """Replace every open sample by a copy in this session's own index. Raises MarkError if the session has
        ended."""
        with self.words_lock:
            copies = [
                page.copy_to(self.index, self.root) for page in self.pages if not self.collection.owns(page)
            ]
            with self.state_lock:
                if not self.closed:
                    for page in copies:
                        self.collection.put(page)
                    return
        for page in copies:
            page.delete_files()
        raise MarkError(ENDED)

    def close(self) -> None:
        """Delete everything, also what could have been brought back."""
        self.upload_queue.close()
        self.learning.stop()
        self.tasks.cancel()
        with self.state_lock:
            self.closed = True
            self.collection.delete_files()
        self.removed.close()
        self.downloads.delete()
        self.page_texts.delete()
        self.received.delete()
        self.changes.wake()


def _weak(method: Callable[[Message], None]) -> Callable[[Message], None]:
    """A bound method that does not hold its object; it does nothing once that is no more."""
    reference = weakref.WeakMethod(method)

    def call(sentence: Message) -> None:
        alive = reference()
        if alive is not None:
            alive(sentence)

    return call


def _nothing() -> None:
    """Restore or delete a sample, which stays in its shared index."""
