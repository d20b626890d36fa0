import numpy as np

from mark_core.retrieval.explanation.warping import column_likeness


def letters(text, g=None):
    """One column a letter, each of its own direction, a little disturbed."""
    rows = np.eye(30)[[ord(char) - 97 for char in text]]
    rows = rows + (0 if g is None else g.normal(0, 0.05, rows.shape))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_equal_columns_are_alike_also_when_one_word_is_wider():
    heat = column_likeness(letters("aabbccdd"), letters("abcd"))
    assert heat.shape == (8,)
    assert heat.min() > 0.99


def test_the_part_that_differs_is_unlike():
    g = np.random.default_rng(0)
    heat = column_likeness(letters("aabbxxdd", g), letters("aabbccdd", g))
    assert heat[[4, 5]].max() < 0.3
    assert heat[[0, 1, 2, 3, 6, 7]].min() > 0.8


def test_columns_far_apart_are_not_matched():
    """The same letters at the other end of the word are not the same place of it."""
    assert column_likeness(letters("abcdefgh"), letters("hgfedcba")).mean() < 0.4


def test_no_columns_no_likeness():
    assert column_likeness(np.zeros((0, 0)), np.zeros((0, 0))).shape == (0,)
    assert column_likeness(letters("a"), letters("bcdefghij")).shape == (1,)
