"""Training on real hands, from transcribed lines to weights: what the steps of ``train`` do with real words.

A folder of words holds ``train.npz`` and ``held-out.npz``: words cut out of lines by forced alignment (see
``real_words``), the latter of hands that are never trained on.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mark_core.errors import MarkError
from mark_core.model.alphabet import fold_lenient, is_folded
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.training.data import WordSet
from mark_core.training.real.corpus import read_corpus
from mark_core.training.real.lines import Line
from mark_core.training.real.mixture import MixedBatches, Mixture
from mark_core.training.real.reading_errors import character_error_rates
from mark_core.training.real.real_words import RealWord, cut_words
from mark_core.training.validate import RenderedValidation
from mark_core.whole_file import whole_file

TRAIN, HELD_OUT = "train.npz", "held-out.npz"
_CHECKED_WORDS = 3000  # held-out words that are searched while training
_CHECKED_LINES = 400  # held-out lines that are read while training
_FEWEST = 60  # words of a held-out hand that is searched by itself to calibrate


def write_words(model: MarkModel, corpus: Path, out: Path, least: float) -> dict[str, Any]:
    """Cut the words out of a corpus of lines and write them to the folder ``out``.

    least: confidence from which a word is kept, in nats a letter. Returns counts: of lines, words and unused lines by
    reason. Raises MarkError when the corpus has no line that can be used.
    """
    found = read_corpus(corpus)
    lines = [line for line in found.lines if all(is_folded(word, model.alphabet) for word in line.words)]
    if not lines:
        raise MarkError("No line of {folder} can be used.", folder=str(corpus))
    words = list(cut_words(model, lines, least))
    out.mkdir(parents=True, exist_ok=True)
    for name, held_out in ((TRAIN, False), (HELD_OUT, True)):
        chosen = [word for word in words if lines[word.line].held_out == held_out]
        _save(out / name, sorted(chosen, key=lambda word: word.label), lines)
    return {
        "lines": len(lines),
        "words": sum(len(line.words) for line in lines),
        "words kept": len(words),
        "unused": dict(found.unused),
        "of letters that these weights do not read": len(found.lines) - len(lines),
    }


def _save(path: Path, words: list[RealWord], lines: list[Line]) -> None:
    """Like a shard of rendered words; ``scripts`` holds the hand of every word."""
    nothing = np.zeros((48, 0), np.uint8)
    arrays = {
        "pixels": np.concatenate([nothing, *(word.strip for word in words)], axis=1),
        "widths": np.array([word.strip.shape[1] for word in words], np.int32),
        "labels": np.array([word.label for word in words]),
        "scripts": np.array([lines[word.line].hand for word in words]),
    }
    with whole_file(path) as file:
        np.savez(file, **arrays)


@dataclass(frozen=True)
class RealInk:
    """words, held_out_words: their ``scripts`` are hands. lines: of the corpus, held-out ones among them."""

    words: WordSet
    held_out_words: WordSet
    lines: list[Line]

    @classmethod
    def load(cls, folder: Path, corpus: Path) -> RealInk:
        """What ``write_words`` wrote, with the lines it came from. Raises MarkError if something is missing."""
        for name in (TRAIN, HELD_OUT):
            if not (folder / name).exists():
                raise MarkError(
                    "{folder} holds no {name}; run `train words` first.", folder=str(folder), name=name
                )
        return cls(
            WordSet.load([folder / TRAIN]), WordSet.load([folder / HELD_OUT]), read_corpus(corpus).lines
        )

    def batches(self, rendered: WordSet, mixture: Mixture, seed: int, foreign: float) -> MixedBatches:
        """Training batches of rendered and real words and whole lines."""
        lines = [line for line in self.lines if not line.held_out]
        return MixedBatches(folded(rendered), self.words, lines, mixture, seed, foreign)

    def hands(self) -> list[WordSet]:
        """The held-out words hand by hand, of hands with enough of them to be searched."""
        hands = Counter(self.held_out_words.scripts.tolist())
        return [
            self.held_out_words.rows(np.flatnonzero(self.held_out_words.scripts == hand))
            for hand, count in sorted(hands.items())
            if count >= _FEWEST
        ]


class RealValidation:
    """Figures of held-out hands, and of rendered words: QBS and QBE mAP of the vectors alone, letters read wrongly.

    extra: sets whose figures are printed for information.
    """

    def __init__(self, real: RealInk, rendered: WordSet, extra: dict[str, WordSet] | None = None) -> None:
        g = np.random.default_rng(0)
        held_out = real.held_out_words
        some = np.sort(g.permutation(len(held_out))[:_CHECKED_WORDS])
        self._words = RenderedValidation(folded(rendered), {"held_out": held_out.rows(some), **(extra or {})})
        lines = [line for line in real.lines if line.held_out]
        self._lines = [lines[i] for i in g.permutation(len(lines))[:_CHECKED_LINES]]

    def __call__(self, network: MarkNetwork) -> dict[str, float]:
        out = self._words(network)
        out |= character_error_rates(MarkModel(network, device="cpu"), self._lines)
        return {key: round(value, 3) for key, value in out.items()}


def folded(words: WordSet) -> WordSet:
    """The same words with their labels folded to the letters of today's scripts."""
    labels = np.array([fold_lenient(str(label)) for label in words.labels])
    return replace(words, labels=labels)
