"""Words that can be read on the real sample pages, typed: ``python benchmarks/sample_words.py [--sheet FILE]``.

``sample_pages/words.csv`` lists ten words a page with their boxes. Printed for each page: how many of them have the
right word first, how many of those are highlighted, and how many other words are highlighted a query.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np

import mark_core as mark

SAMPLES = Path(__file__).resolve().parents[1] / "sample_pages"
Box = tuple[int, int, int, int]


@dataclass
class PageCount:
    """Typed words of one page. first: the right word is first; highlighted: of those, likely enough to be shown as a
    hit; false: words shown as hits that are another word. wrong: (typed word, its crop) of those."""

    words: int = 0
    first: int = 0
    highlighted: int = 0
    false: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[tuple[str, np.ndarray]] = field(default_factory=list)


def known_words() -> dict[str, dict[str, list[Box]]]:
    """Page -> word -> the boxes where it stands, x y w h."""
    out: dict[str, dict[str, list[Box]]] = defaultdict(lambda: defaultdict(list))
    with (SAMPLES / "words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            x, y, w, h = (int(row[key]) for key in ("x", "y", "w", "h"))
            out[row["page"]][row["word"].lower()].append((x, y, w, h))
    return out


def is_same_place(box: Box, known: Box) -> bool:
    """Whether a box shares half of its width with a known one, whose middle line it crosses."""
    shared = min(box[0] + box[2], known[0] + known[2]) - max(box[0], known[0])
    middle = known[1] + known[3] / 2
    return shared >= 0.5 * max(box[2], known[2]) and box[1] <= middle <= box[1] + box[3]


def count_page(model: mark.MarkModel, file: str, words: dict[str, list[Box]]) -> PageCount:
    index = mark.WordIndex(model)
    page = mark.load_page(SAMPLES / file)
    index.add(page)
    count = PageCount(len(words))
    for word, places in words.items():
        hits = index.search(text=word, top=200)
        right = [any(is_same_place(hit.box, place) for place in places) for hit in hits]
        shown = [hit.score >= index.threshold() for hit in hits]
        if right and right[0]:
            count.first += 1
            count.highlighted += shown[0]
        if not (right and right[0] and shown[0]):
            count.missed.append(word)
        for hit, is_right, is_shown in zip(hits, right, shown, strict=True):
            if is_shown and not is_right:
                count.false += 1
                x, y, w, h = hit.box
                count.wrong.append((word, page.pixels[max(0, y) : y + h, max(0, x) : x + w]))
    return count


def draw_sheet(counts: list[PageCount], path: Path) -> None:
    """A picture of everything that was highlighted without being listed, beside the typed word."""
    rows = []
    for count in counts:
        for word, crop in count.wrong:
            row = np.full((60, 700, 3), 255, np.uint8)
            scale = min(52 / crop.shape[0], 420 / crop.shape[1])
            small = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            row[4 : 4 + small.shape[0], 270 : 270 + small.shape[1]] = small[:, :, ::-1]
            cv2.putText(row, word, (6, 38), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 1, cv2.LINE_AA)
            rows.append(row)
    if rows:
        cv2.imwrite(str(path), np.concatenate(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sheet", type=Path, help="picture of what was highlighted and is not listed")
    options = parser.parse_args()
    model, counts = mark.load_model(), []
    print(
        "| page | words | first | highlighted of those | others highlighted a query |\n|---|---|---|---|---|"
    )
    for file, words in known_words().items():
        count = count_page(model, file, words)
        counts.append(count)
        false = count.false / count.words
        print(f"| {file} | {count.words} | {count.first} | {count.highlighted} | {false:.1f} |", flush=True)
    total, first = sum(c.words for c in counts), sum(c.first for c in counts)
    highlighted, false = sum(c.highlighted for c in counts), sum(c.false for c in counts) / total
    print(f"| all | {total} | {first} | {highlighted} | {false:.2f} |")
    for (file, _), count in zip(known_words().items(), counts, strict=True):
        print(f"{file}: not first or not highlighted: {', '.join(count.missed) or 'none'}")
    if options.sheet:
        draw_sheet(counts, options.sheet)


if __name__ == "__main__":
    main()
