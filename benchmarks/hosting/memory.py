"""Memory of the server's process before, during and after visits with pages: does it come back?

    python benchmarks/hosting/memory.py --visits 10 --pages 3

Pages are drawn, 12 megapixels each, with the boxes of their words given, so that a visit's own memory is measured.
The garbage collector is off while visits end: memory must not wait for it. Linux.
"""

from __future__ import annotations

import argparse
import gc
import json
import tempfile
from pathlib import Path

import cv2
import numpy as np

import mark_core as mark
from mark_core.ui.session.store import SessionStore

SIDE = (4000, 3000)


def resident() -> float:
    """MB of this process in memory."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


def drawn(number: int) -> tuple[mark.Page, list[mark.Word]]:
    pixels = np.full(SIDE, 225, np.uint8)
    words = []
    for row in range(20):
        for column in range(4):
            x, y = 100 + 700 * column, 150 + 180 * row
            cv2.putText(pixels, f"word{number}{row}{column}", (x, y), cv2.FONT_HERSHEY_SIMPLEX, 2.2, 40, 4)
            words.append(mark.Word((x - 10, y - 70, 560, 100), 1.0, row, len(words)))
    return mark.Page(np.stack([pixels] * 3, axis=2), f"page {number}", f"sha-{number}"), words


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--visits", type=int, default=10)
    parser.add_argument("--pages", type=int, default=3)
    options = parser.parse_args()
    model = mark.load_model()
    with tempfile.TemporaryDirectory() as folder:
        store = SessionStore(lambda: mark.WordIndex(model), Path(folder))
        warm = store.open(tab="warm")
        warm.add(*_titled(0))  # what is loaded at the first page stays
        store.close(warm.key)
        del warm
        gc.collect()
        before = resident()
        visits = [store.open(tab=str(number), address=str(number)) for number in range(options.visits)]
        for visit in visits:
            for number in range(options.pages):
                page, title = _titled(number)[:2]
                visit.add(page, title, words=drawn(number)[1])
        during = resident()
        keys = [visit.key for visit in visits]
        del visit, visits, page
        gc.disable()
        for key in keys:
            store.close(key)
        after = resident()
    figures = {"before": round(before), "during": round(during), "after": round(after)}
    figures |= {"left over, percent of the start": round(100 * (after - before) / before)}
    print(json.dumps({"visits": options.visits, "pages each": options.pages, "MB": figures}, indent=1))


def _titled(number: int) -> tuple[mark.Page, str]:
    page, _ = drawn(number)
    return page, f"page {number}"


if __name__ == "__main__":
    main()
