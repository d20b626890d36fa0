"""How well words were gathered that are one word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class GroupingScore:
    """Shares 0..1.

    purity: of the words in groups of two or more, those that are the word that most of their group are. coverage: of
    the words whose key occurs twice or more, those in a group with another of the same key. precision, recall, f1:
    B-cubed (Bagga and Baldwin, 1998), over all words. groups: of two or more words.
    """

    purity: float
    coverage: float
    precision: float
    recall: float
    groups: int

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def score_groups(groups: Sequence[Sequence[int]], keys: Sequence[str]) -> GroupingScore:
    """``groups``: rows, each in one group. ``keys``: of every row what the word is."""
    frequency = Counter(keys)
    right = gathered = found = 0
    precision, recall = np.zeros(len(keys)), np.zeros(len(keys))
    for rows in groups:
        count = Counter(keys[row] for row in rows)
        for row in rows:
            same = count[keys[row]]
            precision[row], recall[row] = same / len(rows), same / frequency[keys[row]]
            found += same > 1
        if len(rows) > 1:
            right += max(count.values())
            gathered += len(rows)
    recurring = sum(frequency[key] > 1 for key in keys)
    return GroupingScore(
        right / gathered if gathered else 1.0,
        found / recurring if recurring else 1.0,
        float(precision.mean()) if len(keys) else 1.0,
        float(recall.mean()) if len(keys) else 1.0,
        sum(len(rows) > 1 for rows in groups),
    )
