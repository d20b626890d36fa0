import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mark_core.model.encoding import Encoding


def made(counts, seed=0):
    g = np.random.default_rng(seed)
    n = len(counts)
    return Encoding(
        g.normal(size=(n, 4)).astype(np.float32),
        g.normal(size=(sum(counts), 37)).astype(np.float16),
        np.array(counts, np.int32),
        g.normal(size=(n, 3)).astype(np.float16),
    )


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.data())
def test_a_selection_has_the_letters_of_its_own_words(counts, data):
    encoding = made(counts)
    rows = data.draw(st.lists(st.integers(0, len(counts) - 1), max_size=6))
    chosen = encoding.select(rows)
    starts = np.cumsum([0, *counts])
    expected = [encoding.letters[starts[r] : starts[r + 1]] for r in rows]
    np.testing.assert_array_equal(chosen.letters, np.concatenate([encoding.letters[:0], *expected]))
    np.testing.assert_array_equal(chosen.vectors, encoding.vectors[rows])
    np.testing.assert_array_equal(chosen.shapes, encoding.shapes[rows])
    assert chosen.counts.tolist() == [counts[r] for r in rows]


def test_joined_parts_come_apart_again():
    parts = [made([2, 0, 3]), made([1], seed=1)]
    joined = Encoding.join(parts)
    assert len(joined) == 4
    again = joined.select([3])
    np.testing.assert_array_equal(again.letters, parts[1].letters)
    np.testing.assert_array_equal(again.vectors, parts[1].vectors)


def test_joining_nothing_gives_the_sizes_asked_for():
    empty = Encoding.join([], dim=7, shape_dim=5)
    assert (len(empty), empty.vectors.shape, empty.shapes.shape) == (0, (0, 7), (0, 5))
