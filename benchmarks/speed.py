"""How long a page and a query take: ``python benchmarks/speed.py PAGE [--copies N]``.

Prints medians of repeated runs. ``--copies`` adds the page N times to time queries on a larger collection.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

import mark_core as mark
from mark_core.retrieval.index import WordIndex
from mark_core.segmentation.crop import crop_word


def median_ms(run: Callable[[], object], repeats: int) -> float:
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--copies", type=int, default=20)
    options = parser.parse_args()
    model = mark.load_model()
    page = mark.load_page(options.page)
    words = mark.segment(page)
    print(
        f"{torch.get_num_threads()} threads, {model.device}, page {page.width} x {page.height}, {len(words)} words"
    )
    print(f"read            {median_ms(lambda: mark.load_page(options.page), 3):8.0f} ms")
    print(f"find words      {median_ms(lambda: mark.segment(page), 3):8.0f} ms")
    both = median_ms(lambda: WordIndex(model).add(page), 3)
    print(f"find and learn  {both:8.0f} ms")
    crops = [crop_word(page.grey, word) for word in words][:64]
    each = median_ms(lambda: model.embed_images(crops), 5) / len(crops)
    print(
        f"embed crops     {each:8.2f} ms a word in a batch of {len(crops)}, {1000 / each:.0f} words a second"
    )
    print(f"embed text      {median_ms(lambda: model.embed_texts(['Winchester']), 20):8.1f} ms")
    index = WordIndex(model)
    ids = [index.add(page, words) for _ in range(max(1, options.copies))]
    print(f"queries on {len(index)} words of {len(ids)} pages:")
    index.search(text="orders")
    print(f"  typed         {median_ms(lambda: index.search(text='Winchester', top=200), 9):8.0f} ms")
    print(f"  clicked       {median_ms(lambda: index.search(example=(ids[-1], 3), top=200), 9):8.0f} ms")
    print(
        f"  both          {median_ms(lambda: index.search(text='orders', example=(ids[0], 5), top=200), 9):8.0f} ms"
    )


if __name__ == "__main__":
    main()
