"""Phrases of three words on whole pages: ``python benchmarks/lines/phrases.py DIR [--index FOLDER]``.

DIR is a data set whose words.csv is in reading order. Drawn are 200 places where three words follow each other; each is
typed as a phrase. Recall at 10: of all places of the phrase, ten at most, how many are among the first ten hits, mean
over phrases. A hit is right if in every line its boxes together match the words there, by extent. Printed for boxes
alone, with the search in lines, and with that across their ends, for all phrases and for those that go over the end of
a line.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd
from line_ends import index_of

from mark_core.evaluation.boxes import likeness
from mark_core.retrieval.hit import Hit
from mark_core.retrieval.query import Query
from mark_core.retrieval.snapshot import Snapshot

WORDS = 3


def phrases_of(table: pd.DataFrame) -> dict[str, list[tuple[int, ...]]]:
    """Every phrase of three words with the rows of the table at which it stands."""
    keys, pages, found = table.key.tolist(), table.page.tolist(), {}
    for row in range(len(table) - WORDS + 1):
        rows = tuple(range(row, row + WORDS))
        if pages[row] == pages[rows[-1]] and all(keys[one] for one in rows):
            found.setdefault(" ".join(keys[one] for one in rows), []).append(rows)
    return found


def by_line(boxes: np.ndarray) -> list[np.ndarray]:
    """(N, 4) boxes in reading order -> x y w h around those of each line; a line begins further left and lower."""
    breaks = np.flatnonzero(boxes[1:, 0] < boxes[:-1, 0]) + 1
    return [_around(part) for part in np.split(boxes, breaks)]


def _around(boxes: np.ndarray) -> np.ndarray:
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return np.concatenate([low, high - low])


def is_right(now: Snapshot, hit: Hit, table: pd.DataFrame, rows: Sequence[int]) -> bool:
    page = now.page(hit.page).page
    if page.name != table.page[rows[0]]:
        return False
    truth = by_line(table.loc[list(rows), ["x", "y", "w", "h"]].to_numpy(float))
    found = by_line(np.array(hit.boxes, float) / page.scale)
    return len(truth) == len(found) and all(
        likeness(one[None], other[None])[2][0, 0] for one, other in zip(found, truth, strict=True)
    )


def recall(now: Snapshot, table: pd.DataFrame, phrase: str, places: Sequence[tuple[int, ...]]) -> float:
    """Share of the places, ten at most, that are among the first ten hits."""
    hits = now.search(Query(phrase), 10)
    found = sum(any(is_right(now, hit, table, rows) for hit in hits) for rows in places)
    return min(1.0, found / min(10, len(places)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--phrases", type=int, default=200)
    parser.add_argument("--step", type=int, default=1, help="every so many pages")
    parser.add_argument("--index", type=Path, help="folder in which the index is kept for another run")
    options = parser.parse_args()
    table = pd.read_csv(options.folder / "words.csv", dtype={"page": str, "key": str}, keep_default_na=False)
    pages = sorted(table.page.unique())[:: options.step]
    table = table[table.page.isin(pages)].reset_index(drop=True)
    now = index_of(options.folder, pages, options.index)._snapshot()
    places = phrases_of(table)
    starts = [phrase for phrase, rows in sorted(places.items()) for _ in rows]
    chosen = np.random.default_rng(0).choice(starts, options.phrases, replace=False).tolist()
    breaks = np.array(
        [
            len(by_line(table.loc[list(places[one][0]), ["x", "y", "w", "h"]].to_numpy(float))) > 1
            for one in chosen
        ]
    )
    print(f"{len(pages)} pages, {len(chosen)} phrases, {breaks.sum()} of them over the end of a line")
    boxes, single = replace(now), replace(now)
    object.__setattr__(boxes, "lines", None)
    if now.lines is not None:
        apart = replace(now.lines, goes_on=np.zeros_like(now.lines.goes_on))
        object.__setattr__(single, "lines", apart)
    for name, snapshot in (("boxes alone", boxes), ("and lines", single), ("and across their ends", now)):
        found = np.array([recall(snapshot, table, one, places[one]) for one in chosen])
        print(
            f"{name}: recall at 10 {100 * found.mean():.1f}, within a line {100 * found[~breaks].mean():.1f}, "
            f"over the end of a line {100 * found[breaks].mean():.1f}"
        )


if __name__ == "__main__":
    main()
