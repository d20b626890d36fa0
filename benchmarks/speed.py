"""Time of indexing a page and of queries: ``python benchmarks/speed.py PAGE [--copies N]``.

Prints medians of repeated runs. ``--copies`` adds the page N times to time queries on a larger collection.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

import mark_core as mark
from mark_core.model.encoding import Encoding
from mark_core.retrieval.index import WordIndex
from mark_core.segmentation.crop import crop_word


def medians_ms(run: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Medians of the wall time and of the processor time of all threads, which is comparable on a busy machine.

    The first run is not counted.
    """
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter(), time.process_time()
        run()
        times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    wall, processor = (1000 * statistics.median(kind) for kind in zip(*times[1:], strict=True))
    return wall, processor


def median_ms(run: Callable[[], object], repeats: int) -> float:
    return medians_ms(run, repeats)[0]


def resident() -> float:
    """Resident memory of this process in MB; the peak if the system does not report the current value."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, ValueError, AttributeError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


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
    index.add(page)
    (entry,) = index.pages
    empty = resident()
    for number in range(2, options.copies + 1):  # with arrays of their own, as other pages would have
        own = replace(entry, id=f"p{number}", encoding=copied(entry.encoding))
        index.restore([replace(own, alternative_encoding=copied(entry.alternative_encoding))])
    index.search(text="orders")
    thousands = len(index) / 1000
    ids = [entry.id for entry in index.pages]
    print(f"queries on {len(index)} words of {len(ids)} pages:")
    for name, query in queries(ids, itertools.count()).items():

        def search(query: Callable[[], dict[str, Any]] = query) -> None:
            index.search(**query(), top=200)

        wall, processor = medians_ms(search, 9)
        print(f"  {name:13} {wall:8.0f} ms, {processor:4.0f} ms of a processor")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pages.mark"
        index.save(file)
        pages = sum(len(data) for data in {entry.page.file.data for entry in index.pages if entry.page.file})
        size = file.stat().st_size - pages
    print("for 1,000 words, beside the pixels and files of their pages:")
    print(f"  memory        {(resident() - empty) / thousands:8.1f} MB")
    print(f"  project file  {size / 1e6 / thousands:8.1f} MB")


def copied(encoding: Encoding) -> Encoding:
    return encoding.select(range(len(encoding)))


def queries(ids: list[str], numbers: Iterator[int]) -> dict[str, Callable[[], dict[str, Any]]]:
    """Arguments of a search by kind of query. No word is used twice, because its log-odds would be cached."""

    def place() -> tuple[str, int]:
        number = next(numbers)
        return ids[number % len(ids)], number

    marked: list[tuple[str, int]] = []

    def decided() -> dict[str, Any]:
        marked.append(place())
        return {"text": "orders", "confirmed": marked[::2], "rejected": marked[1::2]}

    return {
        "typed": lambda: {"text": "Winchester"},
        "clicked": lambda: {"example": place()},
        "both": lambda: {"text": "orders", "example": place()},
        "pattern *": lambda: {"text": "winch*"},
        "~1": lambda: {"text": "winchester~1"},
        "~2": lambda: {"text": "winchester~2"},
        "phrase": lambda: {"text": "my orders"},
        "next decision": decided,
    }


if __name__ == "__main__":
    main()
