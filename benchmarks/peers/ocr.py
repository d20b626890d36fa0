"""Peer: an OCR system that reads every true crop; typed words are ranked by edit distance.

    pip install -r benchmarks/peers/requirements.txt      # in an environment of its own
    python benchmarks/peers/ocr.py DATASET [--column key] [--limit N] [--sample N] [--seed S]

RapidOCR (PP-OCR recognition, Apache-2.0, its ONNX weights are in the wheel) reads each crop; a typed word scores
1 - distance / longer length against what was read, ties by the reader's own confidence. The protocol is that of
``python -m mark_core evaluate --only words``; the reader never sees a label. ``--sample`` takes words at random,
because reading 5,000 crops takes minutes.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from rapidocr import RapidOCR
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.metrics import edit_distances, query_by_string
from mark_core.evaluation.retrieval import relevance_keys, true_crops
from mark_core.model.alphabet import fold_lenient, is_folded

FAR = 40  # edit distances beyond this are all the same


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--column", default="key")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    dataset = load_dataset(options.dataset)
    crops = true_crops(dataset, options.limit)
    keys = np.array(relevance_keys(dataset, options.column)[: len(crops)])
    chosen = np.arange(len(crops))
    if options.sample and options.sample < len(crops):
        chosen = np.sort(
            np.random.default_rng(options.seed).choice(len(crops), options.sample, replace=False)
        )
    engine = RapidOCR()
    read, confidence = [], []
    since = time.perf_counter()
    for i in tqdm(chosen, unit="word"):
        result = engine(
            cv2.cvtColor(crops[i], cv2.COLOR_GRAY2BGR), use_det=False, use_cls=False, use_rec=True
        )
        read.append(fold_lenient(" ".join(result.txts or ())))
        confidence.append(float(np.mean(result.scores)) if result.scores else 0.0)
    spent = 1000 * (time.perf_counter() - since) / len(chosen)
    keys = keys[chosen]
    typed = sorted({str(key) for key in keys if is_folded(str(key))})
    distance = edit_distances(typed, read, limit=FAR)
    longer = np.maximum(np.array([len(t) for t in typed])[:, None], np.array([len(r) for r in read])[None])
    similarity = 1 - distance / np.maximum(longer, 1) + 1e-3 * np.array(confidence)[None]
    score = query_by_string(similarity, typed, list(keys))
    exact = np.mean([a == b for a, b in zip(read, keys, strict=True)])
    print(
        f"{dataset.name}: {len(chosen)} words, OCR + edit distance, QBS {score.unique:.1f}, "
        f"read without error {100 * exact:.0f} %, {spent:.0f} ms a word"
    )


if __name__ == "__main__":
    main()
