"""Learning the hand of a visitor's pages in the background; one collection at a time on a server."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mark_core as mark
from mark_core.training.lexicon import LANGUAGES, Lexicon, load_lexicon, text_lexicon
from mark_core.ui import browser
from mark_core.ui.turns import Turns

if TYPE_CHECKING:
    import numpy as np

    from mark_core import MarkModel
    from mark_core.training.adapt import Adaptation, Cycle
    from mark_core.ui.session import Session

OWN_LIST, NO_LIST = "own", "none"
MINUTES = (2, 5, 10)
MAX_LIST = 2_000_000  # characters of a word list
PAUSE = 5.0  # seconds after which a view goes out though nothing has changed, to notice that nobody looks any more

READING = "Reading the words"
WAITING = "Another collection is being learnt; yours starts after it."
FULL = "Several collections are waiting to be learnt already; please try again in some minutes."
RUNNING = "These pages are being learnt already."
NEVER = "Nothing was learnt yet."
STOPPED = "Learning was stopped before anything was learnt; everything stays as it was."
FORGOTTEN = "What was learnt is set aside; MARK looks at these pages as before."
AGAIN = "MARK looks at these pages with what it learnt of their hand."
TROUBLE = "Something went wrong while learning; everything stays as it was."

TURNS = Turns(4, FULL)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """language: a key of LANGUAGES, OWN_LIST or NO_LIST. words: the own list, a word a line. minutes: time to learn."""

    language: str
    words: str = ""
    minutes: int = 5


def plan(data: dict[str, Any]) -> Plan:
    """What the browser asks for. Raises MarkError with a sentence."""
    language = browser.choice(data.get("language"), (*LANGUAGES, OWN_LIST, NO_LIST))
    minutes = browser.number(data.get("minutes"), MINUTES[0], MINUTES[-1])
    words = browser.long_text(data.get("words"), MAX_LIST, "The word list") if language == OWN_LIST else ""
    if language == OWN_LIST and not words.strip():
        raise mark.MarkError("Type or paste the words first, one a line, or choose a language.")
    return Plan(language, words, minutes)


def teach(
    model: MarkModel,
    strips: list[np.ndarray],
    plan: Plan,
    known: dict[int, str],
    report: Callable[[str, float], None],
    stop: threading.Event,
    watch: Callable[[Cycle, Cycle], None],
) -> Adaptation:
    """``training.adapt`` by plan. The trainer is imported here, because a server that teaches nobody needs none."""
    from mark_core.training.adapt import adapt

    return adapt(
        model, strips, lexicon_of(plan), plan.minutes, known, progress=report, stop=stop, watch=watch
    )


def lexicon_of(plan: Plan) -> Lexicon | None:
    """The word list of a plan. Raises MarkError if it holds no word."""
    if plan.language == NO_LIST:
        return None
    return text_lexicon(plan.words) if plan.language == OWN_LIST else load_lexicon(plan.language)


class Learning:
    """What is learnt of one session's pages. ``session.panels["learning"]`` says how it stands."""

    def __init__(self, session: Session, turns: Turns = TURNS) -> None:
        self._session = session
        self._turns = turns
        self._base: MarkModel = session.index.model
        self._learnt: MarkModel | None = None
        self._gain: tuple[float, float] | None = None
        self._ends: float | None = (
            None  # when the time is over that was given to the learning, reading included
        )
        self._stop = threading.Event()
        self._running = False
        self._shown = 0
        self._changed = threading.Condition()

    @property
    def running(self) -> bool:
        """Also while it waits for others."""
        with self._changed:
            return self._running

    def start(self, plan: Plan) -> None:
        """Begins, or waits until others have learnt. Raises MarkError if it cannot."""
        with self._changed:
            if self._running:
                raise mark.MarkError(RUNNING)
            if not self._session.sheets:
                raise mark.MarkError("Add a page or open a sample first.")
            turn = self._turns.join()
            self._running, self._stop, self._gain, self._ends = True, threading.Event(), None, None
        threading.Thread(target=self._run, args=(plan, turn, self._stop), daemon=True).start()

    def stop(self) -> None:
        """Ends early; the best state so far is kept."""
        self._stop.set()
        self._turns.wake()

    def use(self, learnt: bool) -> None:
        """Looks at the pages as before the learning, or again with what was learnt. Raises MarkError if it cannot."""
        with self._changed:
            if self._running:
                raise mark.MarkError(RUNNING)
            model = self._learnt if learnt else self._base
            if model is None:
                raise mark.MarkError(NEVER)
            self._running = True
        try:
            self._take_over(model)
            self._show("learnt" if learnt else "forgotten", AGAIN if learnt else FORGOTTEN)
        finally:
            self._end()

    def look_again(self) -> None:
        """Another collection lies on the desk, as when a project was opened: it may have learnt its hand before."""
        model = self._session.index.model
        learnt = "hand" in getattr(model, "card", {})
        self._learnt, self._gain = (model if learnt else None), None
        if learnt:
            self._show("learnt", AGAIN)
        else:
            self._session.panels.pop("learning", None)

    def changes(self) -> Iterator[None]:
        """Something to show, again and again until the learning has ended."""
        seen, running = -1, True
        while running:
            with self._changed:
                self._changed.wait_for(lambda seen=seen: self._shown != seen, timeout=PAUSE)
                seen, running = self._shown, self._running
            yield

    def _run(self, plan: Plan, turn: object, stop: threading.Event) -> None:
        try:
            if self._turns.ahead(turn):
                self._show("waiting", WAITING)
            if self._turns.wait(turn, stop):
                self._ends = self._session.clock() + 60 * plan.minutes
                self._show("learning", READING)
                strips, known = self._lesson()
                result = teach(self._base, strips, plan, known, self._report, stop, self._watch)
                self._ends = None
                self._keep(result, stopped=stop.is_set())
            else:
                self._show("ended", STOPPED)
        except mark.MarkError as error:
            self._show("ended", str(error))
        except Exception:
            _log.exception("learning failed")
            self._show("ended", TROUBLE)
        finally:
            self._turns.leave(turn)
            self._end()

    def _lesson(self) -> tuple[list[np.ndarray], dict[int, str]]:
        """The words of all open pages as the model takes them, and what a person has said of some, by number."""
        from mark_core.model.strip import to_strip
        from mark_core.segmentation.crop import crop_word

        with self._session.working:
            pages = [(sheet.id, sheet.entry) for sheet in self._session.sheets]
            said = self._session.known_texts
        strips: list[np.ndarray] = []
        known: dict[int, str] = {}
        for page, entry in pages:
            for word in entry.words:
                if (page, word.box) in said:
                    known[len(strips)] = said[page, word.box]
                strips.append(to_strip(crop_word(entry.page.grey, word)))
        return strips, known

    def _keep(self, result: Adaptation, stopped: bool) -> None:
        if not result.improved:
            self._show("ended", STOPPED if stopped else result.sentence)
            return
        model = result.model(self._base)
        self._take_over(model)
        self._learnt = model
        self._watch(result.cycles[0], result.kept)
        self._show("learnt", result.sentence)

    def _take_over(self, model: MarkModel) -> None:
        self._session.own_all()
        self._session.index.set_model(model, self._report)
        self._session.repeat()

    def _watch(self, before: Cycle, best: Cycle) -> None:
        self._gain = before.worth, best.worth

    def _report(self, step: str, share: float) -> None:
        self._show("learning", step, share)

    def _show(self, state: str, sentence: str, share: float = 0.0) -> None:
        left = None
        if state == "learning" and self._ends is not None:
            left = max(0, round(self._ends - self._session.clock()))
        with self._changed:
            self._session.answer(
                "learning",
                {
                    "state": state,
                    "sentence": sentence,
                    "fraction": round(min(1.0, max(0.0, share)), 3),
                    "gain": self._gain if state in ("learning", "learnt") else None,
                    "left": left,  # seconds at most
                },
            )
            self._shown += 1
            self._changed.notify_all()

    def _end(self) -> None:
        with self._changed:
            self._running = False
            self._shown += 1
            self._changed.notify_all()


def begin(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """The answer to "Start"."""
    session.learning.start(plan(data))
    return {}


def steer(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """The answer to "Stop", "Forget" and "Use it again"."""
    what = browser.choice(data.get("what"), ("stop", "forget", "again"))
    if what == "stop":
        session.learning.stop()
    else:
        session.learning.use(learnt=what == "again")
    return {}
