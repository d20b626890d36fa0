"""What answered questions are worth when a hand is learnt: the chosen ones against random ones.

    python benchmarks/active_learning.py DATASET [--lexicon en] [--cycles 1] [--counts 10 50 100] [--seed S]

A simulated reader types what is written in N crops of the collection; MARK then learns the hand from a word list and
these answers. The questions are all asked before anything is learnt. mAP on all true crops, the answered ones among
them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.retrieval import evaluate_strips, relevance_keys, true_crops
from mark_core.model.alphabet import is_folded
from mark_core.model.mark import load_model
from mark_core.model.strip import to_strip
from mark_core.training.active_learning import choose_questions
from mark_core.training.adapt import adapt
from mark_core.training.labelers import make_labeler
from mark_core.training.lexicon import load_lexicon


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--column", default="key")
    parser.add_argument("--lexicon", default="en")
    parser.add_argument("--cycles", type=int, default=1)
    parser.add_argument("--counts", type=int, nargs="+", default=[10, 50, 100])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    dataset = load_dataset(options.dataset)
    keys = relevance_keys(dataset, options.column)
    strips = [to_strip(crop) for crop in true_crops(dataset)]
    model, lexicon = load_model(), load_lexicon(options.lexicon)
    encoding = model.encode_strips(strips)
    sureness = make_labeler(model, lexicon).confidence(encoding)
    order = np.random.default_rng(options.seed).permutation(len(strips)).tolist()
    asked: dict[str, list[int]] = {"no question": []}
    for count in options.counts:
        asked[f"{count} random"] = order[:count]
        asked[f"{count} chosen"] = choose_questions(encoding, sureness, count)
    print("| answered questions | QBS | QBE |\n|---|---|---|", flush=True)
    for name, rows in asked.items():
        known = {i: keys[i] for i in rows if is_folded(keys[i])}
        learnt = adapt(model, strips, lexicon, known=known, seed=options.seed, cycles=options.cycles).model(
            model
        )
        score = evaluate_strips(strips, keys, learnt)
        print(f"| {name} | {score.typed.unique:.1f} | {score.clicked.weighted:.1f} |", flush=True)


if __name__ == "__main__":
    main()
