"""How much likelier or less a span over the end of a line is than another span without a box.

``python benchmarks/lines/divided_weights.py CORPUS [--hands 24]``: lines of held-out hands, one under the other, make
pages, see ``training.real.hand_pages``. Sought are the words of each page, as many of others, and for every end of a
line the last word and the first of the next typed as one, which stands there by design. About one end of a line in
ten divides a word (886 of 14,521 in the corpus are marked, about as many are not), so what is sought by design counts
a tenth. Printed is the offset that fits best beside the weights in the card, by number of letters."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from scipy.optimize import minimize_scalar

from mark_core.evaluation.boxes import likeness
from mark_core.model.mark import MarkModel, load_model
from mark_core.retrieval.lines.fusion import LineWeights, divided_hits, length_class
from mark_core.retrieval.query import parse_query
from mark_core.retrieval.scoring import Calibration
from mark_core.training.line_weights import KnownPage, index_pages
from mark_core.training.real.corpus import read_corpus
from mark_core.training.real.hand_pages import hand_pages

DESIGNED = 0.1  # weight of what stands over the end of a line by design
SHORTEST = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--hands", type=int, default=24)
    options = parser.parse_args()
    model = load_model()
    g = np.random.default_rng(0)
    made = list(hand_pages(model, [line for line in read_corpus(options.corpus).lines if line.held_out]))
    order = g.permutation(len(made))[: options.hands]
    pages = index_pages(model, [made[number] for number in order])
    everywhere = np.unique([text for page in pages for text in page.known.texts])
    kinds: list[list[tuple[float, bool, float]]] = [[], [], [], []]
    found = sought = 0
    for page in pages:
        designed = _designed(page)
        own = np.unique(page.known.texts).tolist()
        others = g.choice(everywhere, min(len(own), len(everywhere)), replace=False).tolist()
        for word in [*designed, *own, *(set(others) - set(own))]:
            if len(word) < SHORTEST:
                continue
            spans = _spans(page, model, word, designed.get(word))
            weight = DESIGNED if word in designed else 1.0
            kinds[length_class(len(word))] += [(score, right, weight) for score, right in spans]
            sought += word in designed
            found += any(right for _, right in spans)
    print(f"{len(pages)} hands; both parts of {found} of {sought} words over the end of a line are found")
    for kind, weights in enumerate(LineWeights.from_card(model.card).alone):
        if kinds[kind]:
            print(
                f"kind {kind}: {len(kinds[kind])} spans, offset {_offset(np.array(kinds[kind], float), weights):.2f}"
            )


def _designed(page: KnownPage) -> dict[str, tuple[int, int]]:
    """The last word of every line and the first of the next as one word, with their numbers on the page."""
    ends = np.flatnonzero(np.diff(page.known.boxes[:, 1]) > 0).tolist()
    return {page.known.texts[row] + page.known.texts[row + 1]: (row, row + 1) for row in ends}


def _spans(
    page: KnownPage, model: MarkModel, word: str, rows: tuple[int, int] | None
) -> list[tuple[float, bool]]:
    """Score of every span of a word over the end of a line, and whether both its parts are right."""
    now = page.snapshot(MarkModel(model.network, model.card, "cpu"), Calibration.from_card(model.card))
    if now.lines is None:
        return []
    _, divided = now.lines.find(parse_query(word, alphabet=model.alphabet))
    out = []
    for hit, _ in divided_hits(now.lines, divided, now.candidates.words, len(word), LineWeights()):
        boxes = np.array(divided.boxes(hit.number), float) / page.scale
        right = rows is not None and bool(likeness(boxes, page.known.boxes[list(rows)])[2].diagonal().all())
        out.append((float(divided.score[hit.number]), right))
    return out


def _offset(spans: np.ndarray, weights: tuple[float, float]) -> float:
    score, right, weight = spans.T
    logit = weights[0] + weights[1] * score

    def loss(offset: float) -> float:
        return float((weight * (np.logaddexp(0, logit + offset) - right * (logit + offset))).sum())

    return float(minimize_scalar(loss, bounds=(-8, 8), method="bounded").x)


if __name__ == "__main__":
    main()
