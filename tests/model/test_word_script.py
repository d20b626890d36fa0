import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mark_core.model.alphabet import ALPHABET, LETTERS, SCRIPTS
from mark_core.model.encoding import Encoding
from mark_core.model.word_script import (
    SCRIPT_NAMES,
    from_latin_places,
    kept_letters,
    own_script,
    script_number,
    to_latin_places,
)
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.reading.typed_words import FLOOR

BLANK = len(LETTERS) + 1  # behind the space


def logits_of(word: str, sure: float = 12.0) -> torch.Tensor:
    """(1, 2 L, C) logits that read ``word`` from left to right, a blank behind every letter."""
    out = torch.zeros(1, 2 * len(word), len(LETTERS) + 2)
    for i, char in enumerate(word):
        out[0, 2 * i, LETTERS.index(char)] = sure
        out[0, 2 * i + 1, BLANK] = sure
    return out


def encoding_of(ink: list[str]) -> Encoding:
    parts, scripts = [], []
    for word in ink:
        logits = logits_of(word)
        letters, script = own_script(logits, torch.tensor([logits.shape[1]]), LETTERS)
        parts.append(letters[0].numpy().astype(np.float16))
        scripts.append(int(script[0]))
    return Encoding(
        np.eye(len(ink), dtype=np.float32),
        np.concatenate(parts),
        np.array([len(part) for part in parts], np.int32),
        np.zeros((len(ink), 0), np.float16),
        np.array(scripts, np.uint8),
    )


INK = ["letter", "λογοσ", "слово", "מולש", "باتك", "ᠮᠣᠩᠭᠣᠯ", "1755"]
TYPED = ["letter", "λογοσ", "слово", "שלומ", "كتاب", "ᠮᠣᠩᠭᠣᠯ", "1755"]


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    return Gallery(encoding_of(INK))


def test_a_word_takes_the_room_of_a_latin_one(gallery):
    assert gallery.encoding.letters.shape[1] == len(ALPHABET) + 1
    assert all(len(kept_letters(number)) <= len(ALPHABET) for number in range(len(SCRIPT_NAMES)))


def test_words_are_read_in_their_own_script_and_order(gallery):
    assert gallery.readings == TYPED
    assert (gallery.certainties > 0.9).all()


@pytest.mark.parametrize("number", range(len(TYPED)))
def test_a_typed_word_agrees_with_its_own_crop_alone(gallery, number):
    cosine = np.zeros(len(gallery))
    found = gallery.agreement(TYPED[number], cosine)
    assert found[number] > -0.1
    assert (np.delete(found, number) < -3).all()
    pairs = gallery.pair_agreement(np.arange(len(gallery)), [TYPED[number]] * len(gallery))
    np.testing.assert_allclose(pairs, found, atol=1e-3)


def test_another_script_cannot_read_it(gallery):
    other = gallery.encoding.scripts != SCRIPT_NAMES.index("greek")
    assert (gallery.agreement("λογοσ", np.zeros(len(gallery)))[other] == FLOOR).all()


@pytest.mark.parametrize("letters", [("ש", "*"), ("?", "ל", "ו", "מ"), ("*", "מ"), ("ש", "*", "ו", "?")])
def test_patterns_follow_the_order_of_typing(gallery, letters):
    found = gallery.pattern_agreement(letters)
    assert found.argmax() == 3
    assert found[3] > -0.1
    assert gallery.pattern_agreement(("*", "ש"))[3] < -3  # the word does not end in its first letter


def test_the_script_is_that_of_all_columns():
    mixed = logits_of("слоbо", sure=6.0)  # one letter taken for a Latin one
    letters, script = own_script(mixed, torch.tensor([mixed.shape[1]]), LETTERS)
    assert SCRIPT_NAMES[int(script[0])] == "cyrillic"
    np.testing.assert_allclose(letters.exp().sum(dim=-1), 1.0, atol=1e-3)


def test_columns_beyond_the_word_do_not_decide():
    wide = torch.cat([logits_of("ab"), logits_of("словослово")], dim=1)
    assert int(own_script(wide, torch.tensor([4]), LETTERS)[1][0]) == 0
    assert SCRIPT_NAMES[int(own_script(wide, torch.tensor([24]), LETTERS)[1][0])] == "cyrillic"


def test_a_latin_network_keeps_its_classes_as_they_are():
    logits = torch.randn(3, 9, len(ALPHABET) + 1)
    letters, script = own_script(logits, torch.tensor([9, 4, 2]), ALPHABET)
    torch.testing.assert_close(letters, logits.log_softmax(dim=-1))
    assert script.tolist() == [0, 0, 0]


@given(st.data())
def test_places_name_every_letter_and_back(data):
    number = data.draw(st.integers(0, len(SCRIPT_NAMES) - 1))
    word = data.draw(st.text(alphabet=SCRIPTS[SCRIPT_NAMES[number]], min_size=1, max_size=9))
    places = to_latin_places(word, number)
    assert all(place in ALPHABET for place in places)
    assert from_latin_places("".join(places), number) == word
    if not word.isdigit():
        assert script_number(word) == number
