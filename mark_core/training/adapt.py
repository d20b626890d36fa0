"""Learn a hand: a model improves itself on the crops of one collection, without a transcription.

Cycles of guessing and learning: a teacher (see ``teachers``) says which crops are which word, by a word list or
because they look alike; train for some steps on those that are sure twice, in themselves and when the crop is drawn a
little differently; ask again. Typed words keep their vectors all the while: only the image side moves towards them.
Nothing is taken over unless the collection agrees more with itself afterwards than before.
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
from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.model.weights import from_bytes, make_card, to_bytes
from mark_core.retrieval.gallery import Gallery
from mark_core.training.batches import batches_of
from mark_core.training.data import augment
from mark_core.training.labelers import Labeler, PseudoLabels, make_labeler
from mark_core.training.learner import Learner, Recipe
from mark_core.training.lexicon import Lexicon
from mark_core.training.word_vectors import TYPED_SIDE, Tick

Progress = Callable[[str, float], None]  # name of the step, share done 0..1

MIN_WORDS = 60  # a smaller collection teaches nothing that lasts
MIN_LEARNT = 30  # crops with a label; fewer are no lesson
MIN_FIT = (
    0.12  # share of sure readings that stand in the lexicon; below it the language or the script is another
)
MIN_READ = 0.02  # share of the crops with a label that read like one; below it the script is another
STEPS = 100  # of a cycle
_TOGETHER = 512  # crops that are looked at between two reports
_KEEP = (0.5, 0.75)  # share of the crops that is learnt from, in the first cycles and at last
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
) -> Adaptation:
    """Adapt a copy of ``model`` to the strips of a collection (see ``to_strip``); ``model`` itself stays as it is.

    lexicon: words the collection may contain; None: whatever looks alike in it (see ``teachers``). known: words that
    a person confirmed or typed, by number of the crop; they are learnt as they are. stop: set it to end early with
    the best state so far. watch: is told the first and the best state whenever there is a better one. Raises
    MarkError for a model that does not read or too few words.
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
    known = {row: text for row, text in folded.items() if is_folded(text)}
    if lexicon is not None:
        lexicon = lexicon.with_words(known.values())
    report = progress or (lambda step, done: None)
    return _Job(model, strips, lexicon, minutes, known, seed, report, stop, watch, cycles).run()


class _Job:
    def __init__(self, model, strips, lexicon, minutes, known, seed, report, stop, watch, cycles) -> None:
        self.model, self.strips, self.lexicon, self.known = model, strips, lexicon, known
        self.seconds, self.seed, self.report = 60 * minutes, seed, report
        self.cycles = cycles
        self.stop = stop or threading.Event()
        self.watch = watch or (lambda before, best: None)

    def run(self) -> Adaptation:
        since = time.monotonic()
        try:
            encoding, pseudo_labels, labeler, misfit = self._prepare()
        except _Stopped:
            return Adaptation(self.model.network, False, _STOPPED)
        states = [_cycle(0, pseudo_labels, pseudo_labels)]
        learner = Learner(
            copy.deepcopy(self.model.network),
            _RECIPE,
            list(self.lexicon.words) if self.lexicon else _readings(encoding),
            frozen=TYPED_SIDE,
            device=str(self.model.device),
            before=None if is_read(pseudo_labels) else self.model.network,
        )
        best, step, longest = self.model.network, 0, 0.0
        while not self.stop.is_set():
            begun = time.monotonic()
            left = self.seconds - (begun - since)
            out_of_time = len(states) > 1 and left < longest
            if out_of_time if self.cycles is None else len(states) > self.cycles:
                break
            rows = choose(pseudo_labels, _KEEP[0] if len(states) < 3 else _KEEP[1])
            if len(rows) + len(self.known) < MIN_LEARNT:
                break
            step = self._learn(learner, pseudo_labels, rows, step, since)
            network = learner.averaged()
            before = pseudo_labels
            seen = self._see(MarkModel(network, self.model.card, str(self.model.device)), len(states))
            pseudo_labels = labeler.label(*seen)
            states.append(_cycle(len(rows), pseudo_labels, before))
            longest = max(longest, time.monotonic() - begun)
            kept = best_of(states)
            if kept is states[-1]:
                best = network
                self.watch(states[0], kept)
            elif len(states) > 4 and kept not in states[-3:]:
                break  # three cycles without getting better
        improved = best is not self.model.network
        sentence = (_ALIKE if misfit else _BETTER) if improved else _NO_BETTER
        return Adaptation(best, improved, sentence, tuple(states))

    def _prepare(self) -> tuple[Encoding, PseudoLabels, Labeler, bool]:
        """What the crops are before anything is learnt, the first lesson, who gives it, and whether that is not the
        list that was asked for, because the pages do not read like it. Raises _Stopped."""
        encoding, changed = self._see(self.model, 0, self._tick("Reading the words"))
        misfit = self.lexicon is not None and lexicon_fit(encoding, self.lexicon) < MIN_FIT
        if misfit:
            self.lexicon = None
        tick = self._tick("Learning the word list" if self.lexicon else "Looking for words that are alike")
        labeler = make_labeler(self.model, self.lexicon, tick)
        tick(1.0)
        return encoding, labeler.label(encoding, changed), labeler, misfit

    def _tick(self, step: str) -> Tick:
        def tick(share: float) -> None:
            if self.stop.is_set():
                raise _Stopped
            self.report(step, share)

        return tick

    def _see(self, model: MarkModel, cycle: int, tick: Tick | None = None) -> tuple[Encoding, Encoding]:
        """The crops as the model sees them, and a changed drawing of each."""
        g = np.random.default_rng([self.seed, 1, cycle])
        first: list[Encoding] = []
        again: list[Encoding] = []
        for start in range(0, len(self.strips), _TOGETHER):
            if tick is not None:
                tick(start / len(self.strips))
            strips = self.strips[start : start + _TOGETHER]
            first.append(model.encode_strips(strips))
            again.append(model.encode_strips([augment(strip, g) for strip in strips]))
        return Encoding.join(first), Encoding.join(again)

    def _learn(
        self, learner: Learner, pseudo_labels: PseudoLabels, rows: np.ndarray, step: int, since: float
    ) -> int:
        g = np.random.default_rng([self.seed, 2, step])
        labels = {int(i): (pseudo_labels.labels[i], bool(pseudo_labels.readable[i])) for i in rows}
        labels |= {i: (text, True) for i, text in self.known.items()}
        batches = batches_of(self.strips, labels, set(self.known), STEPS, _RECIPE.labels, _RECIPE.views, g)
        for batch in batches:
            if self.stop.is_set():
                break
            learner.update(batch, step)
            step += 1
            if step % 5 == 0:
                self.report("Learning the hand", min(0.99, (time.monotonic() - since) / self.seconds))
        return step


def best_of(states: Sequence[Cycle]) -> Cycle:
    """The state worth keeping, of equal ones the earlier. Surer alone is not better: a model can become sure of what
    it no longer sees twice alike, so none counts in which fewer crops agree than in the first."""
    return max(
        (state for state in states if state.agreement >= states[0].agreement), key=lambda state: state.worth
    )


def _cycle(learnt: int, pseudo_labels: PseudoLabels, before: PseudoLabels) -> Cycle:
    changed = [a != b for a, b in zip(pseudo_labels.labels, before.labels, strict=True)]
    return Cycle(learnt, float(pseudo_labels.agreed.mean()), pseudo_labels.certainty, float(np.mean(changed)))


def _readings(encoding: Encoding) -> list[str]:
    """Words that may be drawn as wrong answers where no list gives any: what the crops read."""
    return [reading for reading in Gallery(encoding).readings if reading] or ["a"]


class _Stopped(Exception):
    """Before anything was learnt."""


_STOPPED = "Learning was stopped before anything was learnt; everything stays as it was."
_ALIKE = "These pages do not read like the chosen word list; MARK has learnt this hand from the words that look alike."
_BETTER = "MARK has learnt this hand."
_NO_BETTER = "Learning made nothing better here, so everything stays as it was."


def lexicon_fit(encoding: Encoding, lexicon: Lexicon) -> float:
    """Share of the readings of four letters or more that stand in the lexicon as they are, 0..1.

    Letters of another script read as a Latin jumble, and words of another language are seldom also words of this one.
    """
    known = set(lexicon.words)
    readings = [reading for reading in Gallery(encoding).readings if len(reading) >= 4]
    return float(np.mean([reading in known for reading in readings])) if readings else 0.0


def is_read(pseudo_labels: PseudoLabels) -> bool:
    """Whether the letters of some crops are known. Where those of none are, learning must not cost what typed words
    find all the same, such as names in Latin letters."""
    rows = choose(pseudo_labels, _KEEP[0])
    return len(rows) > 0 and float(pseudo_labels.readable[rows].mean()) >= MIN_READ


def choose(pseudo_labels: PseudoLabels, share: float) -> np.ndarray:
    """Crops to learn from: the surest ``share`` of all, of those that have a label and agree with themselves."""
    usable = pseudo_labels.agreed & np.array([bool(label) for label in pseudo_labels.labels])
    order = np.argsort(-np.where(usable, pseudo_labels.confidence, -1.0), kind="stable")
    return np.sort(order[: min(int(share * len(order)), int(usable.sum()))])
