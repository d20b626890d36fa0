"""Turn evidence into probabilities: Platt scaling on rendered words of unseen faces and unseen spelling.

Platt, "Probabilistic outputs for support vector machines", 1999, here with two features (cosine, reading).
Every query is ranked over the whole validation gallery, so the base rate is that of a search.
"""

from __future__ import annotations

import numpy as np

from mark_core.model.alphabet import is_supported
from mark_core.model.mark import MarkModel
from mark_core.retrieval.gallery import CANDIDATES, Gallery
from mark_core.training.data import WordSet

# How much the reading counts beside the cosine. A free fit would trust it far more, because rendered words are
# easier to read than real hands; these shares were chosen on real pages (docs/training-log.md) and only the
# scale and the bias are fitted.
READING_SHARE = {"text": 0.2, "example": 0.015}
_FAR = 40  # words per query drawn from beyond the candidates, weighted to stand for all of them


def calibrate(model: MarkModel, words: WordSet, seed: int = 0) -> dict[str, list[float]]:
    """Weights (bias, cosine, reading) for typed and clicked queries, as ``Calibration`` reads them."""
    gallery = Gallery(model.encode_strips([words.strip(i) for i in range(len(words))]))
    keys = words.labels
    g = np.random.default_rng(seed)
    typed = sorted({str(k) for k in keys if is_supported(str(k))})
    vectors = model.embed_texts(typed)
    text_rows = [
        _rows(gallery, gallery.cosine(vector), word, keys == word, g)
        for word, vector in zip(typed, vectors, strict=True)
    ]
    example_rows = []
    for i in g.choice(len(words), min(len(words), 1500), replace=False):
        cosine = gallery.cosine(gallery.encoding.vectors[i])
        cosine[i] = -2.0  # itself: beyond the candidates and never drawn
        reading = gallery.readings[i] if gallery.readings else ""
        example_rows.append(_rows(gallery, cosine, reading, keys == keys[i], g))
    return {
        "text": _fit(text_rows, READING_SHARE["text"]),
        "example": _fit(example_rows, READING_SHARE["example"]),
    }


def _rows(
    gallery: Gallery, cosine: np.ndarray, reading: str, right: np.ndarray, g: np.random.Generator
) -> np.ndarray:
    """(M, 4): cosine, agreement, right or wrong, weight."""
    order = np.argsort(-cosine)
    near, far = order[:CANDIDATES], order[CANDIDATES:]
    far = far[cosine[far] >= -1.5]
    drawn = g.choice(far, min(_FAR, len(far)), replace=False)
    agreement = gallery.agreement(reading, cosine)
    chosen = np.concatenate([near, drawn])
    weight = np.concatenate([np.ones(len(near)), np.full(len(drawn), len(far) / max(1, len(drawn)))])
    return np.stack([cosine[chosen], agreement[chosen], right[chosen], weight], axis=1)


def _fit(rows: list[np.ndarray], share: float) -> list[float]:
    from sklearn.linear_model import LogisticRegression

    data = np.concatenate(rows)
    evidence = data[:, :1] + share * data[:, 1:2]
    fit = LogisticRegression(C=1e4, max_iter=500).fit(evidence, data[:, 2], sample_weight=data[:, 3])
    scale = float(fit.coef_[0, 0])
    return [round(value, 5) for value in (float(fit.intercept_[0]), scale, share * scale)]
