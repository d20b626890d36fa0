"""What of a collection is learnt from, and whether it reads like its word list."""

from __future__ import annotations

import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.retrieval.gallery import Gallery
from mark_core.training.labelers import PseudoLabels
from mark_core.training.lexicon import Lexicon

KEEP = (0.5, 0.75)  # share of the crops that is learnt from, in the first cycles and at last
MIN_READ = 0.02  # share of the crops with a label that read like one; below it the script is another


def choose(pseudo_labels: PseudoLabels, share: float) -> np.ndarray:
    """Crops to learn from: the surest ``share`` of all, of those that have a label and agree with themselves."""
    usable = pseudo_labels.agreed & np.array([bool(label) for label in pseudo_labels.labels])
    order = np.argsort(-np.where(usable, pseudo_labels.confidence, -1.0), kind="stable")
    return np.sort(order[: min(int(share * len(order)), int(usable.sum()))])


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
    rows = choose(pseudo_labels, KEEP[0])
    return len(rows) > 0 and float(pseudo_labels.readable[rows].mean()) >= MIN_READ


def readings_of(encoding: Encoding) -> list[str]:
    """Words that may be drawn as wrong answers where no list gives any: what the crops read."""
    return [reading for reading in Gallery(encoding).readings if reading] or ["a"]
