"""Feature "learning": the model is adapted to the hand of a visitor's pages in the background, one collection at a time
on a server. How it stands is ``learning`` in the view."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mark_core.errors import MarkError
from mark_core.message import Message, as_message
from mark_core.training.lexicon import LANGUAGES, Lexicon, load_lexicon, text_lexicon
from mark_core.ui import requests
from mark_core.ui.collection.collection import NO_PAGES
from mark_core.ui.fifo_lock import FifoLock, Ticket
from mark_core.ui.replies import Progress, Reply, done
from mark_core.ui.requests import Request
from mark_core.ui.tasks import Cancelled, Task

if TYPE_CHECKING:
    import numpy as np

    from mark_core import MarkModel
    from mark_core.training.adapt import Adaptation, Cycle
    from mark_core.ui.session.session import Session

OWN_LIST, NO_LIST = "own", "none"
MINUTES = (2, 5, 10)
MAX_LIST = 2_000_000  # characters of a word list
LIST_TOO_LONG = "The word list is too long; at most {limit} letters are taken."

READING = Message("Reading the words")
WAITING = Message("Another collection is being learnt; yours starts after it.")
FULL = "Several collections are waiting to be learnt already; please try again in some minutes."
RUNNING = "These pages are being learnt already."
NEVER = "Nothing was learnt yet."
STOPPED = Message("Learning was stopped before anything was learnt; everything stays as it was.")
UNDONE = Message("What was learnt is set aside; MARK looks at these pages as before.")
REDONE = Message("MARK looks at these pages with what it learnt of their hand.")
FAILED = Message("Something went wrong while learning; everything stays as it was.")

LOCK = FifoLock(capacity=4, full=FULL)
State = Literal["waiting", "learning", "ended", "learnt", "undone"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """language: a key of LANGUAGES, OWN_LIST or NO_LIST. words: the own list, a word a line. minutes: time to learn."""

    language: str
    words: str = ""
    minutes: int = 5


def handle(session: Session, request: Request) -> Iterator[Reply | None]:
    """Start and watch the learning, stop it, or undo or redo what was learnt. Raises MarkError if that cannot be."""
    action = request.chosen(("start", "stop", "undo", "redo"))
    if action == "start":
        reports = session.learning.start(read_plan(request))
        yield done(request)
        for _ in reports:
            yield None
        return
    if action == "stop":
        session.learning.stop()
    else:
        session.learning.use(learnt=action == "redo")
    yield done(request)


def read_plan(request: Request) -> Plan:
    """What a request wants learnt. Raises MarkError if it makes no sense."""
    language = requests.choice(request.get("language"), (*LANGUAGES, OWN_LIST, NO_LIST))
    minutes = requests.whole_number(request.get("minutes"), MINUTES[0], MINUTES[-1])
    words = requests.long_text(request.get("words"), MAX_LIST, LIST_TOO_LONG) if language == OWN_LIST else ""
    if language == OWN_LIST and not words.strip():
        raise MarkError("Type or paste the words first, one a line, or choose a language.")
    return Plan(language, words, minutes)


def plan_lexicon(plan: Plan) -> Lexicon | None:
    """The word list of a plan. Raises MarkError if it has no word."""
    if plan.language == NO_LIST:
        return None
    return text_lexicon(plan.words) if plan.language == OWN_LIST else load_lexicon(plan.language)


def adapt_model(
    model: MarkModel,
    strips: list[np.ndarray],
    plan: Plan,
    known: dict[int, str],
    report: Callable[[str, float], None],
    stop: threading.Event,
    watch: Callable[[Cycle, Cycle], None],
) -> Adaptation:
    """``training.adapt`` by plan. Imported here, because a server on which nobody learns does not need the trainer."""
    from mark_core.training.adapt import adapt

    lexicon = plan_lexicon(plan)
    return adapt(model, strips, lexicon, plan.minutes, known, progress=report, stop=stop, watch=watch)


class Learning:
    """What is learnt of one session's pages. Every method may be called from any thread."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._fifo = LOCK
        self._base: MarkModel = session.index.model
        self._learnt: MarkModel | None = None
        self._gain: tuple[float, float] | None = None
        self._ends: float | None = None  # seconds of the clock when the time for learning is over
        self._task: Task | None = None
        self._running = False
        self._view: dict[str, Any] | None = None
        self._lock = threading.Lock()

    @property
    def running(self) -> bool:
        """Also while it waits for others."""
        with self._lock:
            return self._running

    def to_view(self) -> dict[str, Any] | None:
        """{state, message, fraction, gain: worth of the first and the best state, left: seconds at most}; None before
        anything was learnt."""
        return self._view

    def start(self, plan: Plan) -> Iterator[Progress]:
        """Start, or wait until others have learnt; yields when there is something new, until it has ended. Raises
        MarkError if it cannot start."""
        with self._lock:
            if self._running:
                raise MarkError(RUNNING)
            if not self._session.pages:
                raise MarkError(NO_PAGES)
            ticket = self._fifo.join()
            self._running, self._gain, self._ends = True, None, None
            task = self._task = Task("learning", lambda task: self._run(task, plan, ticket))
        return task.start()

    def stop(self) -> None:
        """End early; the best state so far is kept."""
        if self._task is not None:
            self._task.cancel()

    def use(self, learnt: bool) -> None:
        """Use the model as before learning, or the one that was learnt. Raises MarkError if it cannot."""
        with self._lock:
            if self._running:
                raise MarkError(RUNNING)
            model = self._learnt if learnt else self._base
            if model is None:
                raise MarkError(NEVER)
            self._running = True
        try:
            self._set_model(model)
            self._show("learnt" if learnt else "undone", REDONE if learnt else UNDONE)
        finally:
            self._end()

    def reset(self) -> None:
        """Another collection was opened, as from a project, which may have learnt its hand before."""
        model = self._session.index.model
        learnt = "hand" in getattr(model, "card", {})
        self._learnt, self._gain = (model if learnt else None), None
        if learnt:
            self._show("learnt", REDONE)
        else:
            self._view = None

    def _run(self, task: Task, plan: Plan, ticket: Ticket) -> None:
        try:
            if self._fifo.ahead(ticket) >= self._fifo.slots:
                self._show("waiting", WAITING)
            with task.hold(self._fifo, ticket, WAITING):
                self._ends = self._session.clock() + 60 * plan.minutes
                self._show("learning", READING)
                strips, known = self._words()
                result = adapt_model(self._base, strips, plan, known, self._report, task.stop, self._watch)
                self._ends = None
                self._keep(result, stopped=task.stop.is_set())
        except Cancelled:
            self._show("ended", STOPPED)
        except MarkError as error:
            self._show("ended", error.message)
        except Exception:
            _log.exception("learning failed")
            self._show("ended", FAILED)
        finally:
            self._end()

    def _words(self) -> tuple[list[np.ndarray], dict[int, str]]:
        """The words of all open pages as input of the model, and the texts of those that are known, by number."""
        from mark_core.model.strip import to_strip
        from mark_core.segmentation.crop import crop_word

        with self._session.words_lock:
            pages = [(page.id, page.entry) for page in self._session.pages]
            texts = self._session.known_texts
        strips: list[np.ndarray] = []
        known: dict[int, str] = {}
        for page_id, entry in pages:
            for word in entry.words:
                if (page_id, word.box) in texts:
                    known[len(strips)] = texts[page_id, word.box]
                strips.append(to_strip(crop_word(entry.page.grey, word)))
        return strips, known

    def _keep(self, result: Adaptation, stopped: bool) -> None:
        if not result.improved:
            self._show("ended", STOPPED if stopped else as_message(result.sentence))
            return
        model = result.model(self._base)
        self._set_model(model)
        self._learnt = model
        self._watch(result.cycles[0], result.kept)
        self._show("learnt", as_message(result.sentence))

    def _set_model(self, model: MarkModel) -> None:
        self._session.copy_samples()
        self._session.index.set_model(model, self._report)
        self._session.search_again()

    def _watch(self, before: Cycle, best: Cycle) -> None:
        self._gain = before.worth, best.worth

    def _report(self, step: str | Message, fraction: float) -> None:
        self._show("learning", as_message(step), fraction)

    def _show(self, state: State, message: Message, fraction: float = 0.0) -> None:
        left = None
        if state == "learning" and self._ends is not None:
            left = max(0, round(self._ends - self._session.clock()))
        progress = Progress.of(message, fraction)
        self._view = {
            "state": state,
            "message": message.to_json(),
            "fraction": progress.fraction,
            "gain": self._gain if state in ("learning", "learnt") else None,
            "left": left,
        }
        if self._task is not None:
            self._task.progress = progress
            self._task.on_report()

    def _end(self) -> None:
        with self._lock:
            self._running = False
