"""Fit what tells the letters of writing to the left (`segmentation.direction.letters`), on rendered pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mark_core.segmentation.direction.letters import WEIGHTS, shape_measures
from mark_core.segmentation.measured import measure
from mark_core.segmentation.parts import LineInk
from mark_core.training.gaps import rendered_pages
from mark_core.training.synthesis.fonts import LATIN_DICTIONARY, load_faces
from mark_core.training.synthesis.pages import LEFTWARD
from mark_core.training.synthesis.words import WordSource
from mark_core.whole_file import write_whole

_FREEDOM = 1.0  # inverse strength of the ridge


def fit_letters(fonts: Path, pages: int, leftward: int, seed: int = 0, out: Path = WEIGHTS) -> dict[str, Any]:
    """Fit the weights on ``pages`` pages to the right and ``leftward`` to the left and write them to ``out``.

    The pages are those on which `training.gaps` fits. Returns what was written.
    """
    from tqdm import tqdm

    source, faces = WordSource(fonts / LATIN_DICTIONARY), load_faces(fonts)
    measures, labels = [], []
    for to_left, count in ((False, pages), (True, leftward)):
        drawn = rendered_pages(faces, source, count, seed, to_left)
        for page, _, language in tqdm(drawn, total=count, unit="page"):
            measured, _ = measure(page.grey)
            if measured is None or (language in LEFTWARD) != to_left:
                continue
            inks = mirrored(measured.inks, page.grey.shape[1]) if to_left else measured.inks
            row = shape_measures(inks, measured.x_height)
            if row is not None:
                measures.append(row)
                labels.append(to_left)
    weights, bias = fit(np.array(measures), np.array(labels))
    record = {
        "recipe": "logistic regression on rendered pages, both directions with equal weight",
        "command": f"python -m mark_core train direction --pages {pages} --leftward {leftward} --seed {seed}",
        "bias": bias,
        "weights": weights.tolist(),
    }
    write_whole(out, f"{json.dumps(record, indent=2)}\n".encode())
    return record


def fit(measures: np.ndarray, leftward: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias of the regression on (P, M) measures as they are; leftward: (P,) bool."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(measures)
    model = LogisticRegression(C=_FREEDOM, max_iter=5000)
    share = leftward.mean()
    weight = np.where(leftward, 0.5 / share, 0.5 / (1 - share))
    model.fit(scaler.transform(measures), leftward, sample_weight=weight)
    spread = np.where(scaler.scale_ > 0, scaler.scale_, 1.0)
    weights = np.round(model.coef_[0] / spread, 3)
    return weights, round(float(model.intercept_[0] - weights @ scaler.mean_), 3)


def mirrored(inks: Iterable[LineInk], width: int) -> list[LineInk]:
    """The ink of a page whose frame was mirrored, as it stands on the page; width: any that keeps it positive."""
    return [replace(ink, x=(width - 1 - ink.x).astype(np.int32)) for ink in inks]
