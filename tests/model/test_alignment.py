import itertools

import numpy as np
import pytest

from mark_core.model.alignment import align

LETTERS = "abc"
SPACE, BLANK = 3, 4


def columns(text: str, certainty: float = 0.9) -> np.ndarray:
    """Log-probabilities of columns that show the classes of ``text`` ("_" the blank), one a column."""
    classes = [BLANK if char == "_" else SPACE if char == " " else LETTERS.index(char) for char in text]
    out = np.full((len(classes), 5), (1 - certainty) / 4)
    out[np.arange(len(classes)), classes] = certainty
    return np.log(out).astype(np.float32)


def places(text: str, words: list[str], space: int | None = SPACE) -> list[tuple[int, int]]:
    return [(word.start, word.end) for word in align(columns(text), words, LETTERS, space)]


def test_words_stand_where_their_letters_are():
    assert places("_ab__ c_", ["ab", "c"]) == [(1, 3), (6, 7)]
    assert places("aab_bc", ["abbc"]) == [(0, 6)]


def test_without_a_class_for_the_space_words_are_parted_all_the_same():
    assert places("_ab__c_", ["ab", "c"], space=None) == [(1, 3), (5, 6)]


def test_a_word_that_is_written_is_surer_than_another():
    right, _ = align(columns("_ab_ _c"), ["ab", "c"], LETTERS, SPACE)
    wrong, _ = align(columns("_ab_ _c"), ["cb", "c"], LETTERS, SPACE)
    assert right.confidence == pytest.approx(0.0)
    assert wrong.confidence < -1


def test_more_letters_than_columns_give_nothing():
    assert align(columns("ab"), ["abc"], LETTERS) == []


def test_the_path_is_the_likeliest_of_all():
    g = np.random.default_rng(0)
    log_p = np.log(g.dirichlet(np.ones(5), 5)).astype(np.float32)
    (found,) = align(log_p, ["ab"], LETTERS)

    def collapsed(path: tuple[int, ...]) -> list[int]:
        return [c for i, c in enumerate(path) if c != BLANK and (i == 0 or c != path[i - 1])]

    paths = [p for p in itertools.product((0, 1, BLANK), repeat=5) if collapsed(p) == [0, 1]]
    best = max(paths, key=lambda path: sum(log_p[t, c] for t, c in enumerate(path)))
    letters = [t for t, c in enumerate(best) if c != BLANK]
    assert (found.start, found.end) == (letters[0], letters[-1] + 1)
