"""Batches of crops with the labels of a lesson."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from mark_core.model.strip import pad_strips
from mark_core.training.data import Batch, augment


def batches_of(
    strips: Sequence[np.ndarray],
    labels: dict[int, tuple[str, bool]],
    sure: set[int],
    count: int,
    words: int,
    views: int,
    g: np.random.Generator,
) -> Iterator[Batch]:
    """``count`` batches of ``words`` labels x ``views`` crops, words of like width together, drawn when asked for.

    labels: by number of the crop, and whether they are what is written there or only a name of the group.

    A word is drawn as often as the root of its number of crops: frequent words are surer, but are not everything.
    Crops in ``sure`` count four times. A word with one crop is shown twice, drawn differently.
    """
    members: dict[tuple[str, bool], list[int]] = {}
    for row, label in labels.items():
        members.setdefault(label, []).extend([row] * (4 if row in sure else 1))
    names = sorted(members)
    weight = np.sqrt([len(members[name]) for name in names])
    drawn = g.choice(len(names), count * words, p=weight / weight.sum())
    width = np.array([np.median([strips[i].shape[1] for i in members[name]]) for name in names])
    span = 8 * words
    for start in range(0, len(drawn), span):
        part = drawn[start : start + span]
        drawn[start : start + span] = part[np.argsort(width[part], kind="stable")]
    batches = drawn.reshape(count, words)
    for batch in batches[g.permutation(count)]:
        crops, texts, readable = [], [], []
        for name in batch:
            rows = members[names[name]]
            for row in g.choice(rows, views, replace=len(rows) < views):
                crops.append(augment(strips[row], g))
                texts.append(names[name][0])
                readable.append(names[name][1])
        yield Batch(pad_strips(crops), texts, np.array(readable))
