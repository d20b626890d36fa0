"""PHOC: the pyramidal histogram of characters of a word.

Almazán, Gordo, Fornés, Valveny, "Word Spotting and Recognition with Embedded Attributes", TPAMI 2014.
Letter k of n occupies [k/n, (k+1)/n]; it is set in region r of level L if at least half of that extent
lies in [r/L, (r+1)/L]. All comparisons are made in integers, so there is no rounding at the borders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mark_core.model.alphabet import ALPHABET


@dataclass(frozen=True)
class Phoc:
    """Which attributes a PHOC has: letters at ``levels``, then ``bigrams`` at ``bigram_levels``."""

    levels: tuple[int, ...] = (1, 2, 3, 4, 5)
    alphabet: str = ALPHABET
    bigrams: tuple[str, ...] = ()
    bigram_levels: tuple[int, ...] = (2,)

    @property
    def size(self) -> int:
        return sum(self.levels) * len(self.alphabet) + sum(self.bigram_levels) * len(self.bigrams)

    def encode(self, words: Sequence[str]) -> np.ndarray:
        """Folded words -> (N, size) float32 of 0 and 1. Letters outside the alphabet set nothing."""
        out = np.zeros((len(words), self.size), np.float32)
        for row, word in zip(out, words, strict=True):
            _fill(row, [word[k] for k in range(len(word))], 1, len(word), self.levels, self.alphabet)
            offset = sum(self.levels) * len(self.alphabet)
            pairs = [word[k : k + 2] for k in range(len(word) - 1)]
            _fill(row[offset:], pairs, 2, len(word), self.bigram_levels, self.bigrams)
        return out


def _fill(
    row: np.ndarray, units: list[str], span: int, n: int, levels: Sequence[int], symbols: Sequence[str]
) -> None:
    """Set ``row`` for units that start at letter k and are ``span`` letters long, in a word of n letters."""
    position = {symbol: i for i, symbol in enumerate(symbols)}
    offset = 0
    for level in levels:
        for k, unit in enumerate(units):
            index = position.get(unit)
            if index is None:
                continue
            # in units of 1 / (n * level): the letter covers [k L, (k + span) L], region r covers [r n, (r + 1) n]
            start, end = k * level, (k + span) * level
            for region in range(start // n, min(level, (end - 1) // n + 1)):
                overlap = min(end, (region + 1) * n) - max(start, region * n)
                if 2 * overlap >= end - start:
                    row[offset + region * len(symbols) + index] = 1.0
        offset += level * len(symbols)
