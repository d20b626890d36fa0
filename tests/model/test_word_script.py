import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mark_core.errors import MarkError
from mark_core.model.alphabet import ALPHABET, LETTERS, SCRIPTS
from mark_core.model.encoding import Encoding
from mark_core.model.word_script import (
    SCRIPT_NAMES,
    from_latin_places,
    kept_letters,
    letters_given,
    own_script,
    script_evidence,
    script_named,
    script_number,
    to_latin_places,
    told_scripts,
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


GREEK, LATIN = SCRIPT_NAMES.index("greek"), SCRIPT_NAMES.index("latin")


def taken_for_latin(word: str, latin: str) -> torch.Tensor:
    """(1, 2 L, C) logits of a Greek word whose letters look more like Latin ones."""
    return torch.maximum(logits_of(word, 11.0), logits_of(latin, 12.0))


def read_as(logits: torch.Tensor, told: int | None) -> tuple[str, int]:
    """What is read in (1, T, C) logits if that is told, and the script."""
    counts = torch.tensor([logits.shape[1]])
    letters, script = own_script(logits, counts, LETTERS, None if told is None else torch.tensor([told]))
    part = letters[0].numpy().astype(np.float16)
    counts_of = np.array([len(part)], np.int32)
    nothing = np.zeros((1, 0), np.float16)
    return Gallery(Encoding(np.eye(1, dtype=np.float32), part, counts_of, nothing, script.numpy())).readings[
        0
    ], int(script[0])


def test_a_word_is_read_in_the_script_that_is_told():
    logits = taken_for_latin("λογοσ", "nogos")
    assert read_as(logits, None) == ("nogos", LATIN)
    assert read_as(logits, -1) == ("nogos", LATIN)  # nothing is known
    assert read_as(logits, GREEK) == ("λογοσ", GREEK)
    assert read_as(logits_of("λογοσ"), LATIN)[1] == LATIN


def test_what_is_told_of_one_word_is_told_of_no_other():
    logits = taken_for_latin("λογοσ", "nogos").repeat(3, 1, 1)
    counts = torch.full((3,), logits.shape[1])
    letters, scripts = own_script(logits, counts, LETTERS, torch.tensor([-1, GREEK, LATIN]))
    assert scripts.tolist() == [LATIN, GREEK, LATIN]
    alone = own_script(logits[:1], counts[:1], LETTERS)[0]
    torch.testing.assert_close(letters[:1], alone)
    assert letters.isfinite().all()


def test_numbers_are_numbers_in_every_script():
    assert read_as(logits_of("1755"), GREEK) == ("1755", LATIN)
    assert read_as(logits_of("0"), GREEK)[1] == GREEK  # as round as an omicron
    assert read_as(logits_of("λο17"), GREEK) == ("λο17", GREEK)
    evidence = script_evidence(logits_of("1755").log_softmax(dim=-1), torch.tensor([8]), LETTERS)
    assert evidence.isfinite().sum() == 1  # a number has no vote


CYRILLIC = SCRIPT_NAMES.index("cyrillic")


def test_evidence_knows_which_letters_are_taken_for_others():
    """Most letters of a Cyrillic word look Latin, but no Latin word has the others."""
    log_p = logits_of("mшaжokom").log_softmax(dim=-1)
    counts = torch.tensor([log_p.shape[1]])
    assert read_as(logits_of("mшaжokom"), None)[1] == LATIN  # by itself
    assert script_evidence(log_p, counts, LETTERS)[0].argmax() == CYRILLIC
    for word, script in (("letter", LATIN), ("слово", CYRILLIC), ("λογοσ", GREEK)):
        log_p = logits_of(word).log_softmax(dim=-1)
        counts = torch.tensor([log_p.shape[1]])
        assert script_evidence(log_p, counts, LETTERS)[0].argmax() == script


def test_columns_beyond_the_word_are_no_evidence():
    log_p = torch.cat([logits_of("ab"), logits_of("словослово")], dim=1).log_softmax(dim=-1)
    short = script_evidence(log_p, torch.tensor([4]), LETTERS)
    torch.testing.assert_close(
        short, script_evidence(logits_of("ab").log_softmax(dim=-1), torch.tensor([4]), LETTERS)
    )


def test_a_script_that_the_weights_do_not_read_cannot_be_told():
    logits = torch.randn(2, 9, len(ALPHABET) + 1)
    letters, script = own_script(logits, torch.tensor([9, 4]), ALPHABET, torch.tensor([GREEK, GREEK]))
    torch.testing.assert_close(letters, logits.log_softmax(dim=-1))
    assert script.tolist() == [0, 0]
    evidence = script_evidence(logits.log_softmax(dim=-1), torch.tensor([9, 4]), ALPHABET)
    assert evidence[:, 1:].isneginf().all()
    assert evidence[:, 0].isfinite().all()


def test_letters_of_a_told_script_share_what_no_digit_blank_or_space_has():
    log_p = torch.randn(5, len(LETTERS) + 2, generator=torch.manual_seed(1)).log_softmax(dim=-1)
    given_p, p = letters_given(log_p, GREEK, LETTERS).exp(), log_p.exp()
    common = [*(LETTERS.index(char) for char in "0123456789"), len(LETTERS), BLANK]
    greek = [LETTERS.index(char) for char in SCRIPTS["greek"]]
    torch.testing.assert_close(given_p[:, common], p[:, common])
    torch.testing.assert_close(given_p[:, greek].sum(dim=-1), 1 - p[:, common].sum(dim=-1))
    torch.testing.assert_close(given_p[:, greek[0]] / given_p[:, greek[1]], p[:, greek[0]] / p[:, greek[1]])
    torch.testing.assert_close(given_p.sum(dim=-1), torch.ones(5), atol=1e-4, rtol=0)


def test_a_column_that_is_surely_no_letter_stays_one():
    log_p = torch.full((1, len(LETTERS) + 2), -40.0)
    log_p[0, BLANK] = 0.0
    assert letters_given(log_p, GREEK, LETTERS).exp()[0, BLANK] == pytest.approx(1.0)


def test_scripts_are_told_by_name():
    assert (script_named(None), script_named("greek")) == (None, GREEK)
    with pytest.raises(MarkError, match="no script runes: use latin, greek"):
        script_named("runes")
    assert told_scripts([("greek", 2), (None, 1), ("latin", 1)]).tolist() == [GREEK, GREEK, -1, LATIN]
    assert told_scripts([]).tolist() == []


@given(st.data())
def test_places_name_every_letter_and_back(data):
    number = data.draw(st.integers(0, len(SCRIPT_NAMES) - 1))
    word = data.draw(st.text(alphabet=SCRIPTS[SCRIPT_NAMES[number]], min_size=1, max_size=9))
    places = to_latin_places(word, number)
    assert all(place in ALPHABET for place in places)
    assert from_latin_places("".join(places), number) == word
    if not word.isdigit():
        assert script_number(word) == number
