import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mark_core.retrieval.reading.edit_distance import as_codes, distances, edited
from tests.helpers.readings import distance


def test_edited_letters_are_all_there_once():
    one = edited("ab", 1)
    assert len(one) == len(set(one)) == 1 + 2 + 2 + 3
    assert all(len(letters) >= 1 for letters in edited("ab", 2))
    assert list(itertools.chain(edited("a", 1))) == sorted({("a",), ("?",), ("?", "a"), ("a", "?")})


@given(st.lists(st.text("abc", max_size=6), min_size=1, max_size=6), st.text("abc", min_size=1, max_size=5))
def test_readings_differ_from_a_word_by_so_many_letters(readings, word):
    found = distances(*as_codes(readings), tuple(word))
    assert found.tolist() == [distance(word, reading) for reading in readings]


def test_one_of_several_letters_is_no_difference():
    assert distances(*as_codes(["vita", "uita", "wita"]), ("uv", "i", "t", "a")).tolist() == [0, 0, 1]
    assert distances(*as_codes([]), ("a",)).tolist() == []
    assert np.array_equal(distances(*as_codes(["", ""]), ("a", "b")), [2, 2])
