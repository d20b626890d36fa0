import numpy as np
import pytest

from mark_core.training.batches import batches_of


def test_batches_balance_words_and_trust_people_more():
    strips = [np.full((48, 40 + 5 * i), 200, np.uint8) for i in range(40)]
    labels = {i: ("the" if i < 36 else f"word{i}", i != 37) for i in range(40)}
    batches = list(batches_of(strips, labels, {39}, 60, 4, 2, np.random.default_rng(0)))
    drawn = [label for batch in batches for label in batch.labels]
    count = {word: drawn.count(word) for word in ("the", "word37", "word39")}
    assert len(drawn) == 60 * 4 * 2
    assert count["the"] / count["word37"] == pytest.approx(6, rel=0.5)  # root of 36 to root of 1
    assert count["word39"] / count["word37"] == pytest.approx(2, rel=0.5)
    assert all(batch.labels[0::2] == batch.labels[1::2] for batch in batches)
    for batch in batches:  # what is only the name of a group is never read
        assert batch.readable.tolist() == [label != "word37" for label in batch.labels]
