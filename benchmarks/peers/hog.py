"""Peer: HOG + cosine, by example, on true crops.

    python benchmarks/peers/hog.py DATASET [--column key] [--limit N]

Every crop is resized to 64 x 192 pixels and described by one histogram of oriented gradients (cells of 8 x 8,
blocks of 16 x 16, 9 directions, as Dalal and Triggs, 2005); crops are ranked by cosine. The protocol is that of
``python -m mark_core evaluate --only words``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.metrics import query_by_example
from mark_core.evaluation.retrieval import relevance_keys, true_crops

WIDTH, HEIGHT = 192, 64  # pixels


def describe(crop: np.ndarray) -> np.ndarray:
    """(H, W) uint8 -> (5796,) float32, L2-normalised."""
    hog = cv2.HOGDescriptor((WIDTH, HEIGHT), (16, 16), (8, 8), (8, 8), 9)  # gone from OpenCV 5
    vector = hog.compute(cv2.resize(crop, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)).ravel()
    return vector / max(np.linalg.norm(vector), 1e-6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--column", default="key")
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    dataset = load_dataset(options.dataset)
    crops = true_crops(dataset, options.limit)
    keys = relevance_keys(dataset, options.column)[: len(crops)]
    vectors = np.stack([describe(crop) for crop in crops])
    score = query_by_example(vectors @ vectors.T, keys)
    print(f"{dataset.name}: {len(crops)} words, HOG + cosine, QBE {score.weighted:.1f}")


if __name__ == "__main__":
    main()
