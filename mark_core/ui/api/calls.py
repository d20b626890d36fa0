"""What the API does: pages are read in a session of this one call, which is closed with its answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import mark_core as mark
from mark_core.errors import MarkError
from mark_core.export.drawing import word_picture
from mark_core.export.extract import extract_hits, extract_words
from mark_core.export.formats import FORMATS, render
from mark_core.isolation.files import Upload, open_pages
from mark_core.message import Message
from mark_core.pages.content_state import is_url
from mark_core.pages.page import Page
from mark_core.retrieval.hit import Hit
from mark_core.retrieval.unread_script import unread_notice
from mark_core.ui.api.answers import (
    AlignAnswer,
    ExportAnswer,
    HitAnswer,
    PageAnswer,
    PlacedAnswer,
    SearchAnswer,
    SegmentAnswer,
    UnplacedAnswer,
    WordAnswer,
)
from mark_core.ui.api.sent_files import SentFiles, sent_path
from mark_core.ui.session.session import Session
from mark_core.ui.session.store import SessionStore
from mark_core.ui.tools.export import check_size
from mark_core.ui.uploads.layout import DEFAULT_LAYOUT, Layout
from mark_core.ui.uploads.upload_jobs import DECODER, FAILURES, page_title
from mark_core.ui.uploads.upload_queue import INDEXING

AT_ONCE = 16  # calls of all programs together
MAX_SOURCES = 40
MAX_TOP = 500
MAX_TEXT = 100_000  # letters of a transcript
DIRECTIONS = ("auto", "ltr", "rtl", "ttb")
NEVER = threading.Event()


@dataclass
class Call:
    """One call. session: its own. notes: what is to be told beside the answer."""

    session: Session
    notes: list[str] = field(default_factory=list)

    def note(self, sentence: Message) -> None:
        self.notes.append(str(sentence))


class Calls:
    """Answers calls, each for an address of a network; every method may be called from any thread and raises
    MarkError with one sentence where a call cannot be answered.

    given: pages, each as a web address or the path of a file that was sent, or gradio's object of such a path.
    """

    def __init__(self, store: SessionStore, sent: SentFiles) -> None:
        self._store = store
        self._sent = sent
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def segment(
        self, address: str, given: Sequence[Any], direction: str = "auto", flatten: bool = False
    ) -> SegmentAnswer:
        """The words of pages. direction, flatten: see ``segmentation.segment.segment``."""
        with self._call(address, given) as call:
            layout = Layout(_choice("direction", direction, DIRECTIONS), flatten)
            pages: list[PageAnswer] = []
            words: list[WordAnswer] = []
            for page in self._read(call, given):
                with _work(call.session, page):
                    found = mark.segment(page, layout.direction, layout.flatten, call.note)
                pages.append(PageAnswer.of(page, len(pages) + 1))
                words += [_word(word, len(pages)) for word in found]
            return SegmentAnswer(pages, words, call.notes)

    def search(
        self,
        address: str,
        given: Sequence[Any],
        text: str = "",
        example: str = "",
        top: int = 20,
        variants: bool = False,
        pictures: int = 0,
    ) -> tuple[SearchAnswer, list[bytes]]:
        """The best hits of a typed word, of an example PAGE:WORD, or of both, and PNG pictures of so many of them."""
        with self._call(address, given) as call:
            self._index(call, given)
            hits = _search(call, text, example, top, variants)
            index = call.session.index
            numbers = {page.id: number for number, page in enumerate(index.pages, start=1)}
            answer = SearchAnswer(
                [PageAnswer.of(page.page, number) for number, page in enumerate(index.pages, start=1)],
                [_hit(hit, numbers[hit.page]) for hit in hits],
                round(index.threshold(bool(text.strip()), text), 4),
                call.notes,
            )
            pages = {page.id: page.page for page in index.pages}
            return answer, [word_picture(pages[hit.page], hit.box) for hit in hits[:pictures]]

    def align(self, address: str, given: Any, text: str) -> AlignAnswer:
        """Where each word of a text stands on its page, lines of text for lines of the page."""
        if not text.strip() or len(text) > MAX_TEXT:
            raise MarkError(
                "The text of a page is needed, of at most {limit} letters in all.", limit=MAX_TEXT
            )
        with self._call(address, [given]) as call:
            pages = list(self._read(call, [given], most=2))
            if len(pages) != 1:
                raise MarkError("A text belongs to one page; name one that is alone.")
            with _work(call.session, pages[0]):
                found = mark.align(pages[0], text, call.session.index.model)
            return AlignAnswer(
                PageAnswer.of(pages[0], 1),
                [
                    PlacedAnswer(
                        word.text, word.line + 1, word.number + 1, _box(word.box), round(word.certainty, 4)
                    )
                    for word in found.placed
                ],
                [UnplacedAnswer(word.text, word.line + 1, word.number + 1) for word in found.unplaced],
                round(found.certainty, 4),
                found.belongs,
                call.notes,
            )

    def export(
        self, address: str, given: Sequence[Any], format: str, text: str = "", top: int = 50
    ) -> tuple[ExportAnswer, bytes]:
        """A file of all words of pages, or of the hits of a typed word, in one of the export formats."""
        with self._call(address, given) as call:
            _choice("format", format, tuple(FORMATS))
            self._index(call, given)
            index = call.session.index
            hits = _search(call, text, "", top, False) if text.strip() else []
            extract = extract_hits(index, hits, text) if text.strip() else extract_words(index)
            check_size(extract, format)
            rendered = render(extract, format)
            answer = ExportAnswer(
                f"mark-{extract.kind}{rendered.suffix}",
                rendered.media_type,
                extract.kind,
                sum(len(page.entries) for page in extract.pages),
                len(extract.pages),
                len(rendered.data),
                call.notes,
            )
            return answer, rendered.data

    @contextmanager
    def _call(self, address: str, given: Sequence[Any]) -> Iterator[Call]:
        """A session for a call. The files that it names are deleted afterwards."""
        if not isinstance(given, list) or not 1 <= len(given) <= MAX_SOURCES:
            raise MarkError("Name the pages: a list of {least} to {most}.", least=1, most=MAX_SOURCES)
        paths = [sent_path(one) for one in given]
        if not self._places.acquire(blocking=False):
            raise MarkError("Too many programs are being answered just now; please try again in a minute.")
        try:
            session = self._store.open(address=address)
            try:
                yield Call(session)
            finally:
                self._store.close(session.key)
        finally:
            self._sent.forget(path for path in paths if not is_url(path))
            self._places.release()

    def _index(self, call: Call, given: Sequence[Any]) -> None:
        """Add all pages to the index of the call. Raises MarkError if there is none with words."""
        for page in self._read(call, given):
            ticket = INDEXING.join()
            try:
                INDEXING.wait(ticket, NEVER)
                opened = call.session.add(page, page_title(page), DEFAULT_LAYOUT)
            except MarkError as error:
                call.note(Message("{title}: {sentence}", {"title": page.name, "sentence": error.message}))
                continue
            finally:
                INDEXING.leave(ticket)
            if opened.note is not None:
                call.note(Message("{title}: {sentence}", {"title": page.name, "sentence": opened.note}))
        if not call.session.pages:
            raise MarkError("{sentence}", sentence=call.notes[0])

    def _read(self, call: Call, given: Sequence[Any], most: int | None = None) -> Iterator[Page]:
        """The pages, one by one; what cannot be read is noted. most: pages, by default those of a session. Raises
        MarkError if there is none at all."""
        session = call.session
        most = session.limits.pages if most is None else most
        count = 0
        for path in map(sent_path, given):
            failures = 0
            try:
                pages = self._open(call, path)
            except MarkError as error:
                call.note(error.message)
                continue
            while failures < FAILURES:
                try:
                    session.budgets.check_time(session)
                    page = next(pages, None)
                except MarkError as error:
                    call.note(error.message)
                    failures += 1
                    continue
                if page is None:
                    break
                if count >= most:
                    call.note(Message("Only the first {count} pages were read.", {"count": most}))
                    return
                failures = 0
                count += 1
                session.budgets.spend(session, megapixels=page.width * page.height / 1e6)
                yield page
        if not count:
            raise MarkError("{sentence}", sentence=call.notes[0] if call.notes else "There is no page.")

    def _open(self, call: Call, path: str) -> Iterator[Page]:
        if is_url(path):
            return mark.iiif_pages(path, notify=call.note, decoder=DECODER)
        file = self._sent.file(path)
        return open_pages(Upload(file), file.name)


@contextmanager
def _work(session: Session, page: Page) -> Iterator[None]:
    """Work on a page that is in no index, in turn with the pages of all visitors; its memory and time are counted."""
    ticket = INDEXING.join()
    try:
        INDEXING.wait(ticket, NEVER)
        begun = time.monotonic()
        try:
            with session.budgets.hold(session, page.nbytes):
                yield
        finally:
            session.budgets.spend(session, seconds=time.monotonic() - begun)
    finally:
        INDEXING.leave(ticket)


def _search(call: Call, text: str, example: str, top: int, variants: bool) -> list[Hit]:
    if isinstance(top, bool) or not isinstance(top, int) or not 1 <= top <= MAX_TOP:
        raise MarkError("Between {least} and {most} hits can be asked for.", least=1, most=MAX_TOP)
    index = call.session.index
    if text.strip():
        notice = unread_notice(text, [page.encoding for page in index.pages])
        if notice is not None:
            call.note(notice)
    return index.search(text or None, _example(call, example), top, variants=variants)


def _example(call: Call, example: str) -> tuple[str, int] | None:
    """PAGE:WORD, both counted from 1. Raises MarkError if it is none."""
    if not example.strip():
        return None
    page, _, word = example.strip().partition(":")
    pages = call.session.index.pages
    if not (page.isdecimal() and word.isdecimal() and len(example) < 20 and 1 <= int(page) <= len(pages)):
        raise MarkError(
            "An example is named PAGE:WORD, such as {example}, both counted from 1.", example="1:17"
        )
    return pages[int(page) - 1].id, int(word) - 1


def _hit(hit: Hit, page: int) -> HitAnswer:
    boxes = [_box(box) for box in hit.boxes or (hit.box,)]
    return HitAnswer(
        hit.rank,
        page,
        hit.word + 1,
        hit.line + 1,
        _box(hit.box),
        boxes,
        round(float(hit.score), 4),
        hit.reads,
    )


def _word(word: mark.Word, page: int) -> WordAnswer:
    return WordAnswer(
        page, word.order + 1, word.line + 1, _box(word.box), round(float(word.confidence), 3), word.direction
    )


def _box(box: Sequence[int]) -> list[int]:
    return [int(side) for side in box]


def _choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise MarkError("“{name}” must be one of {known}.", name=name, known=", ".join(choices))
    return value
