"""Fit the judgement of gaps (`segmentation.parting`) on rendered pages, whose words are known."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mark_core.segmentation.gaps.gap_classifier import WEIGHTS, GapClassifier
from mark_core.segmentation.gaps.measures import FEATURES, page_features
from mark_core.segmentation.gaps.runs import Runs
from mark_core.segmentation.measured import measure
from mark_core.segmentation.parts import LineInk
from mark_core.segmentation.slant import upright
from mark_core.training.synthesis.fonts import LATIN_DICTIONARY, Face, load_faces
from mark_core.training.synthesis.pages import LEFTWARD, RenderedPage, render_page
from mark_core.training.synthesis.words import WordSource
from mark_core.whole_file import write_whole

_RIGHTWARD_KINDS = {"hand": 0.35, "pen": 0.20, "black": 0.22, "print": 0.23}
_RIGHTWARD = {
    "en": 0.3,
    "de": 0.2,
    "la": 0.2,
    "fr": 0.08,
    "it": 0.02,
    "el": 0.12,
    "ru": 0.03,
    "he": 0.03,
    "ar": 0.02,
}
_LEFTWARD_KINDS = {"other": 0.9, "print": 0.1}
_LEFTWARD = {"ar": 0.75, "he": 0.25}
_PROBES = {"el": "αβγδ", "ru": "абвг", "he": "אבגד", "ar": "بتجد"}
_HELD_OUT_SHARE = 0.15  # pages in faces that are not fitted on
_FREEDOM = 0.01  # inverse strength of the ridge; rendered pages are only roughly like real ones
_LEFTWARD_ONLY = (
    "overhang",
    "clear distance",
)  # measures of letters that do not join; elsewhere they mislead
_END = 0.5  # x-heights; so much of a stretch of letters tells whose its end is
_CLEAR = 0.7  # share of that ink which must belong to one word


@dataclass(frozen=True, eq=False)
class GapSample:
    """Gaps of one page that lie in or between known words.

    features: (G, F). parts_words: (G,) bool. held_out: whether its face is kept from the fit.
    """

    features: np.ndarray
    parts_words: np.ndarray
    held_out: bool


def fit_gap_classifier(
    fonts: Path, pages: int, seed: int = 0, leftward: bool = False, out: Path | None = None
) -> dict[str, Any]:
    """Fit the weights on ``pages`` rendered pages and write them to ``out``; returns what was written.

    leftward: fit those of writing to the left. out: the shipped weights by default.
    """
    from tqdm import tqdm

    source = WordSource(fonts / LATIN_DICTIONARY)
    drawn = rendered_pages(load_faces(fonts), source, pages, seed, leftward)
    samples = [known_gaps(page, face.held_out) for page, face, _ in tqdm(drawn, total=pages, unit="page")]
    used = np.array([leftward or not any(part in name for part in _LEFTWARD_ONLY) for name in FEATURES])
    classifier = fit([sample for sample in samples if not sample.held_out], used).rounded()
    of_features = {
        key: dict(
            zip(np.array(FEATURES)[used].tolist(), getattr(classifier, key)[used].tolist(), strict=True)
        )
        for key in ("weights", "mean", "spread")
    }
    record = {
        "recipe": "logistic regression on the gaps of rendered pages, every page with equal weight",
        "command": f"python -m mark_core train gaps --pages {pages} --seed {seed}" + " --leftward" * leftward,
        "pages": pages,
        "seed": seed,
        "gaps": sum(len(sample.parts_words) for sample in samples),
        "error": _rounded_error([s for s in samples if not s.held_out], classifier),
        "error_of_families_held_out": _rounded_error([s for s in samples if s.held_out], classifier),
        "bias": float(classifier.bias),
        **of_features,
    }
    write_whole(out or WEIGHTS[leftward], f"{json.dumps(record, indent=2)}\n".encode())
    return record


def rendered_pages(
    faces: list[Face], source: WordSource, count: int, seed: int, leftward: bool = False
) -> Iterator[tuple[RenderedPage, Face, str]]:
    """``count`` pages with face and language; families are drawn alike, however many weights they have.

    Pages to the left come mirrored, in the frame of the segmentation. leftward: draw such pages only.
    """
    languages, kinds = (_LEFTWARD, _LEFTWARD_KINDS) if leftward else (_RIGHTWARD, _RIGHTWARD_KINDS)
    pools: dict[tuple[str, str, bool], list[list[Face]]] = {}
    for number in range(count):
        g = np.random.default_rng([seed, number])
        while True:
            language = _choose(languages, g)
            kind = _choose(kinds, g)
            key = (_PROBES.get(language, "abcxyz019"), kind, g.random() < _HELD_OUT_SHARE)
            if key not in pools:
                families = defaultdict(list)
                for face in faces:
                    if (face.kind, face.held_out) == key[1:] and face.covers(key[0]):
                        families[face.family].append(face)
                pools[key] = list(families.values())
            if not pools[key]:
                continue
            family = pools[key][int(g.integers(len(pools[key])))]
            face = family[int(g.integers(len(family)))]
            try:
                page = render_page(face, language, source, g)
            except (OSError, ValueError):
                continue  # a face without the letters it promises
            yield (_mirrored(page) if language in LEFTWARD else page), face, language
            break


def known_gaps(page: RenderedPage, held_out: bool = False) -> GapSample:
    """The gaps that the segmentation finds on a page, as far as both sides belong to words beyond doubt."""
    measured, _ = measure(page.grey)
    if measured is None:
        return GapSample(np.zeros((0, len(FEATURES))), np.zeros(0, bool), held_out)
    features = page_features(measured.runs, measured.x_height, measured.counter, measured.slant)
    reach = _END * measured.x_height
    kept, parts = [np.zeros((0, len(FEATURES)))], [np.zeros(0, bool)]
    for ink, runs, rows in zip(measured.inks, measured.runs, features, strict=True):
        left, right = _sides(ink, runs, page.owner, measured.factor, measured.slant, reach)
        known = (left >= 0) & (right >= 0)
        known[known] = page.lines[left[known]] == page.lines[right[known]]
        kept.append(rows[known])
        parts.append((left != right)[known])
    return GapSample(np.concatenate(kept), np.concatenate(parts), held_out)


def fit(samples: list[GapSample], used: np.ndarray | None = None) -> GapClassifier:
    """The logistic regression on the measures; every page weighs the same.

    used: (F,) bool, measures that may count; all by default.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    samples = [sample for sample in samples if len(sample.parts_words)]
    features = np.concatenate([sample.features for sample in samples])
    labels = np.concatenate([sample.parts_words for sample in samples])
    weight = np.concatenate([np.full(len(s.parts_words), 1 / len(s.parts_words)) for s in samples])
    if used is not None:
        features = features * used
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=_FREEDOM, max_iter=2000)
    model.fit(scaler.transform(features), labels, sample_weight=weight * len(labels) / weight.sum())
    return GapClassifier(model.coef_[0], float(model.intercept_[0]), scaler.mean_, scaler.scale_)


def _rounded_error(samples: list[GapSample], classifier: GapClassifier) -> float | None:
    return round(error(samples, classifier), 4) if samples else None


def error(samples: list[GapSample], classifier: GapClassifier) -> float:
    """Mean over the pages of the share of gaps that are misjudged at even odds; nan without pages.

    By the weights of all pages, before a page is fitted to itself.
    """
    wrong = [
        np.mean((classifier.score(s.features) > 0) != s.parts_words) for s in samples if len(s.parts_words)
    ]
    return float(np.mean(wrong)) if wrong else float("nan")


def _sides(
    ink: LineInk, runs: Runs, owner: np.ndarray, factor: float, slant: float, reach: float
) -> tuple[np.ndarray, np.ndarray]:
    """(R - 1,) the words left and right of each gap, -1 where that is in doubt."""
    rows = np.minimum(((ink.y + 0.5) / factor).astype(int), owner.shape[0] - 1)
    columns = np.minimum(((ink.x + 0.5) / factor).astype(int), owner.shape[1] - 1)
    word, column = owner[rows, columns], upright(ink, slant)
    order = np.argsort(column, kind="stable")
    word, column = word[order], column[order]
    ends = _majority(word, column, np.maximum(runs.start, runs.stop - reach), runs.stop)
    starts = _majority(word, column, runs.start, np.minimum(runs.stop, runs.start + reach))
    return ends[:-1], starts[1:]


def _majority(word: np.ndarray, column: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    result = np.full(len(low), -1)
    for i, (a, b) in enumerate(zip(np.searchsorted(column, low), np.searchsorted(column, high), strict=True)):
        known = word[a:b][word[a:b] >= 0]  # the rim of blurred strokes lies outside of all words
        if len(known) < 0.3 * (b - a) or not len(known):
            continue
        values, counts = np.unique(known, return_counts=True)
        if counts.max() >= _CLEAR * len(known):
            result[i] = values[counts.argmax()]
    return result


def _mirrored(page: RenderedPage) -> RenderedPage:
    """Writing that runs to the left, in the frame of the segmentation, where all lines run to the right."""
    words = page.words.copy()
    words[:, 0] = page.grey.shape[1] - words[:, 0] - words[:, 2]
    grey, owner = np.ascontiguousarray(page.grey[:, ::-1]), np.ascontiguousarray(page.owner[:, ::-1])
    return RenderedPage(grey, words, page.lines, owner)


def _choose(shares: dict[str, float], g: np.random.Generator) -> str:
    values = np.array(list(shares.values()))
    return str(g.choice(list(shares), p=values / values.sum()))
