"""Learn a hand: a model improves itself on the crops of one collection, without a transcription.

Cycles of guessing and learning: a labeler (see ``labelers``) says which crops are which word, by a word list or
because they look alike; train for some steps on those that are sure twice, in themselves and when the crop is drawn a
little differently; ask again. Typed words keep their vectors all the while: only the image side moves towards them.
Nothing is taken over unless the collection agrees more with itself afterwards than before.

The time is kept: a cycle has as many steps as still fit, with all that follows them, at the pace of this processor.
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from mark_core.errors import MarkError
from mark_core.model.alphabet import fold_lenient, is_folded
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.model.weights import from_bytes, make_card, to_bytes
from mark_core.training.batches import batches_of
from mark_core.training.hand.crop_reader import CropReader, Views
from mark_core.training.hand.lesson import KEEP, choose, is_read, lexicon_fit, readings_of
from mark_core.training.hand.time_budget import Stopped, TimeBudget
from mark_core.training.labelers import Labeler, PseudoLabels, make_labeler
from mark_core.training.learner import Learner, Recipe
from mark_core.training.lexicon import Lexicon
from mark_core.training.word_vectors import TYPED_SIDE, Tick, words_within

Progress = Callable[[str, float], None]  # name of the step, share done 0..1

MIN_WORDS = 60  # a smaller collection teaches nothing that lasts
MIN_LEARNT = 30  # crops with a label; fewer are no lesson
MIN_FIT = (
    0.12  # share of sure readings that stand in the lexicon; below it the language or the script is another
)
STEPS = 100  # of a cycle, at most
_LEAST = 0.2  # share of STEPS for which a further cycle is begun
_LOOKING = 0.6  # share of the time in which the crops are read before and after the first cycle, and taken up
_LISTING = 0.25  # share of what is then left in which the words of a list are looked at
_STEP, _LABELS = "step", "labels"  # kinds of work in the time budget
_RECIPE = Recipe(
    steps=10**6, labels=24, views=2, negatives=48, learning_rate=6e-4, warmup=40, ema=0.98, foreign=0.0
)


@dataclass(frozen=True)
class Cycle:
    """What is known of one state without any label. learnt: crops it was trained on; agreement: share of all crops
    that get the same word when drawn differently; confidence: mean over the crops, 0..1; changed: share of the crops
    whose word is another than in the state before."""

    learnt: int
    agreement: float
    confidence: float
    changed: float

    @property
    def worth(self) -> float:
        """What two states are compared by."""
        return self.agreement * self.confidence


@dataclass(frozen=True)
class Adaptation:
    """network: the better one of before and after; improved: whether it is another than before; cycles: the states
    from the first on; sentence: what a person should know."""

    network: MarkNetwork
    improved: bool
    sentence: str
    cycles: tuple[Cycle, ...] = field(default=())

    @property
    def kept(self) -> Cycle:
        """The state that ``network`` is in."""
        return best_of(self.cycles)

    def model(self, base: MarkModel) -> MarkModel:
        """The network as a model that can be kept: rounded as a file would round it, with a card of its own that
        names its ``base``. ``base`` itself if nothing was improved."""
        if not self.improved:
            return base
        data = to_bytes(self.network)
        facts = {
            "calibration": base.card.get("calibration"),
            "hand": {"base": base.card.get("sha256"), "cycles": [asdict(cycle) for cycle in self.cycles]},
        }
        network = from_bytes(self.network.config, data)
        return MarkModel(network, make_card(network, data, **facts), str(base.device))


def adapt(
    model: MarkModel,
    strips: Sequence[np.ndarray],
    lexicon: Lexicon | None,
    minutes: float = 8.0,
    known: dict[int, str] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    watch: Callable[[Cycle, Cycle], None] | None = None,
    cycles: int | None = None,
    after: float = 0.0,
    clock: Callable[[], float] = time.monotonic,
    scripts: np.ndarray | None = None,
) -> Adaptation:
    """Adapt a copy of ``model`` to the strips of a collection (see ``to_strip``); ``model`` itself stays as it is.

    lexicon: words the collection may contain; None: whatever looks alike in it (see ``labelers``). minutes: that are
    kept on any processor: with less of them than the crops need, fewer crops, words of the list and steps are learnt
    from. known: words that a person confirmed or typed, by number of the crop; they are learnt as they are. stop: set
    it to end early with the best state so far. watch: is told the first and the best state whenever there is a better
    one. cycles: so many cycles instead of the minutes. after: how many times as long as reading the crops once it
    takes to put what was learnt to use; that time is kept free. clock: seconds. scripts: (N,) number of the script that
    each strip is read in, see ``MarkModel.look``. Raises MarkError for a model that does not read or too few words.
    """
    if not model.network.config.ctc_head:
        raise MarkError("These weights have no reading head and cannot learn a hand.")
    if len(strips) < MIN_WORDS:
        raise MarkError(
            "Learning a hand needs at least {limit} words; these pages have {count}.",
            limit=MIN_WORDS,
            count=len(strips),
        )
    folded = {row: fold_lenient(text) for row, text in (known or {}).items()}
    known = {row: text for row, text in folded.items() if is_folded(text, model.alphabet)}
    report = progress or (lambda step, done: None)
    budget = TimeBudget(60 * minutes if cycles is None else None, clock, stop)
    reader = CropReader(strips, budget, seed, scripts)
    return _Job(model, reader, lexicon, known, report, watch, cycles, after).run()


class _Job:
    def __init__(
        self,
        model: MarkModel,
        reader: CropReader,
        lexicon: Lexicon | None,
        known: dict[int, str],
        report: Progress,
        watch: Callable[[Cycle, Cycle], None] | None,
        cycles: int | None,
        after: float,
    ) -> None:
        self.model, self.lexicon, self.known, self.seed = model, lexicon, known, reader.seed
        self.budget, self.report, self.cycles = reader.budget, report, cycles
        self.watch = watch or (lambda before, best: None)
        self.reader = reader
        self.states: list[Cycle] = []
        self.best, self.misfit, self.step = model.network, False, 0
        self.after, self.reserve = after, 0.0  # times and seconds

    def run(self) -> Adaptation:
        try:
            if not self._take_what_fits():
                return Adaptation(self.model.network, False, _NO_TIME)
            self._cycles(*self._prepare())
        except Stopped:
            if not self.states[1:]:
                return Adaptation(self.model.network, False, _STOPPED)
        improved = self.best is not self.model.network
        nothing = _NO_TIME if self.step == 0 and self.budget.left < self.reader.cost else _NO_BETTER
        sentence = (_ALIKE if self.misfit else _BETTER) if improved else nothing
        return Adaptation(self.best, improved, sentence, tuple(self.states))

    def _take_what_fits(self) -> bool:
        """Keep the crops that can be read before and after the first cycle; whether they are enough."""
        self.report("Reading the words", 0.0)
        if self.budget.seconds is None:
            return True
        self.reader.probe(self.model)
        self.reserve = self.after / 2 * self.reader.cost
        seconds = (_LOOKING * self.budget.seconds - self.reserve) / 2
        rows = self.reader.fitting(seconds, list(self.known))
        number = {int(row): i for i, row in enumerate(rows)}
        self.known = {number[row]: text for row, text in self.known.items() if row in number}
        self.reader = self.reader.select(rows)
        return len(rows) >= MIN_WORDS

    def _prepare(self) -> tuple[PseudoLabels, Labeler, Learner]:
        """The first lesson, who gives it, and who learns. Without the list that was asked for, if the pages do not
        read like it. Raises Stopped."""
        views = self._see(self.model, 0, self._tick("Reading the words"))
        self.misfit = self.lexicon is not None and lexicon_fit(views[0], self.lexicon) < MIN_FIT
        if self.misfit:
            self.lexicon = None
        tick = self._tick("Learning the word list" if self.lexicon else "Looking for words that are alike")
        if self.lexicon is not None:
            seconds = _LISTING * (self.budget.left - self.reserve)
            lexicon = words_within(self.model, self.lexicon, seconds, self.budget.clock, tick)
            self.lexicon = lexicon.with_words(self.known.values())
        labeler = make_labeler(self.model, self.lexicon, tick)
        tick(1.0)
        pseudo_labels = self._label(labeler, views)
        self.states = [_cycle(0, pseudo_labels, pseudo_labels)]
        learner = Learner(
            copy.deepcopy(self.model.network),
            _RECIPE,
            list(self.lexicon.words) if self.lexicon else readings_of(views[0]),
            frozen=TYPED_SIDE,
            device=str(self.model.device),
            before=None if is_read(pseudo_labels) else self.model.network,
        )
        return pseudo_labels, labeler, learner

    def _cycles(self, pseudo_labels: PseudoLabels, labeler: Labeler, learner: Learner) -> None:
        """Learn and look again, until the time is over or nothing gets better. Raises Stopped."""
        while self._another():
            rows = choose(pseudo_labels, KEEP[0] if len(self.states) < 3 else KEEP[1])
            if len(rows) + len(self.known) < MIN_LEARNT or not self._learn(learner, pseudo_labels, rows):
                return
            network, before = learner.averaged(), pseudo_labels
            seen = self._see(MarkModel(network, self.model.card, str(self.model.device)), len(self.states))
            pseudo_labels = self._label(labeler, seen)
            self.states.append(_cycle(len(rows), pseudo_labels, before))
            kept = best_of(self.states)
            if kept is self.states[-1]:
                self.best = network
                self.watch(self.states[0], kept)
            elif len(self.states) > 4 and kept not in self.states[-3:]:
                return  # three cycles without getting better

    def _another(self) -> bool:
        if self.cycles is not None:
            return len(self.states) <= self.cycles
        return len(self.states) == 1 or self._fitting_steps() >= max(1, round(_LEAST * STEPS))

    def _fitting_steps(self) -> float:
        """How many steps fit before what must follow them: looking at the crops again, and putting it to use."""
        closing = self.reader.cost + self.budget.cost(_LABELS, len(self.reader)) + self.reserve
        pace = self.budget.cost(_STEP)
        left = self.budget.left - closing
        return left / pace if pace else float(STEPS if left > 0 else 0)

    def _learn(self, learner: Learner, pseudo_labels: PseudoLabels, rows: np.ndarray) -> int:
        """Steps of one cycle; how many there were. Raises Stopped."""
        g = np.random.default_rng([self.seed, 2, self.step])
        labels = {int(i): (pseudo_labels.labels[i], bool(pseudo_labels.readable[i])) for i in rows}
        labels |= {i: (text, True) for i, text in self.known.items()}
        batches = batches_of(
            self.reader.strips, labels, set(self.known), STEPS, _RECIPE.labels, _RECIPE.views, g
        )
        for taken in range(STEPS):
            if self._fitting_steps() < 1:
                return taken
            self.report("Learning the hand", min(0.99, self._share(taken)))
            with self.budget.measured(_STEP):
                learner.update(next(batches), self.step)
            self.step += 1
        return STEPS

    def _share(self, taken: int) -> float:
        """Share of the learning that is done, with ``taken`` steps of the present cycle."""
        if self.cycles is None:
            return self.budget.share
        return (len(self.states) - 1 + taken / STEPS) / max(1, self.cycles)

    def _see(self, model: MarkModel, cycle: int, tick: Tick | None = None) -> Views:
        share = self._share(STEPS)
        return self.reader.read(
            model, cycle, tick or (lambda done: self.report("Learning the hand", min(0.99, share)))
        )

    def _label(self, labeler: Labeler, views: Views) -> PseudoLabels:
        with self.budget.measured(_LABELS, len(self.reader)):
            return labeler.label(*views, tick=lambda share: self.budget.check())

    def _tick(self, step: str) -> Tick:
        def tick(share: float) -> None:
            self.budget.check()
            self.report(step, share)

        return tick


def best_of(states: Sequence[Cycle]) -> Cycle:
    """The state worth keeping, of equal ones the earlier. Surer alone is not better: a model can become sure of what
    it no longer sees twice alike, so none counts in which fewer crops agree than in the first."""
    return max(
        (state for state in states if state.agreement >= states[0].agreement), key=lambda state: state.worth
    )


def _cycle(learnt: int, pseudo_labels: PseudoLabels, before: PseudoLabels) -> Cycle:
    changed = [a != b for a, b in zip(pseudo_labels.labels, before.labels, strict=True)]
    return Cycle(learnt, float(pseudo_labels.agreed.mean()), pseudo_labels.certainty, float(np.mean(changed)))


_STOPPED = "Learning was stopped before anything was learnt; everything stays as it was."
_ALIKE = "These pages do not read like the chosen word list; MARK has learnt this hand from the words that look alike."
_BETTER = "MARK has learnt this hand."
_NO_BETTER = "Learning made nothing better here, so everything stays as it was."
_NO_TIME = (
    "This time is too short to learn these pages on this computer; choose a longer one, or fewer pages."
)
