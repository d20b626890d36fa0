"""What is written is read back as it was."""

import pytest
from hypothesis import given, settings

from mark_core.export.alto import to_alto
from mark_core.export.geometry import original_box
from mark_core.export.pagexml import to_page_xml
from mark_core.export.read import read_layout
from tests.export.samples import WORDS, make_page, pages_with_words, words_extract

WRITERS = pytest.mark.parametrize("write", [to_page_xml, to_alto])


@WRITERS
@settings(max_examples=60, deadline=None)
@given(sample=pages_with_words())
def test_words_come_back_as_they_were(write, sample):
    page, words = sample
    (layout,) = read_layout(write(words_extract(page, words)))
    assert layout.words_on(page) == words
    assert layout.image == page.name
    assert layout.size == page.original_size


@WRITERS
def test_coordinates_in_the_file_are_those_of_the_original(write):
    page = make_page(size=(100, 50), original=(250, 125))
    (layout,) = read_layout(write(words_extract(page, WORDS[:1])))
    assert layout.words[0].corners == (25, 50, 175, 110)


@settings(max_examples=100, deadline=None)
@given(sample=pages_with_words())
def test_boxes_stay_inside_the_original(sample):
    page, words = sample
    for word in words:
        x, y, w, h = original_box(word.box, page)
        assert x >= 0
        assert y >= 0
        assert w >= 1
        assert h >= 1
        assert x + w <= page.original_size[0]
        assert y + h <= page.original_size[1]
