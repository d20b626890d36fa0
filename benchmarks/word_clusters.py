"""Word clusters: purity and coverage by level.

    python benchmarks/word_clusters.py DATASET [--column key] [--limit N]
    python benchmarks/word_clusters.py --fonts build/fonts [--hands N] [--words N]

For a data set, the true crops are clustered. Rendered hands are held-out faces, each a collection with the word
frequencies of English; the shipped level was chosen on them alone.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

import mark_core as mark
from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.grouping import score_groups
from mark_core.evaluation.retrieval import relevance_keys, true_crops
from mark_core.model.alphabet import fold_lenient
from mark_core.retrieval.scoring import Calibration
from mark_core.retrieval.word_clusters import LEVEL, group, likeness_features

LEVELS = (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path, nargs="?")
    parser.add_argument("--column", default="key")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--hands", type=int, default=12)
    parser.add_argument("--words", type=int, default=600)
    parser.add_argument("--model")
    options = parser.parse_args()
    if options.fonts:
        collections = rendered_hands(options.fonts, options.hands, options.words)
    else:
        dataset = load_dataset(options.dataset)
        crops = true_crops(dataset, options.limit)
        collections = [(crops, relevance_keys(dataset, options.column)[: len(crops)])]
    model = mark.load_model(options.model)
    calibration = Calibration.from_card(model.card)
    encoded = [(model.encode(crops), keys) for crops, keys in collections]
    print(f"{len(encoded)} collections, {sum(len(keys) for _, keys in encoded)} words")
    print("level  purity  coverage  B3 precision  recall     F1  groups  seconds")
    for level in LEVELS:
        start = time.perf_counter()
        scores = []
        for encoding, keys in encoded:
            features, bias = likeness_features(encoding, calibration)
            scores.append(score_groups([rows.tolist() for rows in group(features, level - bias)], keys))
        spent = time.perf_counter() - start
        mean = [
            float(np.mean([getattr(score, name) for score in scores]))
            for name in ("purity", "coverage", "precision", "recall", "f1")
        ]
        row = "".join(f"{100 * value:9.1f}" for value in mean)
        mark_here = " <" if level == LEVEL else ""
        print(
            f"{level:5.1f}{row}  {sum(score.groups for score in scores):6d}  {spent:7.2f}{mark_here}",
            flush=True,
        )


def rendered_hands(fonts: Path, hands: int, words: int) -> list[tuple[list[np.ndarray], list[str]]]:
    """Collections of ``words`` crops, each in one held-out face of handwriting."""
    import wordfreq

    from mark_core.training.synthesis.fonts import load_faces
    from mark_core.training.synthesis.render import Context, render_word

    faces = [face for face in load_faces(fonts) if face.held_out and face.kind in ("hand", "pen")]
    by_family = {face.family: face for face in faces if face.covers("abcdefghijklmnopqrstuvwxyz")}
    vocabulary = wordfreq.top_n_list("en", 20000)
    share = np.array([wordfreq.word_frequency(word, "en") for word in vocabulary])
    out = []
    for number, family in enumerate(sorted(by_family)[:hands]):
        g = np.random.default_rng([7, number])
        crops, keys = [], []
        while len(crops) < words:
            left, text, right = (str(word) for word in g.choice(vocabulary, 3, p=share / share.sum()))
            if not by_family[family].covers(text) or not fold_lenient(text):
                continue
            try:
                crops.append(render_word(text, by_family[family], "latin", Context(left, right), g))
            except (OSError, ValueError):
                continue
            keys.append(fold_lenient(text))
        out.append((crops, keys))
    return out


if __name__ == "__main__":
    main()
