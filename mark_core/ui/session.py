"""What one visitor has open."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mark_core as mark
from mark_core.ui.answers import Answers
from mark_core.ui.collection import Collection
from mark_core.ui.decisions import Decisions
from mark_core.ui.errands import Errands
from mark_core.ui.handouts import Handouts
from mark_core.ui.intake import Intake
from mark_core.ui.layout import PLAIN, Layout
from mark_core.ui.learning import Learning
from mark_core.ui.limits import Limits
from mark_core.ui.offer import Offers
from mark_core.ui.question import Question, answered_again
from mark_core.ui.sheet import Sheet, make_sheet
from mark_core.ui.way_back import WayBack

if TYPE_CHECKING:
    from mark_core import MarkModel, Page, WordIndex
    from mark_core.segmentation.edit import Words
    from mark_core.ui.remarks import Remarks

MAX_NOTICES = 30
Progress = Callable[[str, float], None]


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
    answers: Answers = field(default_factory=Answers)
    word_names: Remarks = field(default_factory=dict)
    corrected: dict[str, Any] | None = None
    notices: list[dict[str, Any]] = field(default_factory=list)
    panels: dict[str, Any] = field(default_factory=dict)  # what each panel of the screen was last answered
    project: str = ""  # what the project file is called, without its suffix
    new_index: Callable[[], WordIndex] | None = None
    # held while words are searched or corrected, so that the numbers in a result are those of the boxes
    working: threading.RLock = field(default_factory=threading.RLock)
    # held while several things change that no view may show apart
    at_once: threading.RLock = field(default_factory=threading.RLock)

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
        with self.at_once:
            return self.collection.sheets

    @property
    def nbytes(self) -> int:
        """Memory held by the visitor's own pages, those among them that can still be brought back."""
        with self.at_once:
            return self.collection.nbytes + self.way_back.nbytes

    @property
    def known_texts(self) -> Remarks:
        """What is written in words, by sheet and box, as the visitor has confirmed or, before all, typed it."""
        return {**self.decisions.transcribed(), **self.answers.texts}

    def tell(self, sentence: str, calm: bool = False) -> None:
        """Keeps a sentence for the visitor; numbered, so that the browser shows each once. calm: nothing is wrong."""
        with self.at_once:
            number = self.notices[-1]["number"] + 1 if self.notices else 1
            notice = {"number": number, "text": sentence, "calm": calm}
            self.notices = [*self.notices[-MAX_NOTICES + 1 :], notice]

    def answer(self, panel: str, answer: dict[str, Any]) -> None:
        """Keeps what a panel of the screen shows."""
        with self.at_once:
            self.panels[panel] = answer

    def view(self) -> dict[str, Any]:
        """All the browser draws from. Complete, so that the next one makes good a view that got lost."""
        waiting = [job.to_view() for job in self.intake.jobs]
        with self.at_once:
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
                "panels": {**self.panels, "taught": self.answers.to_view()},
            }

    def sheet(self, sheet_id: str) -> Sheet:
        with self.at_once:
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
        layout: Layout = PLAIN,
        progress: Progress | None = None,
        note: str = "",
        words: Words | None = None,
    ) -> Sheet:
        """Indexes one page, with these words or those that are found. note: beside its title; what flattening did is
        added to it.

        Raises MarkError when the session is full or the page has no words.
        """
        self.check_room()
        if self.nbytes + page.nbytes > self.limits.session_bytes:
            raise mark.MarkError("There is no room for another page this large; remove one to make room.")
        collection = self.collection
        told = [note] if note else []
        page_id = collection.index.add(
            page, words, layout.direction, progress, flatten=layout.flatten, notify=told.append
        )
        sheet = make_sheet(collection.index, page_id, self.root, title=title, note=" · ".join(map(str, told)))
        with self.at_once:
            if self.collection is not collection and not self.closed:
                sheet.delete_files()
                raise mark.MarkError("Another project is open by now, so this page was not added.")
            return self.keep(sheet)

    def keep(self, sheet: Sheet) -> Sheet:
        """Puts a finished sheet on the desk; a sample that is open already stays as it was corrected."""
        with self.at_once:
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
        with self.working, self.at_once:
            self.collection.rename(sheet_id, title)

    def move(self, sheet_id: str, place: int) -> None:
        """Lays a page at another 0-based place."""
        with self.working, self.at_once:
            self.collection.put_at(self.sheet(sheet_id), place)

    def remove(self, sheet_id: str) -> None:
        """Takes a page off the desk. It can be brought back until the next page goes or ``undo_seconds`` are over;
        then a visitor's own page is deleted for good."""
        with self.working:
            with self.at_once:
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
                with self.at_once:
                    collection.put_at(sheet, place)
                    self.focus = sheet.id

            self.repeat()
            self.way_back.keep(f"Page removed: {sheet.title}.", nbytes, lay_back, forget)

    def undo(self, number: int) -> None:
        """Brings back what was taken away last. Raises MarkError when another thing was, or the time is over."""
        with self.working:
            self.way_back.bring(number)
            self.repeat()

    def base_model(self) -> MarkModel | None:
        """The weights of a session that has learnt no hand; None: the shipped ones."""
        return None if self.new_index is None else self.new_index().model

    def repeat(self) -> None:
        """Answers the last question again, as after something it depends on has changed."""
        with self.working:
            question, sheets = self.question, self.sheets
            if question is None:
                return
            gone = question.example and question.example[0] not in {sheet.id for sheet in sheets}
            if gone and question.text:  # the typed word is still to be found
                self.question = question = replace(question, example=None)
            self.result = answered_again(question, self.result, sheets, self.decisions)

    def own_all(self) -> None:
        """Makes every open sample a page of this session's own, as it is. Raises MarkError if the session has ended."""
        with self.working:
            lent = [
                sheet.lent_to(self.index, self.root)
                for sheet in self.sheets
                if not self.collection.owns(sheet)
            ]
            with self.at_once:
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
        with self.at_once:
            self.closed = True
            self.collection.delete_files()
        self.way_back.close()
        self.handouts.delete()
