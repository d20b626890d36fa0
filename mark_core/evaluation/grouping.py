"""Quality of word clusters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class GroupingScore:
    """Measures of a clustering, 0..1.

    purity: share of words in groups of two or more that have the most frequent key of their group. coverage: share of
    words whose key occurs twice or more that are in a group with another word of that key. precision, recall, f1:
    B-cubed (Bagga and Baldwin, 1998), over all words. groups: number of groups of two or more words.
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
    """Score a clustering. groups: rows of each group, disjoint. keys: true key of every row."""
    frequency = Counter(keys)
    right = grouped = found = 0
    precision, recall = np.zeros(len(keys)), np.zeros(len(keys))
    for rows in groups:
        count = Counter(keys[row] for row in rows)
        for row in rows:
            same = count[keys[row]]
            precision[row], recall[row] = same / len(rows), same / frequency[keys[row]]
            found += same > 1
        if len(rows) > 1:
            right += max(count.values())
            grouped += len(rows)
    recurring = sum(frequency[key] > 1 for key in keys)
    return GroupingScore(
        right / grouped if grouped else 1.0,
        found / recurring if recurring else 1.0,
        float(precision.mean()) if len(keys) else 1.0,
        float(recall.mean()) if len(keys) else 1.0,
        sum(len(rows) > 1 for rows in groups),
    )
