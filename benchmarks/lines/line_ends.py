"""Words over the end of a line.

``python benchmarks/lines/line_ends.py DIR --column cased [--step 1] [--index FOLDER]``.

DIR is a data set (pages/ and words.csv) whose transcription, the column, keeps the hyphen at the end of a line. Every
such word is typed as one; printed is how many are found first, among the first ten, and lit up, with the search in
single lines and with the search across their ends. Found: both parts of the word, or one of them, are a box of the hit,
by extent match; other places where the word really stands do not count. Beside it: mAP of the words that are never
divided, both ways.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd

from mark_core.evaluation.boxes import likeness
from mark_core.evaluation.metrics import average_precision
from mark_core.model.alphabet import fold_lenient
from mark_core.model.mark import load_model
from mark_core.pages.load import load_page
from mark_core.retrieval.hit import Hit
from mark_core.retrieval.index import WordIndex
from mark_core.retrieval.query import Query
from mark_core.retrieval.snapshot import Snapshot

HYPHEN = re.compile(r"\w[-=¬⸗‐]$")


@dataclass(frozen=True)
class Divided:
    """A word over the end of a line. rows: of its two parts in the table."""

    word: str
    rows: tuple[int, int]


def divided_words(table: pd.DataFrame, column: str) -> list[Divided]:
    """Words whose first part ends in a hyphen and is followed, on the same page, by one further left."""
    texts, found = table[column].fillna("").astype(str).tolist(), []
    for row in range(len(table) - 1):
        same = table.page[row] == table.page[row + 1] and table.x[row + 1] < table.x[row]
        if same and HYPHEN.search(texts[row]):
            word = fold_lenient(texts[row]) + fold_lenient(texts[row + 1])
            if word.isalnum():
                found.append(Divided(word, (row, row + 1)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--column", default="text", help="of the transcription that keeps hyphens")
    parser.add_argument("--step", type=int, default=1, help="every so many pages")
    parser.add_argument("--index", type=Path, help="folder in which the index is kept for another run")
    parser.add_argument("--words", type=int, default=300, help="never divided, for the mAP")
    options = parser.parse_args()
    table = pd.read_csv(options.folder / "words.csv", dtype={"page": str, "key": str}, keep_default_na=False)
    pages = sorted(table.page.unique())[:: options.step]
    table = table[table.page.isin(pages)].reset_index(drop=True)
    index = index_of(options.folder, pages, options.index)
    now = index._snapshot()
    if now.lines is None:
        sys.exit("These weights do not read lines.")
    single = replace(now)
    object.__setattr__(single, "lines", replace(now.lines, goes_on=np.zeros_like(now.lines.goes_on)))
    words = divided_words(table, options.column)
    print(f"{len(pages)} pages, {len(words)} words over the end of a line, by the column {options.column}")
    keys = {fold_lenient(one.word) for one in words}
    others = sorted(set(table.key) - keys - {""})
    g = np.random.default_rng(0)
    others = sorted(g.choice(others, min(options.words, len(others)), replace=False).tolist())
    for name, snapshot in (("in lines", single), ("and across their ends", now)):
        ranks = [_ranks(snapshot, table, one, index.threshold()) for one in words]
        both, part, lit = (np.array(column) for column in zip(*ranks, strict=True)) if ranks else ([], [], [])
        print(
            f"{name}: both parts first {_share(both == 1)}, in the first ten {_share(both <= 10)}, lit {_share(lit)}; "
            f"a part first {_share(part == 1)}, in the first ten {_share(part <= 10)}"
        )
        found = [_precision(snapshot, table, word) for word in others]
        print(f"{name}: mAP of {len(others)} words that are never divided {100 * np.mean(found):.2f}")


def _share(found: np.ndarray) -> str:
    return f"{int(found.sum())} of {len(found)}"


def index_of(folder: Path, pages: Sequence[str], kept: Path | None) -> WordIndex:
    """An index of these pages of a data set. kept: where it is kept, and read from if it is there."""
    if kept is not None and kept.exists():
        return WordIndex.load(kept)
    index = WordIndex(load_model())
    for name in pages:
        index.add(load_page(folder / "pages" / name))
    if kept is not None:
        index.save(kept)
    return index


def _truth(table: pd.DataFrame, rows: Sequence[int]) -> np.ndarray:
    return table.loc[list(rows), ["x", "y", "w", "h"]].to_numpy(float)


def _agree(now: Snapshot, hit: Hit, table: pd.DataFrame, rows: Sequence[int]) -> np.ndarray:
    """(boxes of the hit, rows) bool: extent matches with words of the table."""
    page = now.page(hit.page).page
    name = table.page[rows[0]] if rows else None
    if page.name != name:
        return np.zeros((len(hit.boxes), len(rows)), bool)
    return likeness(np.array(hit.boxes, float) / page.scale, _truth(table, rows))[2]


def _ranks(now: Snapshot, table: pd.DataFrame, one: Divided, threshold: float) -> tuple[float, float, bool]:
    """Rank of the first hit with both parts and of the first with one of them, wrong ones before it and 1; and whether
    the former is lit."""
    both = part = np.inf
    lit, wrong = False, 0
    whole = np.flatnonzero((table.key == one.word).to_numpy())
    parts = [
        number for number in range(len(table) - 1) if table.key[number] + table.key[number + 1] == one.word
    ]
    for hit in now.search(Query(one.word), 30):
        agree = _agree(now, hit, table, one.rows)
        if part == np.inf and agree.any():
            part = wrong + 1
        if both == np.inf and len(agree) == 2 and agree[0, 0] and agree[1, 1]:
            both, lit = wrong + 1, hit.score >= threshold
        right = any(_agree(now, hit, table, [row]).any() for row in whole.tolist())
        right |= any(_agree(now, hit, table, [row, row + 1]).any() for row in parts)
        wrong += not right
    return both, part, lit


def _precision(now: Snapshot, table: pd.DataFrame, word: str) -> float:
    """Average precision, 0..1; a divided hit is always wrong."""
    rows = np.flatnonzero((table.key == word).to_numpy()).tolist()
    taken: set[int] = set()
    relevant = []
    for hit in now.search(Query(word), 100):
        fitting = [
            row
            for row in rows
            if row not in taken and not hit.divided and _agree(now, hit, table, [row]).any()
        ]
        taken.update(fitting[:1])
        relevant.append(bool(fitting))
    scores = -np.arange(len(relevant), dtype=float)
    return float(average_precision(scores[None], np.array(relevant)[None], np.array([len(rows)]))[0])


if __name__ == "__main__":
    main()
