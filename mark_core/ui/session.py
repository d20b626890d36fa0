"""What one visitor has open."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mark_core as mark
from mark_core.ui.collection import Collection
from mark_core.ui.corrections import Correction, follow, fresh, told
from mark_core.ui.decisions import Decisions
from mark_core.ui.errands import Errands
from mark_core.ui.handouts import Handouts
from mark_core.ui.intake import Intake
from mark_core.ui.learning import Learning
from mark_core.ui.offer import Offers
from mark_core.ui.question import Question
from mark_core.ui.sheet import Sheet, make_sheet
from mark_core.ui.way_back import WayBack
from mark_core.ui.wordbook import followed

if TYPE_CHECKING:
    from mark_core import MarkModel, Page, WordIndex
    from mark_core.segmentation.repair import Words
    from mark_core.ui.wordbook import Names

MAX_NOTICES = 30
GONE = "The box of the clicked word was deleted, so it is no longer searched for."
AGAIN = "That is done, but the search could not be repeated; please press Find."
Progress = Callable[[str, float], None]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What one server keeps. Times in seconds, sizes in bytes of pages and the files they came from."""

    sessions: int = 100
    pages: int = 40
    session_bytes: int = 1 << 30
    total_bytes: int = 4 << 30
    time_to_live: float = 3600.0
    undo_seconds: float = 300.0


@dataclass(eq=False)
class Session:
    """The pages one visitor has open; every method may be called from any thread."""

    key: str
    collection: Collection
    root: Path
    limits: Limits
    used: float
    clock: Callable[[], float] = time.monotonic
    nonce: str = field(default_factory=lambda: secrets.token_hex(6))  # tells views of two sessions apart
    closed: bool = False
    version: int = 0
    busy: dict[str, Any] | None = None
    focus: str | None = None
    show_next: bool = False  # the next page that is ready is shown at once
    question: Question | None = None  # that result answers
    result: dict[str, Any] | None = None
    decisions: Decisions = field(default_factory=Decisions)
    word_names: Names = field(default_factory=dict)
    corrected: dict[str, Any] | None = None
    notices: list[dict[str, Any]] = field(default_factory=list)
    panels: dict[str, Any] = field(default_factory=dict)  # what each panel of the screen was last answered
    project: str = ""  # what the project file is called, without its suffix
    new_index: Callable[[], WordIndex] | None = None
    # held while words are searched or corrected, so that the numbers in a result are those of the boxes
    working: threading.RLock = field(default_factory=threading.RLock)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.intake = Intake(self.tell)
        self.handouts = Handouts(self.root)
        self.offers = Offers()
        self.way_back = WayBack(self.limits.undo_seconds, self.clock)
        self.errands = Errands()
        self.learning = Learning(self)

    @property
    def index(self) -> WordIndex:
        """The index of the visitor's own pages. Another one takes its place when a project is opened."""
        return self.collection.index

    @property
    def sheets(self) -> list[Sheet]:
        """All open pages, samples among them, in the order in which the visitor has put them."""
        with self._lock:
            return self.collection.sheets

    @property
    def nbytes(self) -> int:
        """Memory held by the visitor's own pages, those among them that can still be brought back."""
        with self._lock:
            return self.collection.nbytes + self.way_back.nbytes

    def tell(self, sentence: str, calm: bool = False) -> None:
        """Keeps a sentence for the visitor; numbered, so that the browser shows each once. calm: nothing is wrong."""
        with self._lock:
            number = self.notices[-1]["number"] + 1 if self.notices else 1
            notice = {"number": number, "text": sentence, "calm": calm}
            self.notices = [*self.notices[-MAX_NOTICES + 1 :], notice]

    def answer(self, panel: str, answer: dict[str, Any]) -> None:
        """Keeps what a panel of the screen shows."""
        with self._lock:
            self.panels[panel] = answer

    def view(self) -> dict[str, Any]:
        """All the browser draws from. Complete, so that the next one makes good a view that got lost."""
        waiting = [job.to_view() for job in self.intake.jobs]
        with self._lock:
            self.version += 1
            return {
                "session": self.nonce,
                "version": self.version,
                "pages": [sheet.to_view() for sheet in self.collection.sheets],
                "waiting": waiting,
                "busy": self.busy,
                "focus": self.focus,
                "result": self.result,
                "corrected": self.corrected,
                "offer": self.offers.to_view(self.spare),
                "undo": self.way_back.to_view(),
                "notices": self.notices,
                "panels": dict(self.panels),
            }

    def sheet(self, sheet_id: str) -> Sheet:
        with self._lock:
            return self.collection.sheet(sheet_id)

    @property
    def room(self) -> int:
        """How many more pages may be open."""
        return max(0, self.limits.pages - len(self.sheets))

    @property
    def spare(self) -> int:
        """How many more pages may be added to those that are open or on their way."""
        coming = sum(max(1, job.total) - max(0, job.number - 1) for job in self.intake.jobs)
        return max(0, self.room - coming)

    def expect(self, pages: int) -> None:
        """The first of some pages that were asked for is shown when it is ready, if nothing else is on its way."""
        if pages and not self.intake.jobs:
            self.show_next = True

    def check_room(self) -> None:
        """Raises MarkError when no page can be added any more."""
        if self.closed:
            raise mark.MarkError("This session has ended.")
        if not self.room:
            raise mark.MarkError(
                f"At most {self.limits.pages} pages can be open at once, so the rest is left out; "
                "remove one to make room."
            )

    def add(
        self,
        page: Page,
        title: str,
        direction: str = "auto",
        progress: Progress | None = None,
        note: str = "",
        words: Words | None = None,
    ) -> Sheet:
        """Indexes one page, with these words or those that are found.

        Raises MarkError when the session is full or the page has no words.
        """
        self.check_room()
        if self.nbytes + page.nbytes > self.limits.session_bytes:
            raise mark.MarkError("There is no room for another page this large; remove one to make room.")
        collection = self.collection
        page_id = collection.index.add(page, words, direction=direction, progress=progress)
        sheet = make_sheet(collection.index, page_id, self.root, title=title, note=note)
        with self._lock:
            if self.collection is not collection and not self.closed:
                sheet.delete_files()
                raise mark.MarkError("Another project is open by now, so this page was not added.")
            return self.keep(sheet)

    def keep(self, sheet: Sheet) -> Sheet:
        """Puts a finished sheet on the desk; a sample that is open already stays as it was corrected."""
        with self._lock:
            if self.closed:  # the tab was closed while the page was being indexed
                if self.collection.owns(sheet):
                    sheet.delete_files()
                raise mark.MarkError("This session has ended.")
            if sheet.id not in {other.id for other in self.collection.sheets}:
                self.collection.put(sheet)
            if self.show_next:
                self.focus, self.show_next = sheet.id, False
            return self.collection.sheet(sheet.id)

    def rename(self, sheet_id: str, title: str) -> None:
        with self.working, self._lock:
            self.collection.rename(sheet_id, title)

    def move(self, sheet_id: str, place: int) -> None:
        """Lays a page at another 0-based place."""
        with self.working, self._lock:
            self.collection.put_at(self.sheet(sheet_id), place)

    def remove(self, sheet_id: str) -> None:
        """Takes a page off the desk. It can be brought back until the next page goes or ``undo_seconds`` are over;
        then a visitor's own page is deleted for good."""
        with self.working:
            with self._lock:
                collection = self.collection
                sheet, place = collection.take(sheet_id)
            if not collection.owns(sheet):
                back: Callable[[], None] = lambda: None  # noqa: E731 - a sample needs no more
                forget, nbytes = back, 0
            else:
                entry, model = sheet.entry, getattr(collection.index, "model", None)
                collection.index.remove(sheet.page_id)
                nbytes = sheet.nbytes
                forget = sheet.delete_files

                def back() -> None:
                    collection.index.restore([entry], model)

            def lay_back() -> None:
                back()
                with self._lock:
                    collection.put_at(sheet, place)
                    self.focus = sheet.id

            self.repeat()
            self.way_back.keep(f"Page removed: {sheet.title}.", nbytes, lay_back, forget)

    def undo(self, number: int) -> None:
        """Brings back what was taken away last. Raises MarkError when another thing was, or the time is over."""
        with self.working:
            self.way_back.bring(number)
            self.repeat()

    def _owns_pages(self) -> bool:
        return any(self.collection.owns(sheet) for sheet in self.collection.sheets)

    def base_model(self) -> MarkModel | None:
        """The weights of a session that has learnt no hand; None: the shipped ones."""
        return None if self.new_index is None else self.new_index().model

    def lay_out(self, collection: Collection, decisions: Decisions, name: str) -> None:
        """Lays an opened project on the desk. What was there before can be brought back for a while.

        decisions: about its sheets. name: of the project file. Raises MarkError when the session has ended.
        """
        with self.working:
            with self._lock:
                if self.closed:
                    raise mark.MarkError("This session has ended.")
                self._check_learning()
                before = (self.collection, self.decisions, self.question, self.result, self.project)
                nothing_lost = not self._owns_pages() and not self.decisions.now
                self._put(collection, decisions, None, None, name)

            def lay_back() -> None:
                with self._lock:
                    self._check_learning()
                    opened = self.collection
                    self._put(*before)
                opened.delete_files()

            old = before[0]
            if nothing_lost:
                self.way_back.drop()
            else:
                pages = "1 page was" if len(old.sheets) == 1 else f"{len(old.sheets)} pages were"
                text = f"Project opened; {pages} put away."
                self.way_back.keep(text, old.nbytes, lay_back, old.delete_files)

    def _check_learning(self) -> None:
        if self.learning.running:
            raise mark.MarkError(
                "The hand of the open pages is being learnt; stop that first, or wait for it."
            )

    def _put(
        self,
        collection: Collection,
        decisions: Decisions,
        question: Question | None,
        result: dict[str, Any] | None,
        name: str,
    ) -> None:
        self.collection, self.decisions, self.project = collection, decisions, name
        self.question, self.result, self.corrected = question, result, None
        self.learning.look_again()
        sheets = collection.sheets
        self.focus, self.show_next = sheets[0].id if sheets else None, False

    def correct(self, sheet_id: str, version: int, correction: Correction, seq: int = 0) -> None:
        """Corrects the boxes of a page and searches the last query again.

        version: of the boxes that the correction was made on. seq: number of the browser's question. The first
        correction of a sample makes it a page of this session's own. What happened is in ``corrected``.
        """
        with self.working:
            sheet = self.sheet(sheet_id)
            entry, history = sheet.entry, sheet.history
            before = tuple(entry.words)
            correction = history.rebase(correction, sheet.version - version, before)
            after, history = history.step(correction, before, (sheet.width, sheet.height))
            owned = self.collection.owns(sheet)
            if not owned:
                sheet = sheet.lent_to(self.index, self.root)
            text, words = told(correction, before, after), fresh(before, after)
            answer = {"seq": seq, "done": True, "text": text, "words": words}
            try:
                self.index.revise(sheet.page_id, after)
                self._show(sheet.revised(after, history), before, after, answer)
            except Exception:
                if not owned:  # the sample is shown as before, so nobody needs the copy
                    self.index.remove(sheet.page_id)
                    sheet.delete_files()
                raise

    def _show(self, sheet: Sheet, before: Words, after: Words, answer: dict[str, Any]) -> None:
        """Boxes, hits and answer change at once, so that no view holds some without the others."""
        sheets = [sheet if other.id == sheet.id else other for other in self.sheets]
        decisions = self.decisions.followed(sheet.id, before, after)
        question, result = self._followed(sheet, before, after), self.result
        if question is not None:
            result = self._answered_again(question, sheets, decisions)
        elif result is not None and not result["error"]:
            result = {**result, "turn": result["turn"] + 1, "example": None, "hits": [], "error": GONE}
        with self._lock:
            if self.closed:
                sheet.delete_files()
                raise mark.MarkError("This session has ended.")
            self.collection.put(sheet)
            self.decisions, self.question, self.result = decisions, question, result
            self.corrected = answer
            self.word_names = followed(self.word_names, sheet.id, before, after)

    def word_now(self, sheet_id: str, word: int, version: int) -> int:
        """The number that a word of an older version of a page has now. Raises MarkError if it is gone."""
        sheet = self.sheet(sheet_id)
        now = tuple(sheet.entry.words)
        then = sheet.history.version(sheet.version - version, now)
        place = follow(word, then, now) if word < len(then) else None
        if place is None:
            raise mark.MarkError("The clicked word has no box any more; please click another one.")
        return place

    def _followed(self, sheet: Sheet, before: Words, after: Words) -> Question | None:
        """The last question about the corrected words of a sheet; None if nothing is left of it."""
        question = self.question
        if question is None or question.example is None or question.example[0] != sheet.id:
            return question
        place = follow(question.example[1], before, after)
        if place is not None:
            return replace(question, example=(sheet.id, place))
        if question.text is None:
            return None
        self.tell(GONE)
        return replace(question, example=None)

    def repeat(self) -> None:
        """Answers the last question again, as after something it depends on has changed."""
        with self.working:
            question, sheets = self.question, self.sheets
            if question is None:
                return
            gone = question.example and question.example[0] not in {sheet.id for sheet in sheets}
            if gone and question.text:  # the typed word is still to be found
                self.question = question = replace(question, example=None)
            self.result = self._answered_again(question, sheets, self.decisions)

    def _answered_again(
        self, question: Question, sheets: list[Sheet], decisions: Decisions
    ) -> dict[str, Any] | None:
        last = self.result
        if last is None or last["error"]:
            return last
        result = {**last, **question.to_view(), "turn": last["turn"] + 1}
        try:
            return {**result, **question.answer(sheets, decisions)}
        except mark.MarkError as error:
            return {**result, "hits": [], "error": str(error)}
        except Exception:  # what has changed is changed and must be shown
            _log.exception("searching again failed")
            return {**result, "hits": [], "error": AGAIN}

    def search(self, text: str | None, example: tuple[str, int] | None) -> list[dict[str, Any]]:
        """Hits on all open pages, best first, as the browser gets them. ``example``: sheet and word."""
        return Question(text, example).answer(self.sheets, self.decisions)["hits"]

    def own_all(self) -> None:
        """Makes every open sample a page of this session's own, as it is. Raises MarkError if the session has ended."""
        with self.working:
            lent = [
                sheet.lent_to(self.index, self.root)
                for sheet in self.sheets
                if not self.collection.owns(sheet)
            ]
            with self._lock:
                if not self.closed:
                    for sheet in lent:
                        self.collection.put(sheet)
                    return
        for sheet in lent:
            sheet.delete_files()
        raise mark.MarkError("This session has ended.")

    def close(self) -> None:
        """Deletes everything, also what could have been brought back."""
        self.intake.close()
        self.learning.stop()
        self.errands.stop()
        with self._lock:
            self.closed = True
            self.collection.delete_files()
        self.way_back.close()
        self.handouts.delete()
