"""Feature "learning": the model is adapted to the hand of a visitor's pages in the background, one collection at a time
on a server. How it stands is ``learning`` in the view."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from mark_core.errors import MarkError
from mark_core.message import Message, as_message
from mark_core.training.lexicon import LANGUAGES, Lexicon, load_lexicon, text_lexicon
from mark_core.ui import requests
from mark_core.ui.collection.collection import NO_PAGES
from mark_core.ui.ended import SessionReference
from mark_core.ui.fifo_lock import FifoLock, Ticket
from mark_core.ui.replies import Progress, Reply, done
from mark_core.ui.requests import Request
from mark_core.ui.search.own_queries import Comparison
from mark_core.ui.tasks import Cancelled, Task
from mark_core.workers.pool import shared_workers

if TYPE_CHECKING:
    import numpy as np

    from mark_core import MarkModel
    from mark_core.retrieval.index import Encoded
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
ENCODING = Message("Looking at every word again")
WORSE = Message(
    "What was learnt finds less in your own searches, so it is set aside; everything stays as it was."
)
FAILED = Message("Something went wrong while learning; everything stays as it was.")

LOCK = FifoLock(capacity=4, full=FULL)
State = Literal["waiting", "learning", "ended", "learnt", "undone"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """language: a key of LANGUAGES, OWN_LIST or NO_LIST. words: the own list, a word a line. minutes: time to learn."""

    language: str
    words: str = ""
    minutes: float = 5


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
    after: float = 0.0,
    scripts: np.ndarray | None = None,
) -> Adaptation:
    """``training.adapt`` by plan, by a worker where there are some. Imported here, because a server on which nobody
    learns does not need the trainer."""
    from mark_core.training.adapt import adapt
    from mark_core.workers import learning

    workers = shared_workers()
    learn = adapt if workers is None else partial(learning.adapt, workers)
    return learn(
        model,
        strips,
        plan_lexicon(plan),
        minutes=plan.minutes,
        known=known,
        progress=report,
        stop=stop,
        watch=watch,
        after=after,
        scripts=scripts,
    )


class Learning:
    """What is learnt of one session's pages. Every method may be called from any thread."""

    def __init__(self, session: Session) -> None:
        self._of = SessionReference(session)
        self._fifo = LOCK
        self._base: MarkModel = session.index.model
        self._learnt: MarkModel | None = None
        self._gain: tuple[float, float] | None = None
        self._compared: Comparison | None = None
        self._ends: float | None = None  # seconds of the clock when the time for learning is over
        self._begun: float | None = None  # when encoding the pages began
        self._encoded: Encoded = {}  # pages before and after, while they are compared
        self._task: Task | None = None
        self._running = False
        self._view: dict[str, Any] | None = None
        self._lock = threading.Lock()

    @property
    def _session(self) -> Session:
        return self._of()

    @property
    def running(self) -> bool:
        """Also while it waits for others."""
        with self._lock:
            return self._running

    def to_view(self) -> dict[str, Any] | None:
        """{state, message, fraction, gain: worth of the first and the best state, left: seconds at most, searches: what
        the visitor's own searches found before and after}; None before anything was learnt."""
        return self._view

    def start(self, plan: Plan) -> Iterator[Progress]:
        """Start, or wait until others have learnt; yields when there is something new, until it has ended. Raises
        MarkError if it cannot start."""
        with self._lock:
            if self._running:
                raise MarkError(RUNNING)
            if not self._session.pages:
                raise MarkError(NO_PAGES)
            self._session.budgets.check_time(self._session)
            ticket = self._fifo.join()
            self._running, self._gain, self._ends, self._compared = True, None, None, None
            task = self._task = Task("learning", lambda task: self._run(task, plan, ticket))
        return task.start()

    def stop(self) -> None:
        """End early; the best state so far is kept, unless taking it up is stopped as well."""
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
        self._learnt, self._gain, self._compared = (model if learnt else None), None, None
        if learnt:
            self._show("learnt", REDONE)
        else:
            self._view = None

    def _run(self, task: Task, plan: Plan, ticket: Ticket) -> None:
        try:
            if self._fifo.ahead(ticket) >= self._fifo.slots:
                self._show("waiting", WAITING)
            with task.hold(self._fifo, ticket, WAITING):
                session = self._session
                begun, since = session.clock(), time.monotonic()
                self._ends = begun + 60 * plan.minutes
                self._show("learning", READING)
                strips, known, after, scripts = self._words(task)
                plan = replace(plan, minutes=plan.minutes - (session.clock() - begun) / 60)
                base, stop = self._base, task.stop
                try:
                    result = adapt_model(
                        base, strips, plan, known, self._report, stop, self._watch, after, scripts
                    )
                    self._keep(result, stopped=task.stop.is_set())
                finally:
                    session.budgets.spend(session, seconds=time.monotonic() - since)
        except Cancelled:
            self._show("ended", STOPPED)
        except MarkError as error:
            self._show("ended", error.message)
        except Exception:
            _log.exception("learning failed")
            self._show("ended", FAILED)
        finally:
            self._end()

    def _words(self, task: Task) -> tuple[list[np.ndarray], dict[int, str], float, np.ndarray]:
        """The words of all open pages as input of the model, the texts of those that are known, by number, how many
        times the work of reading the words it is to encode their pages again, and the scripts that visitors said they
        are in, see ``adapt``. Raises Cancelled."""
        from mark_core.model.strip import to_strip
        from mark_core.model.word_script import told_scripts
        from mark_core.segmentation.crop import crop_word

        with self._session.words_lock:
            pages = [(page.id, page.entry) for page in self._session.pages]
            texts = self._session.known_texts
        strips: list[np.ndarray] = []
        known: dict[int, str] = {}
        others = 0
        for page_id, entry in pages:
            others += len(getattr(entry, "alternatives", ()))
            for word in entry.words:
                task.check()
                if (page_id, word.box) in texts:
                    known[len(strips)] = texts[page_id, word.box]
                strips.append(to_strip(crop_word(entry.page.grey, word)))
        scripts = told_scripts((entry.script, len(entry.words)) for _, entry in pages)
        after = (2 * len(strips) + others) / max(1, len(strips))  # lines are read beside words
        return strips, known, after, scripts

    def _keep(self, result: Adaptation, stopped: bool) -> None:
        """Use what was learnt, if the visitor's own searches do not find less with it."""
        if not result.improved:
            self._show("ended", STOPPED if stopped else as_message(result.sentence))
            return
        model, session = result.model(self._base), self._session
        stop = threading.Event()
        if self._task is not None:  # stopping once more stops taking it up
            self._task.stop = stop
        before = session.own_queries.found(session.pages)
        self._set_model(model, stop)
        self._learnt = model
        self._watch(result.cycles[0], result.kept)
        self._compared = Comparison(before, session.own_queries.found(session.pages))
        if self._compared.worse:
            self._set_model(self._base, back=True)
            self._show("undone", WORSE)
        else:
            self._show("learnt", as_message(result.sentence))

    def _set_model(self, model: MarkModel, stop: threading.Event | None = None, back: bool = False) -> None:
        """Encode the pages with a model; back: as they were before the last time. Raises Cancelled on ``stop``."""
        from mark_core.retrieval import index

        def report(step: str, share: float) -> None:
            if stop is not None and stop.is_set():
                raise Cancelled
            self._report(step, share)

        self._session.copy_samples()
        known = index.back(self._encoded) if back else None
        self._encoded = self._session.index.set_model(model, report, known)
        self._session.search_again()

    def _watch(self, before: Cycle, best: Cycle) -> None:
        self._gain = before.worth, best.worth

    def _report(self, step: str | Message, fraction: float) -> None:
        self._show("learning", as_message(step), fraction)

    def _show(self, state: State, message: Message, fraction: float = 0.0) -> None:
        progress = Progress.of(message, fraction)
        self._view = {
            "state": state,
            "message": message.to_json(),
            "fraction": progress.fraction,
            "gain": self._gain if state in ("learning", "learnt") else None,
            "left": self._left(message, progress.fraction) if state == "learning" else None,
            "searches": self._compared.to_view() if self._compared and state != "learning" else None,
        }
        if self._task is not None:
            self._task.progress = progress
            self._task.on_report()

    def _left(self, message: Message, fraction: float) -> int | None:
        """Seconds: until the time is over, or, while the pages are encoded, at the pace of what is done of that."""
        now = self._session.clock()
        if message != ENCODING:
            self._begun = None
            return None if self._ends is None else max(0, round(self._ends - now))
        if self._begun is None:
            self._begun = now
        spent = now - self._begun
        if fraction > 0 and spent > 0:
            return round(spent * (1 - fraction) / fraction)
        return None if self._ends is None else max(0, round(self._ends - now))

    def _end(self) -> None:
        self._encoded = {}
        self._ends = self._begun = None
        with self._lock:
            self._running = False
