import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.training import active_learning
from mark_core.training.active_learning import choose_questions
from tests.conftest import encoding_that_reads


def seen(vectors: np.ndarray, words: list[str] | None = None) -> Encoding:
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    read = encoding_that_reads(words or ["fort"] * len(unit))
    return Encoding(unit, read.letters, read.counts, np.zeros((len(unit), 0), np.float16))


def test_the_first_question_stands_for_most_doubt_and_the_next_for_what_is_left():
    g = np.random.default_rng(0)
    words = [0] * 10 + [1] * 6 + [2] * 20
    crops = seen(np.eye(4)[words] + g.normal(0, 0.02, (36, 4)))
    confidence = np.array([0.2] * 10 + [0.2] * 6 + [0.99] * 20)  # the largest group is known already
    asked = choose_questions(crops, confidence, 3)
    assert [words[i] for i in asked[:2]] == [0, 1]
    assert len(set(asked)) == len(asked)


def test_a_lone_crop_is_asked_about_after_a_group_and_nothing_twice():
    crops = seen(np.eye(4)[[0, 0, 0, 1]])
    asked = choose_questions(crops, np.zeros(4), 4)
    assert asked[0] in (0, 1, 2)
    assert asked[1] == 3
    assert len(asked) == 2  # copies of an answered crop have nothing left to say


def test_no_doubt_no_question():
    assert choose_questions(seen(np.eye(4)), np.ones(4), 2) == []


def test_pieces_of_words_are_not_asked_about():
    crops = seen(np.eye(4)[[0, 0, 0, 1]], ["of", "of", "a", "fort"])
    assert choose_questions(crops, np.zeros(4), 4) == [3]


def test_what_is_answered_covers_what_looks_like_it_and_what_cannot_be_read_covers_nothing():
    crops = seen(np.eye(4)[[0, 0, 0, 1, 1, 2]])
    assert choose_questions(crops, np.zeros(6), 6, answered=[1]) == [3, 5]
    assert choose_questions(crops, np.zeros(6), 6, unreadable=[0, 5]) == [1, 3]


def test_of_a_large_collection_the_most_doubtful_are_weighed(monkeypatch):
    monkeypatch.setattr(active_learning, "MOST", 3)
    crops = seen(np.eye(4)[[0, 0, 0, 1, 2, 3]])
    assert choose_questions(crops, np.array([0.9, 0.9, 0.9, 0.5, 0.4, 0.3]), 6) == [5, 4, 3]
