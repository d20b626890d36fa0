import numpy as np
import pytest

from mark_core.model.encoding import Encoding
from mark_core.model.word_script import SCRIPT_NAMES
from mark_core.retrieval.unread_script import unread_notice, unread_script


def read_in(*scripts: str) -> Encoding:
    count = len(scripts)
    return Encoding(
        np.zeros((count, 4), np.float32),
        np.zeros((0, 37), np.float16),
        np.zeros(count, np.int32),
        np.zeros((count, 0), np.float16),
        np.array([SCRIPT_NAMES.index(script) for script in scripts], np.uint8),
    )


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("λόγος", "greek"),
        ("letter λόγος", "greek"),
        ("λόγ*", "greek"),
        ("слово~1", "cyrillic"),
        ("letter", None),
        ("1755", None),
        ("1755 слово", "cyrillic"),
        ("  ", None),
        ("ქართული", None),  # a search says that it cannot be typed
    ],
)
def test_a_script_in_which_nothing_is_read_is_named(text, script):
    assert unread_script(text, [read_in("latin", "latin"), read_in("hebrew")]) == script


def test_one_word_that_is_read_in_it_is_enough():
    assert unread_script("λόγος", [read_in("latin"), read_in("latin", "greek")]) is None
    assert unread_notice("λόγος", [read_in("greek")]) is None


def test_pages_without_words_say_nothing():
    assert unread_script("λόγος", []) is None
    assert unread_script("λόγος", [read_in()]) is None


def test_the_sentence_says_what_to_do():
    assert str(unread_notice("λόγος", [read_in("latin")])) == (
        "No word here is read as Greek; if the page is written in Greek, add it again with “Script: Greek” under the "
        "page options."
    )
