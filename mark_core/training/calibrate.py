"""Turn evidence into probabilities: Platt scaling on rendered words of unseen faces and unseen spelling.

Platt, "Probabilistic outputs for support vector machines", 1999, here with two features (cosine, reading).
Every query is ranked over the whole validation gallery, so the base rate is that of a search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from mark_core.evaluation.metrics import query_by_example, query_by_string
from mark_core.model.alphabet import is_folded
from mark_core.model.mark import MarkModel
from mark_core.retrieval.gallery import CANDIDATES, Gallery
from mark_core.retrieval.scoring import Calibration, probability
from mark_core.training.data import WordSet
from mark_core.training.example_weight import fit_balance

# How much each evidence counts: cosine, agreement of the reading, likeness of the shape. A free fit would trust the
# reading far more, because rendered words are easier to read than real hands; these shares were chosen on real
# pages (docs/training-log.md) and only the scale and the bias are fitted.
SHARES = {"text": (1.0, 0.2), "example": (1.0, 0.015, 1.5)}
Shares = dict[str, tuple[float, ...]]
_TEXT_SHARES = tuple((1.0, reading) for reading in (0.05, 0.1, 0.2, 0.4))
_EXAMPLE_SHARES = tuple(
    (1.0, reading, shape) for shape in (0.0, 0.5, 1.5) for reading in (0.005, 0.015, 0.05, 0.15)
)
_FAR = 40  # words per query drawn from beyond the candidates, weighted to stand for all of them


def calibrate(
    model: MarkModel,
    words: WordSet,
    seed: int = 0,
    hands: WordSet | None = None,
    real: bool = False,
) -> dict[str, list[float]]:
    """Bias and the weight of each evidence for typed and clicked queries, and the probabilities from which a hit of
    either is best taken for one, as ``Calibration`` reads them.

    hands: words in one face each (see ``synthesis.corpus.write_hands``), from which the weight of a clicked word beside
    a typed one is learnt too. real: the words are of the hands that will be searched, not rendered, so how much each
    evidence counts beside the others is chosen on them.
    """
    gallery = Gallery(model.encode_strips([words.strip(i) for i in range(len(words))]))
    keys = words.labels
    shares = best_shares(model, gallery, [str(key) for key in keys]) if real else SHARES
    g = np.random.default_rng(seed)
    typed = sorted({str(k) for k in keys if is_folded(str(k), model.alphabet)})
    vectors = model.embed_texts(typed)
    text_rows = []
    for vector, word in zip(vectors, typed, strict=True):
        cosine = gallery.cosine(vector)
        text_rows.append(_rows([cosine, gallery.agreement(word, cosine)], keys == word, g))
    example_rows = []
    for i in g.choice(len(words), min(len(words), 1500), replace=False):
        cosine = gallery.cosine(gallery.encoding.vectors[i])
        cosine[i] = -2.0  # itself: beyond the candidates and never drawn
        agreement = gallery.agreement(gallery.readings[i], cosine)
        evidence = [cosine, agreement, gallery.likeness(gallery.encoding.shapes[i])]
        example_rows.append(_rows(evidence, keys == keys[i], g))
    pattern_rows = []
    for word in g.choice(typed, min(len(typed), 300), replace=False) if gallery.encoding.counts.any() else ():
        letters = _pattern(str(word), g)
        expression = re.compile("".join({"*": ".*", "?": "."}.get(char, char) for char in letters))
        right = np.array([bool(expression.fullmatch(str(key))) for key in keys])
        pattern_rows.append(_rows([gallery.pattern_agreement(letters)], right, g))
    fits = {"text": _fit(text_rows, shares["text"]), "example": _fit(example_rows, shares["example"])}
    fits["threshold"] = [
        best_threshold(text_rows, fits["text"]),
        best_threshold(example_rows, fits["example"]),
    ]
    if pattern_rows:
        fits["pattern"] = _fit(pattern_rows, (1.0,))
    if hands is not None:
        fits["balance"] = fit_balance(model, hands, Calibration.from_card({"calibration": fits}), seed)
    return fits


def best_shares(model: MarkModel, gallery: Gallery, keys: Sequence[str]) -> Shares:
    """Shares that rank the words of a gallery best, by the mAP of all queries: their reading is trusted as far as it
    proves right."""
    typed = sorted({key for key in keys if is_folded(key, model.alphabet)})
    vectors = gallery.encoding.vectors
    cosines = model.embed_texts(typed) @ vectors.T, vectors @ vectors.T
    read = [
        np.stack([gallery.agreement(word, cosine) for word, cosine in zip(asked, near, strict=True)])
        for asked, near in zip((typed, gallery.readings), cosines, strict=True)
    ]
    evidence = ((cosines[0], read[0]), (cosines[1], read[1], gallery.shapes @ gallery.shapes.T))

    def worth(kinds: tuple[np.ndarray, ...], share: tuple[float, ...]) -> float:
        scores = sum(weight * values for weight, values in zip(share, kinds, strict=True))
        if len(kinds) == 2:
            return query_by_string(scores, typed, keys).unique
        return query_by_example(scores, keys).weighted

    return {
        "text": max(_TEXT_SHARES, key=lambda share: worth(evidence[0], share)),
        "example": max(_EXAMPLE_SHARES, key=lambda share: worth(evidence[1], share)),
    }


def best_threshold(rows: list[np.ndarray], weights: list[float]) -> float:
    """The probability from which taking words for hits gives the best F1 over all queries together."""
    data = np.concatenate(rows)
    logit = weights[0] + data[:, :-2] @ np.array(weights[1:])
    order = np.argsort(-logit, kind="stable")
    right = np.cumsum(data[order, -2] * data[order, -1])
    f1 = 2 * right / (np.cumsum(data[order, -1]) + right[-1])
    return round(float(probability(logit[order[int(f1.argmax())]])), 3)


def _pattern(word: str, g: np.random.Generator) -> tuple[str, ...]:
    """The word as a pattern: a letter left open, or only its beginning or its end given."""
    cut = int(g.integers(1, max(2, len(word))))
    choice = g.random()
    if choice < 0.4:
        return (*word[:cut], "*")
    if choice < 0.6:
        return ("*", *word[cut - 1 :])
    spot = int(g.integers(len(word)))
    open_letter = (*word[:spot], "?", *word[spot + 1 :])
    return open_letter if set(open_letter) != {"?"} else (*word, "*")


def _rows(evidence: list[np.ndarray], right: np.ndarray, g: np.random.Generator) -> np.ndarray:
    """(M, K + 2): each of the K kinds of evidence, the cosine first; right or wrong; weight."""
    cosine = evidence[0]
    order = np.argsort(-cosine)
    near, far = order[:CANDIDATES], order[CANDIDATES:]
    far = far[cosine[far] >= -1.5]
    drawn = g.choice(far, min(_FAR, len(far)), replace=False)
    chosen = np.concatenate([near, drawn])
    weight = np.concatenate([np.ones(len(near)), np.full(len(drawn), len(far) / max(1, len(drawn)))])
    return np.stack([*(values[chosen] for values in evidence), right[chosen], weight], axis=1)


def _fit(rows: list[np.ndarray], shares: tuple[float, ...]) -> list[float]:
    from sklearn.linear_model import LogisticRegression

    data = np.concatenate(rows)
    evidence = data[:, :-2] @ np.array(shares)
    fit = LogisticRegression(C=1e4, max_iter=500).fit(
        evidence[:, None], data[:, -2], sample_weight=data[:, -1]
    )
    scale = float(fit.coef_[0, 0])
    return [round(value, 5) for value in (float(fit.intercept_[0]), *(scale * share for share in shares))]
