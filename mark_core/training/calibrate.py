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
_TEXT_SHARES = tuple((1.0, reading) for reading in (0.05, 0.1, 0.2, 0.4, 0.8))
_EXAMPLE_SHARES = tuple(
    (1.0, reading, shape) for shape in (0.0, 0.5, 1.5) for reading in (0.005, 0.015, 0.05, 0.15)
)
_FAR = 40  # words per query drawn from beyond the candidates, weighted to stand for all of them


def calibrate(
    model: MarkModel,
    collections: WordSet | Sequence[WordSet],
    seed: int = 0,
    hands: WordSet | None = None,
    choose_shares: bool = False,
) -> dict[str, list[float]]:
    """Bias and the weight of each evidence for typed and clicked queries, and the probabilities from which a hit of
    either is best taken for one, as ``Calibration`` reads them.

    collections: words that are searched together, as those of one hand; each is searched by itself for its own words,
    and for as many that only others have, for which nothing shall light up. hands: words in one face each (see
    ``synthesis.corpus.write_hands``), from which the weight of a clicked word beside a typed one is learnt too.
    choose_shares: how much each evidence counts beside the others is chosen on the collections, by mAP; otherwise it is
    ``SHARES``.
    """
    sets = [collections] if isinstance(collections, WordSet) else list(collections)
    galleries = [Gallery(model.encode_strips([words.strip(i) for i in range(len(words))])) for words in sets]
    keys = [words.labels for words in sets]
    shares = best_shares(model, galleries, keys) if choose_shares else SHARES
    g = np.random.default_rng(seed)
    rows: dict[str, list[np.ndarray]] = {"text": [], "example": [], "pattern": []}
    everywhere = np.unique(np.concatenate(keys))
    for gallery, here in zip(galleries, keys, strict=True):
        _collect(model, gallery, here, everywhere, len(sets), rows, g)
    fits = {kind: _fit(rows[kind], shares[kind]) for kind in ("text", "example")}
    fits["threshold"] = [best_threshold(rows[kind], fits[kind]) for kind in ("text", "example")]
    if rows["pattern"]:
        fits["pattern"] = _fit(rows["pattern"], (1.0,))
    if hands is not None:
        fits["balance"] = fit_balance(model, hands, Calibration.from_card({"calibration": fits}), seed)
    return fits


def _collect(
    model: MarkModel,
    gallery: Gallery,
    keys: np.ndarray,
    everywhere: np.ndarray,
    sets: int,
    rows: dict[str, list[np.ndarray]],
    g: np.random.Generator,
) -> None:
    """Add the evidence of all queries of one collection to ``rows``, see `_rows`."""
    typed = sorted({str(key) for key in keys if is_folded(str(key), model.alphabet)})
    absent = [str(key) for key in np.setdiff1d(everywhere, keys) if is_folded(str(key), model.alphabet)]
    absent = (
        [str(key) for key in g.choice(absent, min(len(absent), len(typed)), replace=False)] if absent else []
    )
    queries = typed + absent
    for vector, word in zip(model.embed_texts(queries), queries, strict=True):
        cosine = gallery.cosine(vector)
        rows["text"].append(_rows([cosine, gallery.agreement(word, cosine)], keys == word, g))
    for i in g.choice(len(keys), min(len(keys), max(40, 1500 // sets)), replace=False):
        cosine = gallery.cosine(gallery.encoding.vectors[i])
        cosine[i] = -2.0  # itself: beyond the candidates and never drawn
        agreement = gallery.agreement(gallery.readings[i], cosine)
        evidence = [cosine, agreement, gallery.likeness(gallery.encoding.shapes[i])]
        rows["example"].append(_rows(evidence, keys == keys[i], g, without=int(i)))
    patterns = g.choice(typed, min(len(typed), max(10, 300 // sets)), replace=False) if typed else ()
    for word in patterns if gallery.encoding.counts.any() else ():
        letters = pattern_of(str(word), g)
        expression = re.compile("".join({"*": ".*", "?": "."}.get(char, char) for char in letters))
        right = np.array([bool(expression.fullmatch(str(key))) for key in keys])
        rows["pattern"].append(_rows([gallery.pattern_agreement(letters)], right, g))


def best_shares(model: MarkModel, galleries: Sequence[Gallery], keys: Sequence[np.ndarray]) -> Shares:
    """Shares that rank the words of collections best, by the mAP of all queries: their reading is trusted as far as it
    proves right."""
    text = np.zeros(len(_TEXT_SHARES))
    example = np.zeros(len(_EXAMPLE_SHARES))
    for gallery, labels in zip(galleries, keys, strict=True):
        names = [str(label) for label in labels]
        typed = sorted({name for name in names if is_folded(name, model.alphabet)})
        vectors = gallery.encoding.vectors
        cosines = (model.embed_texts(typed) @ vectors.T, vectors @ vectors.T)
        read = [
            np.stack([gallery.agreement(word, row) for word, row in zip(words, rows, strict=True)])
            for words, rows in zip((typed, gallery.readings), cosines, strict=True)
        ]
        likeness = gallery.shapes @ gallery.shapes.T
        for i, (near, said) in enumerate(_TEXT_SHARES):
            scores = near * cosines[0] + said * read[0]
            text[i] += len(typed) * query_by_string(scores, typed, names).unique
        for i, (near, said, alike) in enumerate(_EXAMPLE_SHARES):
            scores = near * cosines[1] + said * read[1] + alike * likeness
            example[i] += len(names) * query_by_example(scores, names).weighted
    return {"text": _TEXT_SHARES[int(text.argmax())], "example": _EXAMPLE_SHARES[int(example.argmax())]}


def best_threshold(rows: list[np.ndarray], weights: list[float]) -> float:
    """The probability from which taking words for hits gives the best F1 over all queries together."""
    data = np.concatenate(rows)
    logit = weights[0] + data[:, :-2] @ np.array(weights[1:])
    order = np.argsort(-logit, kind="stable")
    right = np.cumsum(data[order, -2] * data[order, -1])
    f1 = 2 * right / (np.cumsum(data[order, -1]) + right[-1])
    return round(float(probability(logit[order[int(f1.argmax())]])), 3)


def pattern_of(word: str, g: np.random.Generator) -> tuple[str, ...]:
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


def _rows(
    evidence: list[np.ndarray], right: np.ndarray, g: np.random.Generator, without: int | None = None
) -> np.ndarray:
    """(M, K + 2): each of the K kinds of evidence, the cosine first; right or wrong; weight. without: a row that is the
    query itself."""
    cosine = evidence[0]
    order = np.argsort(-cosine)
    order = order[order != without]
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
