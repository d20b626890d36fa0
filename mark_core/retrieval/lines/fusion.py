"""What boxes and lines say of a typed query, weighed against each other by the number of its letters.

A box whose extent agrees with a span gets the span's score as further evidence; a span that no box agrees with is a hit
of its own, shown at the word that it shares most ink with. The weights travel in the card of the weights that read the
lines (``calibration`` / ``lines``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mark_core.retrieval.lines.line_index import MISSING, FoundDivided, FoundSpans, LineIndex
from mark_core.segmentation.word import Box

LENGTHS = (2, 4, 7)  # letters of a query up to which each set of weights holds; the last holds beyond

# Log-odds by which what is read across the end of a line is likelier than another span without a box, by the number of
# letters: fitted on held-out hands, see docs/line-search.md
DIVIDED = (-2.0, -2.0, -1.6, 0.5)
_KINDS = ("both", "box", "alone")


@dataclass(frozen=True)
class LineWeights:
    """Log-odds of a hit, for each range of ``LENGTHS``.

    both: bias, weight of the log-odds of the box, weight of the score of the span. box: bias and weight of the log-odds
    of a box that no span agrees with: a caption in small type between large lines is read in its box alone. alone: bias
    and weight of the score of a span without a box.
    """

    both: tuple[tuple[float, float, float], ...] = (
        (1.0, 0.8, 1.5),
        (2.0, 0.5, 3.0),
        (2.5, 0.4, 4.0),
        (2.5, 0.4, 4.0),
    )
    box: tuple[tuple[float, float], ...] = ((-1.2, 0.7), (-1.1, 0.8), (0.0, 0.8), (0.0, 0.8))
    alone: tuple[tuple[float, float], ...] = ((-2.0, 2.0), (0.0, 4.0), (1.0, 5.0), (1.5, 5.0))

    @staticmethod
    def are_in(card: dict[str, Any]) -> bool:
        """Whether the card of the weights says how much lines count."""
        return bool((card.get("calibration") or {}).get("lines"))

    @classmethod
    def from_card(cls, card: dict[str, Any]) -> LineWeights:
        values = (card.get("calibration") or {}).get("lines") or {}
        known = {key: tuple(map(tuple, values[key])) for key in _KINDS if key in values}
        return cls(**known)

    def to_card(self) -> dict[str, Any]:
        return {key: [list(weights) for weights in getattr(self, key)] for key in _KINDS}


def length_class(letters: int) -> int:
    """Which set of weights a query of so many letters has."""
    return int(np.searchsorted(LENGTHS, letters))


@dataclass(frozen=True)
class LineHit:
    """A span that no box agrees with. word: number among all, at which it is shown. number: of the span. over: words
    whose ink it takes beside that. divided: it goes over the end of a line; ``word`` is then the last one there."""

    word: int
    logit: float
    number: int
    over: tuple[int, ...]
    divided: bool = False


def span_scores(index: LineIndex, found: FoundSpans) -> tuple[np.ndarray, list[int]]:
    """(R,) score of the best span that agrees with each row, MISSING without; and the spans that agree with none."""
    scores = np.full(len(index.line_of), MISSING)
    lonely = []
    for number, (line, start, stop) in enumerate(_places(found)):
        rows, _ = index.agreeing(line, start, stop)
        if len(rows):
            scores[rows] = np.maximum(scores[rows], found.score[number])
        else:
            lonely.append(number)
    return scores, lonely


def phrase_scores(
    index: LineIndex, found: FoundSpans, words: int, terms: int
) -> tuple[np.ndarray, list[int]]:
    """The same of phrases of ``terms`` words: (N,) at the word that each begins at, among N shown ones."""
    scores = np.full(words, MISSING)
    lonely = []
    for number, (line, start, stop) in enumerate(_places(found)):
        rows = np.sort(index.covered(line, start, stop, words))
        if len(rows) == terms and rows[-1] - rows[0] == terms - 1:
            scores[rows[0]] = max(scores[rows[0]], found.score[number])
        else:
            lonely.append(number)
    return scores, lonely


def fused(
    typed: np.ndarray, scores: np.ndarray, readable: np.ndarray, letters: int, weights: LineWeights
) -> np.ndarray:
    """Log-odds of rows from those of their boxes and the scores of spans; rows on no line that was read keep theirs."""
    number = length_class(letters)
    bias, of_box, of_span = weights.both[number]
    bias_alone, of_box_alone = weights.box[number]
    found = np.maximum(bias + of_box * typed + of_span * scores, bias_alone + of_box_alone * typed)
    return np.where(readable, found, typed)


def line_hits(
    index: LineIndex, found: FoundSpans, lonely: Sequence[int], words: int, letters: int, weights: LineWeights
) -> list[LineHit]:
    """Spans without a box as hits, the best first; those that touch no word of the page are left out."""
    bias, of_span = weights.alone[length_class(letters)]
    places = list(_places(found))
    hits = []
    for number in lonely:
        rows = index.covered(*places[number], words).tolist()
        if rows:
            logit = float(bias + of_span * found.score[number])
            hits.append(LineHit(rows[0], logit, number, tuple(rows[1:])))
    return hits


def divided_hits(
    index: LineIndex, found: FoundDivided, words: int, letters: int, weights: LineWeights
) -> list[tuple[LineHit, list[int]]]:
    """Spans over the end of a line as hits, the best first, each with the words that it covers, in reading order."""
    kind = length_class(letters)
    bias, of_span = weights.alone[kind]
    hits = []
    for number in range(len(found)):
        one, other = (index.covered(*part.place(number), words).tolist() for part in found.parts(number))
        if not one or not other:
            continue
        word, covered = min(other) - 1, sorted([*one, *other])
        if word < max(one):  # words that are not in the order of the lines
            continue
        logit = float(bias + of_span * found.score[number]) + DIVIDED[kind]
        over = tuple(row for row in covered if row != word)
        hits.append((LineHit(word, logit, number, over, divided=True), covered))
    return hits


def put_in(
    logit: np.ndarray,
    hits: Sequence[LineHit],
    box_of: Callable[[int], Box],
    boxes_of: Callable[[int], tuple[Box, ...]] = lambda number: (),
) -> tuple[np.ndarray, dict[int, tuple[Box, ...]]]:
    """(N,) log-odds of the words with those of hits that are likelier than the word they are shown at, and the boxes of
    these; words whose ink is in a likelier hit are none themselves. box_of: the box of a span on its page. boxes_of:
    those of a divided one."""
    out = logit.copy()
    boxes: dict[int, tuple[Box, ...]] = {}
    for hit in hits:
        if hit.logit > out[hit.word]:
            out[hit.word] = hit.logit
            boxes[hit.word] = boxes_of(hit.number) if hit.divided else (box_of(hit.number),)
            for word in hit.over:
                if out[word] < hit.logit and word not in boxes:
                    out[word] = -np.inf
    return out, boxes


def _places(found: FoundSpans) -> zip[tuple[int, float, float]]:
    return zip(found.line.tolist(), found.start.tolist(), found.stop.tolist(), strict=True)
