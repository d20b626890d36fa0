"""Learn a hand: a model improves itself on the crops of one collection, without a transcription.

Cycles of guessing and learning (see ``labelling``): guess every word from a lexicon, keep the guesses that are sure
twice (in themselves, and when the crop is drawn a little differently), train on them for some steps, guess again.
Typed words keep their vectors all the while: only the image side moves towards them. Nothing is taken over unless
the collection agrees more with itself afterwards than before.
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from mark_core.errors import MarkError
from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.model.strip import pad_strips
from mark_core.model.weights import from_bytes, make_card, to_bytes
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.scoring import Calibration
from mark_core.training.data import Batch, augment
from mark_core.training.labelling import Guesses, guess_words
from mark_core.training.learner import Learner, Recipe
from mark_core.training.lexicon import Lexicon

Progress = Callable[[str, float], None]  # name of the step, share done 0..1

TYPED_SIDE = ("clip.text", "gate_in", "gate_out", "text_to_image", "image_to_text")
MIN_WORDS = 60  # a smaller collection teaches nothing that lasts
MIN_FIT = (
    0.12  # share of sure readings that stand in the lexicon; below it the language or the script is another
)
STEPS = 100  # of a cycle
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


@dataclass(frozen=True)
class Adaptation:
    """network: the better one of before and after; improved: whether it is another than before; cycles: the states
    from the first on; sentence: what a person should know."""

    network: MarkNetwork
    improved: bool
    sentence: str
    cycles: tuple[Cycle, ...] = field(default=())

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
    lexicon: Lexicon,
    minutes: float = 8.0,
    known: dict[int, str] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Adaptation:
    """Adapt a copy of ``model`` to the strips of a collection (see ``to_strip``); ``model`` itself stays as it is.

    known: words that a person confirmed or typed, by number of the crop; they are learnt as they are. stop: set it
    to end early with the best state so far. Raises MarkError for a model that does not read or too few words.
    """
    if not model.network.config.ctc_head:
        raise MarkError("These weights have no reading head and cannot learn a hand.")
    if len(strips) < MIN_WORDS:
        raise MarkError(f"Learning a hand needs at least {MIN_WORDS} words; these pages have {len(strips)}.")
    job = _Job(
        model, strips, lexicon, minutes, known or {}, seed, progress or (lambda step, done: None), stop
    )
    return job.run()


class _Job:
    def __init__(self, model, strips, lexicon, minutes, known, seed, report, stop) -> None:
        self.model, self.strips, self.lexicon, self.known = model, strips, lexicon, known
        self.seconds, self.seed, self.report = 60 * minutes, seed, report
        self.stop = stop or threading.Event()
        self.calibration = Calibration.from_card(model.card)
        self.vectors = _embed_lexicon(model, lexicon)

    def run(self) -> Adaptation:
        since = time.monotonic()
        self.report("Reading the words", 0.0)
        encoding, guesses, agreed = self._guess(self.model, 0)
        fit = lexicon_fit(encoding, self.lexicon)
        states = [self._cycle(0, guesses, agreed, guesses)]
        if fit < MIN_FIT:
            return Adaptation(self.model.network, False, _MISFIT, tuple(states))
        learner = Learner(
            copy.deepcopy(self.model.network),
            _RECIPE,
            list(self.lexicon.words),
            frozen=TYPED_SIDE,
            device=str(self.model.device),
        )
        best, best_state, step, longest = self.model.network, states[0], 0, 0.0
        while not self.stop.is_set():
            begun = time.monotonic()
            left = self.seconds - (begun - since)
            if left < longest:
                break
            share = _KEEP[0] if len(states) < 3 else _KEEP[1]
            rows = choose(guesses, agreed, share)
            step = self._learn(learner, guesses, rows, step, since)
            network = learner.averaged()
            before = guesses
            _, guesses, agreed = self._guess(
                MarkModel(network, self.model.card, str(self.model.device)), len(states)
            )
            states.append(self._cycle(len(rows), guesses, agreed, before))
            longest = max(longest, time.monotonic() - begun)
            if states[-1].agreement * states[-1].confidence > best_state.agreement * best_state.confidence:
                best, best_state = network, states[-1]
            elif len(states) > 4 and best_state not in states[-3:]:
                break  # three cycles without getting better
        improved = best is not self.model.network
        return Adaptation(best, improved, _BETTER if improved else _NO_BETTER, tuple(states))

    def _guess(self, model: MarkModel, cycle: int) -> tuple[Encoding, Guesses, np.ndarray]:
        """Encodings, guesses, and for every crop whether a changed drawing of it gets the same word."""
        g = np.random.default_rng([self.seed, 1, cycle])
        encoding = model.encode_strips(self.strips)
        guesses = guess_words(encoding, self.lexicon, self.vectors, self.calibration)
        changed = model.encode_strips([augment(strip, g) for strip in self.strips])
        again = guess_words(changed, self.lexicon, self.vectors, self.calibration)
        return encoding, guesses, guesses.word == again.word

    def _cycle(self, learnt: int, guesses: Guesses, agreed: np.ndarray, before: Guesses) -> Cycle:
        return Cycle(
            learnt,
            float(agreed.mean()),
            float(guesses.confidence.mean()),
            float((guesses.word != before.word).mean()),
        )

    def _learn(self, learner: Learner, guesses: Guesses, rows: np.ndarray, step: int, since: float) -> int:
        g = np.random.default_rng([self.seed, 2, step])
        labels = {int(i): self.lexicon.words[guesses.word[i]] for i in rows} | self.known
        batches = batches_of(self.strips, labels, set(self.known), STEPS, _RECIPE.labels, _RECIPE.views, g)
        for batch in batches:
            if self.stop.is_set():
                break
            learner.update(batch, step)
            step += 1
            if step % 5 == 0:
                self.report("Learning the hand", min(0.99, (time.monotonic() - since) / self.seconds))
        return step


_MISFIT = (
    "These pages do not read like the chosen word list, so nothing was learnt; another language may fit, "
    "and searching by a clicked word works as before."
)
_BETTER = "MARK has learnt this hand."
_NO_BETTER = "Learning made nothing better here, so everything stays as it was."


def lexicon_fit(encoding: Encoding, lexicon: Lexicon) -> float:
    """Share of the readings of four letters or more that stand in the lexicon as they are, 0..1.

    Letters of another script read as a Latin jumble, and words of another language are seldom also words of this one.
    """
    known = set(lexicon.words)
    readings = [reading for reading in Gallery(encoding).readings if len(reading) >= 4]
    return float(np.mean([reading in known for reading in readings])) if readings else 0.0


def choose(guesses: Guesses, agreed: np.ndarray, share: float) -> np.ndarray:
    """Crops to learn from: the surest ``share`` of all, of those that agree with themselves."""
    order = np.argsort(-np.where(agreed, guesses.confidence, -1.0), kind="stable")
    count = min(int(share * len(order)), int(agreed.sum()))
    return np.sort(order[:count])


def batches_of(
    strips: Sequence[np.ndarray],
    labels: dict[int, str],
    sure: set[int],
    count: int,
    words: int,
    views: int,
    g: np.random.Generator,
) -> list[Batch]:
    """``count`` batches of ``words`` labels x ``views`` crops, words of like width together.

    A word is drawn as often as the root of its number of crops: frequent words are surer, but are not everything.
    Crops in ``sure`` count four times. A word with one crop is shown twice, drawn differently.
    """
    members: dict[str, list[int]] = {}
    for row, label in labels.items():
        members.setdefault(label, []).extend([row] * (4 if row in sure else 1))
    names = sorted(members)
    weight = np.sqrt([len(members[name]) for name in names])
    drawn = g.choice(len(names), count * words, p=weight / weight.sum())
    width = np.array([np.median([strips[i].shape[1] for i in members[name]]) for name in names])
    span = 8 * words
    for start in range(0, len(drawn), span):
        part = drawn[start : start + span]
        drawn[start : start + span] = part[np.argsort(width[part], kind="stable")]
    batches = drawn.reshape(count, words)
    out = []
    for batch in batches[g.permutation(count)]:
        crops, texts = [], []
        for name in batch:
            rows = members[names[name]]
            for row in g.choice(rows, views, replace=len(rows) < views):
                crops.append(augment(strips[row], g))
                texts.append(names[name])
        out.append(Batch(pad_strips(crops), texts, np.ones(len(texts), bool)))
    return out


def _embed_lexicon(model: MarkModel, lexicon: Lexicon) -> np.ndarray:
    """(V, D) float32; words of like length together, because padding costs."""
    order = sorted(range(len(lexicon)), key=lambda i: len(lexicon.words[i]))
    out = np.empty((len(lexicon), model.dim), np.float32)
    for start in range(0, len(order), 2048):
        rows = order[start : start + 2048]
        out[rows] = model.embed_texts([lexicon.words[i] for i in rows])
    return out
