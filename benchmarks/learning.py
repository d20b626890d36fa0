"""Adaptation to a hand: the gain on the true crops of a data set, with several seeds.

    python benchmarks/learning.py DATASET [--lexicon en] [--cycles 3] [--seeds 0 1 2] [--column key] [--books PATTERN]

The adaptation uses no label of the data set. Prints mAP before and after for every seed, their mean and standard
deviation, and the processor time. ``--books``: a regular expression for the part of a page's file name that names its
book; the book with the smallest gain is printed, with its own words as gallery.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.metrics import query_by_string
from mark_core.evaluation.retrieval import evaluate_strips, relevance_keys, true_crops, typed_scores
from mark_core.model.alphabet import is_supported
from mark_core.model.mark import MarkModel, load_model
from mark_core.model.strip import to_strip
from mark_core.retrieval.gallery import Gallery
from mark_core.training.adapt import adapt
from mark_core.training.lexicon import load_lexicon


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--column", default="key")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--lexicon", default="en")
    parser.add_argument("--cycles", type=int, default=3)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--books")
    options = parser.parse_args()
    dataset = load_dataset(options.dataset)
    strips = [to_strip(crop) for crop in true_crops(dataset, options.limit)]
    keys = relevance_keys(dataset, options.column)[: len(strips)]
    pages = dataset.words["page"].astype(str).tolist()[: len(strips)]
    books = [re.search(options.books, page)[0] for page in pages] if options.books else []
    model, lexicon = load_model(), load_lexicon(options.lexicon)
    before, by_book = _figures(strips, keys, model), _by_book(strips, keys, books, model)
    print(
        f"| seed | QBS | QBE | least gain of {len(by_book)} books | processor minutes |\n|---|---|---|---|---|"
    )
    print(f"| before | {before[0]:.1f} | {before[1]:.1f} | | |", flush=True)
    rows = []
    for seed in options.seeds:
        since = time.process_time()
        result = adapt(model, strips, lexicon, seed=seed, cycles=options.cycles)
        spent = (time.process_time() - since) / 60
        learnt = result.model(model)
        gains = {name: value - by_book[name] for name, value in _by_book(strips, keys, books, learnt).items()}
        worst = min(gains, key=gains.__getitem__, default="")
        rows.append(_figures(strips, keys, learnt))
        least = f"{gains[worst]:+.1f} ({worst})" if gains else ""
        print(f"| {seed} | {rows[-1][0]:.1f} | {rows[-1][1]:.1f} | {least} | {spent:.1f} |", flush=True)
        if not result.improved:
            print(result.sentence, flush=True)
    mean, spread = np.mean(rows, axis=0), np.std(rows, axis=0)
    print(f"| mean | {mean[0]:.1f} ± {spread[0]:.1f} | {mean[1]:.1f} ± {spread[1]:.1f} | | |")


def _figures(strips: Sequence[np.ndarray], keys: Sequence[str], model: MarkModel) -> tuple[float, float]:
    score = evaluate_strips(strips, keys, model)
    return score.typed.unique, score.clicked.weighted


def _by_book(
    strips: Sequence[np.ndarray], keys: Sequence[str], books: Sequence[str], model: MarkModel
) -> dict[str, float]:
    """QBS mAP of every book, with its own words as gallery."""
    found = {}
    for book in dict.fromkeys(books):
        rows = [i for i, name in enumerate(books) if name == book]
        own = [keys[i] for i in rows]
        typed = sorted({key for key in own if is_supported(key, model.alphabet)})
        gallery = Gallery(model.encode_strips([strips[i] for i in rows]))
        found[book] = query_by_string(typed_scores(gallery, model, typed)[1], typed, own).unique
    return found


if __name__ == "__main__":
    main()
