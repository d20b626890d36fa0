"""Segmentation with and without ``flatten``, on pages as they are and with the disturbance ``curl``.

    python benchmarks/flatten.py FOLDER [--pages 6] [--as-is-only]

FOLDER: a data set as for `evaluate`. Prints one row per page: extent F1, recall at IoU .25 and seconds, without and
with flattening, and the notes; then the scores of all pages.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from mark_core.evaluation.boxes import score_boxes
from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.disturb import disturb
from mark_core.message import Message
from mark_core.pages.load import load_page
from mark_core.segmentation.segment import segment


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, help="first pages only")
    parser.add_argument("--as-is-only", action="store_true", help="no bent pages")
    options = parser.parse_args()
    dataset = load_dataset(options.folder)
    totals: dict[str, list[tuple[float, float, float]]] = {}
    for number, path in enumerate(dataset.pages[: options.pages], 1):
        page = load_page(path)
        boxes = dataset.boxes(path) * page.scale
        kinds = {"as it is": (page, boxes)}
        if not options.as_is_only:
            pixels, moved = disturb("curl", page.pixels, boxes, seed=number)
            kinds["bent"] = load_page(pixels), moved
        for kind, (pixels, known) in kinds.items():
            notes: list[Message] = []
            row = []
            for flatten in (False, True):
                start = time.perf_counter()
                words = segment(pixels, "auto", flatten, notes.append)
                seconds = time.perf_counter() - start
                score = score_boxes(np.array([word.box for word in words], float).reshape(-1, 4), known)
                row.append((score.extent.f1, score.iou25.recall, seconds))
                totals.setdefault(f"{kind}, {'flattened' if flatten else 'not'}", []).append(row[-1])
            figures = "   ".join(f"{f1:.3f} {recall:.3f} {seconds:.1f} s" for f1, recall, seconds in row)
            print(f"{path.name}  {kind}: {figures}  {' '.join(map(str, notes))}", flush=True)
    for kind, scores in totals.items():
        f1, recall, seconds = np.mean(scores, axis=0)
        print(
            f"{kind}: mean of {len(scores)} pages: extent F1 {f1:.3f}, recall {recall:.3f}, {seconds:.1f} s"
        )


if __name__ == "__main__":
    main()
