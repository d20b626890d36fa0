"""What the small record of an archive costs: ``python benchmarks/archive/record.py DATASET [DATASET ...] [--words N]
[--queries N]``.

The words of a data set are encoded once. Each step replaces one part of their encodings by what is left of it in the
record (``mark_core/archive/record.py``): the vectors, the shape vectors, the letters, and at last all three. Typed and
clicked mAP in percent, with the ranking of a search; the queries, drawn at random with a fixed seed, are the same for
every step. Bytes are those of the part, a word, on average.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

import mark_core as mark
from mark_core.archive.record import pack, unpack
from mark_core.evaluation.dataset import Dataset, load_dataset
from mark_core.evaluation.metrics import average_precision
from mark_core.evaluation.retrieval import relevance_keys, true_crops, typed_scores
from mark_core.model.alphabet import is_supported
from mark_core.model.encoding import Encoding
from mark_core.model.page_script import encode_together
from mark_core.model.strip import to_strip
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.scoring import Calibration


def main() -> None:
    parser = argparse.ArgumentParser(description="What the small record of an archive costs.")
    parser.add_argument("dataset", type=Path, nargs="+")
    parser.add_argument("--words", type=int, help="the first words of the table only")
    parser.add_argument("--queries", type=int, default=200, help="typed, and clicked, each (default 200)")
    options = parser.parse_args()
    model = mark.load_model()
    for path in options.dataset:
        measure(load_dataset(path), model, options.words, options.queries)


def measure(dataset: Dataset, model: mark.MarkModel, words: int | None, queries: int) -> None:
    strips = [to_strip(crop) for crop in true_crops(dataset, words)]
    keys = np.array(relevance_keys(dataset, "key")[: len(strips)])
    exact = encode_together(model, strips)
    records = pack(exact)
    small = unpack(records, model.shape_dim)
    g = np.random.default_rng(0)
    names, counts = np.unique(keys, return_counts=True)
    supported = [str(name) for name in names if is_supported(str(name), model.alphabet)]
    typed = sorted(g.choice(supported, min(queries, len(supported)), replace=False).tolist())
    often = np.flatnonzero(np.isin(keys, names[counts > 1]))
    clicked = np.sort(g.choice(often, min(queries, len(often)), replace=False))
    vectors, shapes = records.vectors.shape[1], records.shapes.shape[1]
    letters = float(np.mean([len(one) for one in records.letters]))
    steps = {
        "all as in an index": (exact, _bytes(exact)),
        "vectors": (replace(exact, vectors=small.vectors), vectors),
        "shapes": (replace(exact, shapes=small.shapes), shapes),
        "letters": (replace(exact, letters=small.letters), letters),
        "the record": (small, vectors + shapes + letters + 1),
    }
    print(f"{dataset.name}: {len(keys)} words, {len(typed)} typed and {len(clicked)} clicked queries")
    print(f"{'':20}  bytes  typed  clicked")
    for name, (encoding, size) in steps.items():
        score = _typed(encoding, model, typed, keys), _clicked(encoding, model, clicked, keys)
        print(f"{name:20}  {size:5.0f}  {score[0]:5.1f}    {score[1]:5.1f}", flush=True)


def _bytes(encoding: Encoding) -> float:
    parts = (encoding.vectors, encoding.letters, encoding.counts, encoding.shapes, encoding.scripts)
    return sum(part.nbytes for part in parts) / max(1, len(encoding))


def _typed(encoding: Encoding, model: mark.MarkModel, words: list[str], keys: np.ndarray) -> float:
    scores = typed_scores(Gallery(encoding), model, words)[1]
    relevant = np.array([keys == word for word in words])
    return 100 * float(np.mean(average_precision(scores, relevant)))


def _clicked(encoding: Encoding, model: mark.MarkModel, rows: np.ndarray, keys: np.ndarray) -> float:
    gallery, calibration = Gallery(encoding), Calibration.from_card(model.card)
    precisions = []
    for row in rows.tolist():
        cosine = gallery.cosine(encoding.vectors[row])
        likeness = gallery.likeness(gallery.shapes[row])
        logits = gallery.clicked_logits(cosine, likeness, gallery.readings[row], calibration)
        others = np.arange(len(keys)) != row
        relevant = (keys == keys[row])[others]
        precisions.append(average_precision(logits[None, others], relevant[None])[0])
    return 100 * float(np.mean(precisions))


if __name__ == "__main__":
    main()
