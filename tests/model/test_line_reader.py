"""Reading whole lines: one after the other or together, in one piece or in several."""

import numpy as np
import pytest

from mark_core.model import line_reader
from mark_core.model.alphabet import SCRIPTS
from mark_core.model.line_reader import ink_of_columns, line_letters, read_lines, reads_lines
from mark_core.model.strip import stretch_contrast
from mark_core.model.word_script import SCRIPT_NAMES


@pytest.fixture(scope="module")
def strips():
    random = np.random.default_rng(0)
    out = []
    for width in (900, 131, 905, 40, 2500):
        strip = np.full((48, width), 225, np.uint8)
        for x in range(4, width - 6, 9):
            strip[random.integers(4, 30) : random.integers(31, 46), x : x + 4] = 40
        out.append(stretch_contrast(strip))
    return out


def test_every_line_has_a_column_for_four_pixels_and_probabilities(random_model, strips):
    for strip, columns in zip(strips, read_lines(random_model, strips), strict=True):
        assert columns.shape == (-(-strip.shape[1] // 4), len(line_letters(random_model.network)) + 1)
        assert np.allclose(np.exp(columns).sum(axis=1), 1, atol=1e-3)


def test_a_line_reads_the_same_alone_and_in_company(random_model, strips):
    together = list(read_lines(random_model, strips))
    for strip, columns in zip(strips, together, strict=True):
        (alone,) = read_lines(random_model, [strip])
        assert np.allclose(alone, columns, atol=1e-4)
    again = list(read_lines(random_model, strips[::-1]))[::-1]
    assert all(np.allclose(a, b, atol=1e-4) for a, b in zip(together, again, strict=True))


def test_a_long_line_reads_the_same_in_pieces(random_model, strips, monkeypatch):
    (whole,) = read_lines(random_model, strips[-1:])
    monkeypatch.setattr(line_reader, "_LONGEST", 1024)
    (pieces,) = read_lines(random_model, strips[-1:])
    assert pieces.shape == whole.shape
    assert np.allclose(pieces, whole, atol=0.05 * np.abs(whole).max())
    assert np.corrcoef(pieces.ravel(), whole.ravel())[0, 1] > 0.999


def test_only_lines_of_which_the_script_is_known_are_bound_to_it(random_model, strips):
    greek, letters = SCRIPT_NAMES.index("greek"), line_letters(random_model.network)
    plain = list(read_lines(random_model, strips))
    told = list(read_lines(random_model, strips, [-1, greek, -1, greek, -1]))
    others = [n for n, char in enumerate(letters) if char not in SCRIPTS["greek"] + "0123456789 "]
    for number, (before, after) in enumerate(zip(plain, told, strict=True)):
        if number % 2 == 0:
            np.testing.assert_array_equal(before, after)
            continue
        assert (np.exp(after[:, others]) < 1e-6).all()
        assert np.allclose(after[:, len(letters)], before[:, len(letters)], atol=1e-4)  # the blank
        assert np.allclose(np.exp(after).sum(axis=1), 1, atol=1e-3)


def test_weights_of_words_alone_know_no_space(random_model, wordwise_model):
    assert reads_lines(random_model)
    assert not reads_lines(wordwise_model)
    assert list(read_lines(wordwise_model, [])) == []


def test_ink_is_told_column_by_column(strips):
    strip = np.zeros((48, 22), np.uint8)
    strip[:, 8:12] = 255
    assert ink_of_columns(strip).tolist() == [0, 0, 255, 0, 0, 0]
    assert [len(ink_of_columns(strip)) for strip in strips] == [-(-strip.shape[1] // 4) for strip in strips]
