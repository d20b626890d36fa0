"""How long a typed word takes to be sought in lines: ``python benchmarks/lines/line_search.py [--words 100000]``.

The lines are made up: words of a list, each letter in one to four columns, read with some doubt. Prints medians.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from speed import medians_ms

from mark_core.model.alphabet import ALPHABET
from mark_core.retrieval.lines.automaton import pattern_of
from mark_core.retrieval.lines.columns import SPACE, LineColumns
from mark_core.retrieval.lines.line_index import MISSING
from mark_core.retrieval.lines.spans import MOST, find_everywhere
from mark_core.retrieval.lines.spikes import find_spikes
from mark_core.retrieval.query import parse_query

LETTERS = ALPHABET + SPACE
WORDS_A_LINE = 10
VOCABULARY = [
    "the",
    "of",
    "and",
    "to",
    "that",
    "orders",
    "captain",
    "colonel",
    "washington",
    "winchester",
    "you",
    "be",
    "in",
    "for",
    "letter",
    "regiment",
    "with",
    "his",
    "cumberland",
    "instructions",
    "a",
    "immediately",
    "i",
    "number",
    "men",
    "provisions",
    "december",
    "at",
    "fort",
    "recruiting",
    "company",
    "it",
    "is",
    "from",
    "by",
    "not",
    "are",
    "which",
]
QUERIES = (
    "the",
    "orders",
    "washington",
    "immediately",
    "of",
    "winch*",
    "col?nel",
    "orders~1",
    "fort cumberland",
)


def made_up(lines: int, doubt: float, seed: int = 0) -> LineColumns:
    """Lines of ``WORDS_A_LINE`` words. doubt: spread of the logits beside the right class, which has 6 more."""
    random = np.random.default_rng(seed)
    blank, dense = len(LETTERS), []
    for _ in range(lines):
        path: list[int] = []
        for letter in " ".join(random.choice(VOCABULARY, WORDS_A_LINE)):
            path += [LETTERS.index(letter)] * int(random.integers(1, 3)) + [blank] * int(
                random.integers(1, 5)
            )
        logits = random.normal(0, doubt, (len(path), blank + 1)).astype(np.float32)
        logits[np.arange(len(path)), path] += 6
        logits[np.array(path) == blank, blank] += 4
        dense.append(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))
    return LineColumns.from_dense(dense, LETTERS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--doubt", type=float, default=1.5)
    options = parser.parse_args()
    lines = max(1, options.words // WORDS_A_LINE)
    few = made_up(min(lines, 500), options.doubt)
    columns = few.select(np.arange(lines) % len(few))
    start = time.perf_counter()
    spikes = find_spikes(columns, np.ones(lines, bool))  # each goes on in the next one
    print(
        f"{lines} lines, {len(columns.path)} columns, {len(spikes)} spikes in {time.perf_counter() - start:.2f} s"
    )
    held = columns.classes.nbytes + columns.log_p.nbytes
    print(f"columns: {held / 1e6:.0f} MB, {held / options.words:.0f} bytes a word")
    for text in QUERIES:
        pattern = pattern_of(parse_query(text))
        wall, processor = medians_ms(
            lambda pattern=pattern: find_everywhere(columns, pattern, spikes, MISSING), 5
        )
        first = medians_ms(lambda pattern=pattern: spikes.windows(pattern, MOST), 5)[1]
        found, divided = find_everywhere(columns, pattern, spikes, MISSING)
        sure = int((found.score > -0.5).sum())
        print(
            f"{text:18} {wall:6.1f} ms ({processor:.1f} of the processor, first look {first:.1f}), {sure} sure hits, "
            f"{len(divided)} over the end of a line"
        )


if __name__ == "__main__":
    main()
