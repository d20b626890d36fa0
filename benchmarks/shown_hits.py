"""What the page would show for a word on some pages of a data set: ``python benchmarks/shown_hits.py DATASET WORD``.

The pages are the first of the data set that hold the word (--pages, 3). Their words are found and searched as on the
page. Printed: how many hits would be shown as likely and, where none is, as possible, how many of these are right, and
the rank and probability of every right word.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import mark_core as mark
from benchmarks.sample_words import is_same_place
from mark_core.evaluation.dataset import load_dataset
from mark_core.retrieval.standouts import MOST, standing_out

TOP = 60  # hits that are looked at; more than the page asks for to tell what stands out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("word")
    parser.add_argument("--pages", type=int, default=3)
    options = parser.parse_args()
    dataset = load_dataset(options.dataset)
    words = dataset.words[dataset.words["key"].str.lower() == options.word.lower()]
    names = sorted(set(words["page"]))[: options.pages]
    index = mark.WordIndex(mark.load_model())
    places = {}
    for path in dataset.pages:
        if path.name in names:
            rows = words[words["page"] == path.name][["x", "y", "w", "h"]].to_numpy(int).tolist()
            places[index.add(mark.load_page(path))] = [tuple(row) for row in rows]
    hits = index.search(text=options.word, top=TOP)
    right = [any(is_same_place(hit.box, place) for place in places[hit.page]) for hit in hits]
    likely = sum(hit.score >= index.threshold(text=options.word) for hit in hits)
    possible = 0 if likely else standing_out([hit.score for hit in hits])
    shown = likely or possible
    total = sum(len(rows) for rows in places.values())
    print(f"{options.word} on {', '.join(names)}: {total} times")
    print(
        f"{likely} likely hits, {possible} possible hits (at most {MOST}), {sum(right[:shown])} of them right"
    )
    for rank, (hit, is_right) in enumerate(zip(hits, right, strict=True), start=1):
        if is_right:
            print(f"rank {rank}: {hit.score:.0%}, read as {hit.reads!r}")


if __name__ == "__main__":
    main()
