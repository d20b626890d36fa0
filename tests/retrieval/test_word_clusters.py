import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core.model.encoding import Encoding
from mark_core.retrieval import word_clusters as module
from mark_core.retrieval.scoring import Calibration
from mark_core.retrieval.word_clusters import average_linkage, cluster_words, group
from tests.conftest import encoding_that_reads


def plain_linkage(likeness, level):
    """Average linkage as the textbook has it: join the likeliest pair of groups until none is above the level."""
    groups = [[i] for i in range(len(likeness))]
    while len(groups) > 1:
        pairs = [
            (np.mean(likeness[np.ix_(one, two)]), i, j)
            for i, one in enumerate(groups)
            for j, two in enumerate(groups)
            if i < j
        ]
        best, i, j = max(pairs)
        if best <= level:
            break
        groups[i] = sorted(groups[i] + groups.pop(j))
    return sorted(groups)


@given(st.integers(0, 10**6), st.integers(1, 24), st.floats(-0.3, 0.6))
def test_it_is_average_linkage(seed, count, level):
    features = np.random.default_rng(seed).normal(size=(count, 4)).astype(np.float32)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    expected = plain_linkage((features @ features.T).astype(np.float64), level)
    products = (features @ features.T).astype(np.float64)
    assert sorted(rows.tolist() for rows in average_linkage(products, level)) == expected
    assert [rows.tolist() for rows in group(features, level)] == expected


def test_a_part_that_is_too_large_is_parted(monkeypatch):
    monkeypatch.setattr(module, "_LARGEST", 4)
    monkeypatch.setattr(module, "_STEP", 0.3)
    features = np.eye(3, dtype=np.float32)[[0, 0, 0, 1, 1, 1]] + 0.4
    groups = group(features, 0.1)  # all are connected at this level
    assert [rows.tolist() for rows in groups] == [[0, 1, 2], [3, 4, 5]]


def words_of(readings, vectors):
    """Encodings with these readings and unit vectors in the given directions (degrees)."""
    letters = encoding_that_reads(readings)
    angle = np.radians(vectors)
    return Encoding(
        np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32),
        letters.letters,
        letters.counts,
        letters.shapes,
    )


def test_clusters_come_by_frequency_and_are_called_by_what_most_read():
    encoding = words_of(["fort", "march", "fort", "forl", "fort", "mar"], [0, 90, 5, -4, 200, 93])
    found = cluster_words(encoding, Calibration(example=(-9.0, 10.0, 0.0, 0.0)))
    assert [(sorted(one.members), one.reads) for one in found] == [
        ([0, 2, 3], "fort"),
        ([1, 5], "march"),
        ([4], "fort"),
    ]
    assert found[0].members[0] == 0  # the one in the middle stands for them
    assert len(found[0]) == 3


def test_every_word_is_in_one_cluster_and_nothing_depends_on_chance():
    g = np.random.default_rng(3)
    encoding = words_of(["a"] * 200, g.uniform(0, 360, 200))
    calibration = Calibration(example=(-9.0, 9.2, 0.0, 0.0))
    found = cluster_words(encoding, calibration)
    assert sorted(row for one in found for row in one.members) == list(range(200))
    assert [one.members for one in cluster_words(encoding, calibration)] == [one.members for one in found]
    sizes = [len(one) for one in found]
    assert sizes == sorted(sizes, reverse=True)
    assert 2 < len(found) < 200


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_words(count):
    encoding = encoding_that_reads(["fort"]).select(list(range(count)))
    assert [one.members for one in cluster_words(encoding, Calibration())] == [(0,)] * count
