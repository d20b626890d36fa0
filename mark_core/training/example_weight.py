"""Learn how much a clicked crop counts beside a typed word (see ``retrieval.composed``), from rendered hands.

Every hand is a collection of its own: one face, words whose spelling no training word has, worn by chance, because a
weight learnt where everything can be read would trust the typed word too much. Queries are crops of words that occur
again, as they are and blurred, each with its word typed. The weight is fitted to the mAP itself.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch

from mark_core.evaluation.metrics import average_precision
from mark_core.model.mark import MarkModel
from mark_core.model.strip import MAX_STRIP_WIDTH, MIN_STRIP_WIDTH, STRIP_HEIGHT
from mark_core.retrieval.composed import compose, evidence
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.scoring import Calibration
from mark_core.training.data import WordSet

GRID = np.linspace(0, 1, 11)  # weights whose mAP is measured
BLUR = ((0.0, 0.0), (0.03, 0.07), (0.07, 0.12))  # of the height of the crop, from and to
_QUERIES = 24  # of a hand, each in every blur
_WEAR = (0.5, 1.0)  # how strange and worn a hand is; each is taken as often
# Rendered words are easier to read than real hands, worn ones too, so a free fit trusts the typed word too much; this
# is added to the log-odds of example_weight and was chosen on real pages (gw).
_OFFSET = 0.6
_STEPS, _RATE = 300, 0.05


def fit_balance(model: MarkModel, hands: WordSet, calibration: Calibration, seed: int = 0) -> list[float]:
    """Weights as ``retrieval.composed.Balance`` reads them, bias first. hands: words whose ``scripts`` name a hand."""
    found, measured = [], []
    for number, name in enumerate(np.unique(hands.scripts)):
        rows = np.flatnonzero(hands.scripts == name)
        for wear in _WEAR:
            g = np.random.default_rng([seed, number, int(10 * wear)])
            strips = worn([hands.strip(int(i)) for i in rows], wear, g)
            for one, ap in _queries(model, strips, hands.labels[rows], calibration, g):
                found.append(one)
                measured.append(ap)
    weights = _fit(np.array(found), np.array(measured), seed)
    weights[0] += _OFFSET
    return [round(float(weight), 5) for weight in weights]


def worn(strips: list[np.ndarray], wear: float, g: np.random.Generator) -> list[np.ndarray]:
    """Strips of one hand, all made strange and worn in the same way: slanted, drawn wide or narrow, small in their
    line, with a broad or a fine pen, blurred, faded and spotted. wear: 0 not at all, 1 much.

    What is the same in all words of a hand costs the reading more than the likeness of words, as in a hand that
    training has not seen.
    """
    slant, stretch = wear * g.normal(0, 0.4), float(np.exp(wear * g.normal(0, 0.35)))
    scale, pen = 1 - 0.45 * min(wear, 1.2) * g.random(), wear * g.normal(0, 1)
    sigma, ink, grain = (
        wear * g.uniform(0.3, 1.2),
        1 - 0.4 * min(wear, 1.2) * g.random(),
        25 * wear * g.random(),
    )
    brush = np.ones((2, 2), np.uint8)
    out = []
    for strip in strips:
        rows, columns = strip.shape
        width = int(np.clip(columns * scale * stretch + abs(slant) * rows, MIN_STRIP_WIDTH, MAX_STRIP_WIDTH))
        lift = rows * (1 - scale) * g.uniform(0.3, 0.7)
        shift = abs(slant) * rows / 2 - slant * rows / 2
        matrix = np.array([[scale * stretch, slant, shift], [0, scale, lift]], np.float32)
        drawn = cv2.warpAffine(strip, matrix, (width, rows), flags=cv2.INTER_LINEAR)
        if abs(pen) > 0.8:
            drawn = cv2.dilate(drawn, brush) if pen > 0 else cv2.erode(drawn, brush)
        values = cv2.GaussianBlur(drawn, (0, 0), max(sigma, 0.05)) * ink + g.normal(0, 1, drawn.shape) * grain
        out.append(np.clip(values, 0, 255).astype(np.uint8))
    return out


def _queries(
    model: MarkModel,
    strips: list[np.ndarray],
    labels: np.ndarray,
    calibration: Calibration,
    g: np.random.Generator,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """(evidence, (11,) average precision at the weights of ``GRID``) of every query."""
    gallery = Gallery(model.encode_strips(strips))
    names, count = np.unique(labels, return_counts=True)
    often = np.flatnonzero(np.isin(labels, names[count > 1]))
    chosen = [int(i) for i in g.choice(often, min(_QUERIES, len(often)), replace=False) for _ in BLUR]
    blurred = [_blurred(strips[i], *BLUR[k % len(BLUR)], g) for k, i in enumerate(chosen)]
    seen = model.encode_strips(blurred)
    vectors = dict(zip(names.tolist(), model.embed_texts(names.tolist()), strict=True))
    out = []
    for k, i in enumerate(chosen):
        word = str(labels[i])
        if k % len(BLUR) == 0:
            typed = gallery.typed_logits(gallery.cosine(vectors[word]), word, calibration)
            right = labels == word
            right[i] = False
        example = Gallery(seen.select([k]))
        cosine = gallery.cosine(example.encoding.vectors[0])
        likeness = gallery.likeness(example.encoding.shapes[0])
        clicked = gallery.clicked_logits(cosine, likeness, example.readings[0], calibration)
        scores = np.stack([compose(typed, clicked, example_weight) for example_weight in GRID])
        scores[:, i] = -np.inf
        ap = average_precision(scores, np.broadcast_to(right, scores.shape))
        out.append((evidence(example, typed, clicked, i), ap))
    return out


def _blurred(strip: np.ndarray, low: float, high: float, g: np.random.Generator) -> np.ndarray:
    sigma = STRIP_HEIGHT * g.uniform(low, high)
    return cv2.GaussianBlur(strip, (0, 0), sigma) if sigma else strip


def _fit(x: np.ndarray, ap: np.ndarray, seed: int) -> np.ndarray:
    """(Q, F) evidence and (Q, 11) average precision -> bias and F weights that make the mean of it largest.

    Between the weights of the grid a narrow bell of them counts, which makes the steps of a ranking smooth.
    """
    torch.manual_seed(seed)
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    inputs = torch.from_numpy((x - mean) / spread)
    gain, grid = torch.from_numpy(ap), torch.from_numpy(GRID)
    line = torch.nn.Linear(x.shape[1], 1).double()
    optimiser = torch.optim.Adam(line.parameters(), lr=_RATE)
    for _ in range(_STEPS):
        example_weight = torch.sigmoid(line(inputs))
        share = torch.softmax(-((example_weight - grid) ** 2) / (2 * 0.06**2), dim=1)
        loss = -(share * gain).sum(dim=1).mean() + 1e-4 * (line.weight**2).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    weights = line.weight.detach().numpy()[0] / spread
    return np.concatenate([[line.bias.item() - weights @ mean], weights])
