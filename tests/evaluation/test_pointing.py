import numpy as np
import pytest
from PIL import ImageFont

import mark_core as mark
from mark_core.evaluation.pointing import draw_letters, point, point_clicked

WORDS = ["letters", "winchester", "fort", "orders", "captain", "regiment", "virginia", "major"]


@pytest.fixture(scope="module")
def drawn():
    g, font = np.random.default_rng(0), ImageFont.load_default(56)
    return [draw_letters(word, font, g) for word in WORDS]


def test_letters_stand_where_they_are_said_to_stand(drawn):
    for word in drawn:
        columns = (word.crop < 140).any(axis=0)
        edges = (word.boxes * word.crop.shape[1]).round().astype(int)
        inside = np.zeros(len(columns), bool)
        for left, right in edges:
            assert columns[left:right].any()
            inside[left - 1 : right + 2] = True
        assert not columns[~inside].any()


def test_evidence_points_at_the_letters_and_with_random_weights_it_does_not(drawn, random_model):
    shipped = point(mark.load_model(), drawn, np.random.default_rng(0))
    random = point(random_model, drawn, np.random.default_rng(0))
    assert shipped.found >= 0.9
    assert shipped.found > max(shipped.even, shipped.order) + 0.2
    assert shipped.certainty > 0.8
    assert shipped.swapped < 0.2
    assert random.found < 0.6
    assert random.certainty < 0.2


def test_the_letter_that_differs_is_least_like_the_clicked_word():
    g, font = np.random.default_rng(1), ImageFont.load_default(56)
    pairs = [
        (
            draw_letters(word, font, g),
            draw_letters(f"{word[:k]}{'k' if word[k] != 'k' else 'm'}{word[k + 1 :]}", font, g),
        )
        for word, k in zip(WORDS, (0, 3, 1, 2, 4, 5, 6, 4), strict=True)
    ]
    right, chance, letters = point_clicked(mark.load_model(), pairs)
    assert right >= 0.75
    assert chance == pytest.approx(np.mean([1 / len(word) for word in WORDS]))
    assert letters == pytest.approx(np.mean([len(word) for word in WORDS]))
