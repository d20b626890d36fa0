import dataclasses

import numpy as np
import pytest
import torch

from mark_core.errors import MarkError
from mark_core.model.alphabet import ALPHABET
from mark_core.model.config import preset
from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.model.page_script import encode_together, vote
from mark_core.model.strip import to_strip
from mark_core.model.word_script import SCRIPT_NAMES

LATIN, GREEK, CYRILLIC = (SCRIPT_NAMES.index(name) for name in ("latin", "greek", "cyrillic"))


def voted(page: np.ndarray, known=()) -> list[int]:
    return vote(page, page.argmax(axis=1), known).tolist()


def evidence(*words: dict[int, float]) -> np.ndarray:
    """Evidence of words; of a script that is not named it is -300."""
    out = np.full((len(words), len(SCRIPT_NAMES)), -300.0)
    for row, word in zip(out, words, strict=True):
        row[list(word)] = list(word.values())
    return out


SURE_GREEK, SURE_LATIN = {GREEK: -1.0, LATIN: -80.0}, {GREEK: -90.0, LATIN: -1.0}
UNSURE = {GREEK: -12.0, LATIN: -10.0}  # a little more Latin


def test_words_that_are_unsure_follow_the_page():
    assert voted(evidence(*[SURE_GREEK] * 20, UNSURE)) == [GREEK] * 21
    assert voted(evidence(*[SURE_LATIN] * 20, {GREEK: -10.0, LATIN: -12.0})) == [LATIN] * 21
    assert voted(evidence(UNSURE)) == [LATIN]  # nothing around it


def test_a_name_in_another_script_keeps_it():
    assert voted(evidence(*[SURE_GREEK] * 50, SURE_LATIN)) == [*[GREEK] * 50, LATIN]


def test_a_page_that_agrees_stays_as_it_is():
    page = evidence(*[UNSURE] * 9)
    assert voted(page) == page.argmax(axis=1).tolist()
    assert voted(evidence()) == []


def test_words_that_are_decided_vote_too():
    assert voted(evidence(UNSURE), known=[GREEK] * 30) == [GREEK]
    assert voted(evidence(UNSURE), known=[LATIN] * 30) == [LATIN]


def test_numbers_have_no_vote_and_are_not_outvoted():
    number = np.where(np.arange(len(SCRIPT_NAMES)) == LATIN, -1.0, -np.inf)[None]
    page = np.concatenate([evidence(*[SURE_GREEK] * 30, UNSURE), np.repeat(number, 90, axis=0)])
    assert voted(page) == [*[GREEK] * 31, *[LATIN] * 90]


class FewLooks:
    """A model that sees the evidence of strips which are their rows, and keeps what it was asked."""

    dim, shape_dim = 1, 0

    def __init__(self, rows: np.ndarray) -> None:
        self.rows, self.asked = rows, []

    def look(self, strips, told=None):
        self.asked.append((list(strips), None if told is None else list(told)))
        seen = self.rows[list(strips)]
        scripts = seen.argmax(axis=1) if told is None else np.array(told)
        count = len(strips)
        vectors = np.array(strips, np.float32)[:, None]
        letters = np.zeros((count, 37), np.float16)
        nothing = np.zeros((count, 0), np.float16)
        return Encoding(vectors, letters, np.ones(count, np.int32), nothing, scripts.astype(np.uint8)), seen


def test_words_that_are_outvoted_or_not_latin_are_read_as_told():
    model = FewLooks(evidence(SURE_LATIN, {GREEK: -10.0, LATIN: -12.0}, SURE_GREEK, *[SURE_LATIN] * 147))
    done = []
    encoding = encode_together(model, range(150), report=done.append)
    assert encoding.scripts.tolist() == [LATIN, LATIN, GREEK, *[LATIN] * 147]
    assert encoding.vectors[:, 0].tolist() == list(range(150))  # in their order
    assert model.asked == [([*range(128)], None), ([*range(128, 150)], None), ([1, 2], [LATIN, GREEK])]
    assert done == [0, 128]
    greek = FewLooks(evidence(*[SURE_GREEK] * 3))
    assert encode_together(greek, range(3)).scripts.tolist() == [GREEK] * 3
    assert greek.asked == [([0, 1, 2], None), ([0, 1, 2], [GREEK] * 3)]


def test_a_latin_page_is_looked_at_once():
    model = FewLooks(evidence(*[SURE_LATIN] * 5, UNSURE))
    assert encode_together(model, range(6)).scripts.tolist() == [LATIN] * 6
    assert model.asked == [([*range(6)], None)]


def test_what_is_told_is_not_voted_over():
    model = FewLooks(evidence(*[SURE_LATIN] * 5))
    assert encode_together(model, range(5), "greek").scripts.tolist() == [GREEK] * 5
    assert model.asked == [([*range(5)], [GREEK] * 5)]
    with pytest.raises(MarkError, match="no script"):
        encode_together(model, range(5), "runes")
    assert len(encode_together(model, [])) == 0


@pytest.fixture(scope="module")
def latin_model() -> MarkModel:
    """Random weights that read Latin letters only."""
    torch.manual_seed(0)
    return MarkModel(
        MarkNetwork(dataclasses.replace(preset("mark-compact"), alphabet=ALPHABET)), device="cpu"
    )


def test_a_crop_by_itself_is_read_as_before_whatever_is_beside_it(random_model, crops):
    together = random_model.encode(crops)
    for number, crop in enumerate(crops):
        alone = random_model.encode([crop])
        assert alone.scripts[0] == together.scripts[number]
        np.testing.assert_allclose(alone.letters, together.select([number]).letters, atol=2e-2)


def test_a_model_reads_crops_in_the_script_that_is_told(random_model, crops):
    for name in ("greek", "arabic"):
        encoding = random_model.encode(crops, name)
        assert {SCRIPT_NAMES[number] for number in encoding.scripts} == {name}
        np.testing.assert_array_equal(encoding.vectors, random_model.encode(crops).vectors)
        voted = encode_together(random_model, [to_strip(crop) for crop in crops], name)
        np.testing.assert_array_equal(voted.letters, encoding.letters)


def test_weights_without_other_scripts_read_what_they_can(latin_model, crops):
    plain, told = latin_model.encode(crops), latin_model.encode(crops, "greek")
    voted = encode_together(latin_model, [to_strip(crop) for crop in crops])
    for other in (told, voted):
        np.testing.assert_array_equal(plain.letters, other.letters)
    assert set(told.scripts) == {LATIN}
