import numpy as np
import pytest

from mark_core import MarkError
from mark_core.model.strip import STRIP_HEIGHT
from mark_core.training.data import GroupSampler, WordSet, augment, loader


def word_set(groups=12, views=3, seed=0):
    g = np.random.default_rng(seed)
    strips, labels = [], []
    for i in range(groups):
        for _ in range(views):
            strips.append(g.integers(0, 255, (STRIP_HEIGHT, int(g.integers(20, 200))), np.uint8))
            labels.append(f"word{i}" if i % 4 else f"слово{i}")
    return WordSet.from_strips(strips, labels, ["latin"] * len(strips))


def test_strips_come_back_as_they_went_in(tmp_path):
    words = word_set()
    np.savez(
        tmp_path / "train-0-0000.npz",
        pixels=words.pixels,
        widths=words.widths,
        labels=words.labels,
        scripts=words.scripts,
    )
    again = WordSet.load([tmp_path / "train-0-0000.npz"] * 2)
    assert len(again) == 2 * len(words)
    for i in range(len(words)):
        np.testing.assert_array_equal(again.strip(i), words.strip(i))
        np.testing.assert_array_equal(again.strip(i + len(words)), words.strip(i))


def test_no_shards():
    with pytest.raises(MarkError, match="no training shards"):
        WordSet.load([])


def test_batches_hold_groups_and_depend_on_seed_and_step_alone():
    words = word_set()
    sampler = GroupSampler(words, labels=4, views=2, seed=1)
    batch = sampler.batch(5)
    assert batch.labels[0::2] == batch.labels[1::2]
    assert len(set(batch.labels)) == 4
    assert batch.readable.tolist() == [label.isascii() for label in batch.labels]
    again = GroupSampler(words, labels=4, views=2, seed=1).batch(5)
    np.testing.assert_array_equal(batch.strips, again.strips)
    other = GroupSampler(words, labels=4, views=2, seed=2).batch(5)
    assert batch.labels != other.labels or not np.array_equal(batch.strips, other.strips)


def test_foreign_groups_are_turned_and_never_read(monkeypatch):
    monkeypatch.setattr("mark_core.training.data.augment", lambda strip, *_: strip)
    words = word_set()
    batch = GroupSampler(words, labels=12, views=2, seed=0, foreign=0.5).batch(0)
    turned = [label for label in batch.labels if " " in label]
    assert 0 < len(turned) < len(batch.labels)
    for strip, label, readable in zip(batch.strips, batch.labels, batch.readable, strict=True):
        word, _, turn = label.partition(" ")
        width = int((strip[0, 0] >= 0).sum())
        seen = np.round(strip[0, :, :width] * 255).astype(np.uint8)
        back = {"": seen, "mirrored": seen[:, ::-1], "upside down": seen[::-1]}[turn]
        own = [words.strip(i) for i in np.flatnonzero(words.labels == word)]
        assert any(back.shape == s.shape and (back == s).all() for s in own)
        assert not (turn and readable)


def test_an_epoch_shows_every_word_once():
    sampler = GroupSampler(word_set(), labels=4, views=2, seed=0)
    assert sampler.steps_per_epoch == 3
    seen = [label for step in range(3) for label in set(sampler.batch(step).labels)]
    assert len(seen) == len(set(seen)) == 12


@pytest.mark.parametrize("workers", [0, 1])
def test_loaded_batches_equal_single_ones(workers):
    sampler = GroupSampler(word_set(), labels=4, views=2, seed=0)
    batches = list(loader(sampler, 2, 5, workers))
    assert len(batches) == 3
    for step, batch in enumerate(batches, start=2):
        np.testing.assert_array_equal(batch.strips, sampler.batch(step).strips)
        assert batch.labels == sampler.batch(step).labels


@pytest.mark.parametrize("workers", [0, 1])
def test_an_error_reaches_who_asks_for_the_batch(workers):
    sampler = GroupSampler(word_set(), labels=4, views=2, seed=0)
    sampler.words.starts = np.zeros(0, int)
    with pytest.raises(IndexError):
        next(iter(loader(sampler, 0, 1, workers)))


def test_too_few_words():
    with pytest.raises(MarkError, match="different words"):
        GroupSampler(word_set(groups=3), labels=4, views=2, seed=0)


def test_augmentation_keeps_height_type_and_limit():
    g = np.random.default_rng(0)
    strip = g.integers(0, 255, (48, 150), np.uint8)
    for _ in range(50):
        out = augment(strip, g, width_limit=120)
        assert out.shape[0] == 48
        assert out.dtype == np.uint8
        assert 16 <= out.shape[1] <= 120
