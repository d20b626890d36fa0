"""The text of a page while its words are corrected and its boxes change."""

from __future__ import annotations

import pytest

from mark_core import MarkError
from mark_core.segmentation.word import Word
from mark_core.transcript.page_alignment import AlignedText, PlacedWord, UnplacedWord
from mark_core.transcript.page_text import PageText, TextWord

PAGE = [
    Word((10, 10, 40, 20), line=0, order=0),
    Word((60, 10, 40, 20), line=0, order=1),
    Word((110, 10, 40, 20), line=0, order=2),
    Word((10, 50, 90, 20), line=1, order=3),
    Word((110, 50, 40, 20), line=1, order=4),
]


def placed(
    text: str, line: int, number: int, box: tuple[int, int, int, int], sure: float = 0.9
) -> PlacedWord:
    return PlacedWord(text, line, number, box, None, -0.1, sure)


@pytest.fixture
def text() -> PageText:
    """Two words in one box, one over two boxes, one that was not found, one without text."""
    found = AlignedText(
        (
            placed("Fort", 0, 0, PAGE[0].box),
            placed("Cumberland,", 0, 1, (60, 10, 88, 20), 0.3),
            placed("of", 1, 0, (10, 50, 40, 20)),
            placed("the", 1, 1, (55, 50, 45, 20)),
        ),
        (UnplacedWord("line", 1, 2),),
        (0, 1),
    )
    return PageText.aligned(found)


def test_it_is_the_text_in_its_order(text: PageText) -> None:
    assert text.lines() == ["Fort Cumberland,", "of the line"]
    assert [word.is_sure for word in text.words] == [True, False, True, True, False]
    assert (text.placed, text.unsure) == (4, 1)
    assert text.certainty == pytest.approx((0.9 + 0.3 + 0.9 + 0.9) / 5)


def test_words_of_the_text_lie_in_words_of_the_page(text: PageText) -> None:
    assert text.on_words(PAGE) == [0, 1, 3, 3, None]
    assert text.pieces(PAGE) == {0: (0,), 1: (1,), 2: (), 3: (2, 3)}
    assert PageText(()).pieces(PAGE) == {}
    assert text.pieces([]) == {}


def test_a_corrected_word_is_sure_and_an_empty_one_is_taken_out(text: PageText) -> None:
    corrected = text.corrected(1, "Cumberland")
    assert corrected.words[1] == TextWord("Cumberland", 0, (60, 10, 88, 20), 1.0, by_hand=True)
    assert text.words[1].text == "Cumberland,"  # nothing changes in place
    assert corrected.corrected(0, "").lines() == ["Cumberland", "of the line"]
    with pytest.raises(MarkError, match="changed in the meantime"):
        text.corrected(5, "x")


def test_a_word_of_the_page_without_text_gets_one_where_it_is_read(text: PageText) -> None:
    assert text.typed(PAGE, 4, "Line").words[4] == TextWord("Line", 1, PAGE[4].box, 1.0, by_hand=True)
    more = text.typed(PAGE, 4, "road")
    assert more.lines() == ["Fort Cumberland,", "of the road line"]
    assert text.typed(PAGE, 2, "11th").lines() == ["Fort Cumberland, 11th", "of the line"]
    assert PageText(()).typed(PAGE, 2, "11th").lines() == ["11th"]
    assert PageText(()).typed(PAGE, 3, "of").typed(PAGE, 0, "Fort").lines() == ["Fort", "of"]


def test_what_a_person_has_said_of_words_outranks_the_text(text: PageText) -> None:
    assert text.with_labels(PAGE, {}, {}) is text
    typed = text.with_labels(PAGE, {}, {PAGE[3].box: "ofthe"})
    assert typed.lines() == ["Fort Cumberland,", "ofthe line"]
    confirmed = text.with_labels(PAGE, {PAGE[1].box: "cumberland", PAGE[0].box: "port"}, {})
    assert [(word.text, word.certainty) for word in confirmed.words[:2]] == [
        ("port", 1.0),
        ("Cumberland,", 1.0),
    ]
    assert all(word.by_hand for word in confirmed.words[:2])


def test_places_move_with_their_boxes(text: PageText) -> None:
    moved = text.moved(lambda box: (box[0] + 5, *box[1:]))
    assert [word.box and word.box[0] for word in moved.words] == [15, 65, 15, 60, None]


def test_aligned_again_it_keeps_what_a_person_has_said(text: PageText) -> None:
    before = text.corrected(0, "Port").corrected(4, "road")
    words = before.lines()[0].split(), before.lines()[1].split()
    again = AlignedText(
        tuple(
            placed(word, line, n, (n, line, 9, 9), 0.5)
            for line in (0, 1)
            for n, word in enumerate(words[line])
        ),
        (),
        (0, 1),
    )
    after = PageText.aligned(again, before)
    assert [(word.text, word.by_hand) for word in after.words if word.by_hand] == [
        ("Port", True),
        ("road", True),
    ]
    assert after.words[0].box == PAGE[0].box
    assert after.words[4].box == (2, 1, 9, 9)
