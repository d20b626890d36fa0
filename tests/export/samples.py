"""Small pages, words and extracts for the tests of export and import."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from hypothesis import strategies as st

from mark_core.export.extract import Entry, Extract, ExtractPage
from mark_core.pages.page import Page
from mark_core.retrieval.hit import Hit
from mark_core.segmentation.word import Word

WORDS = (
    Word((10, 20, 60, 24), 0.9, 0, 0),
    Word((80, 18, 50, 26), 0.8, 0, 1),
    Word((12, 60, 100, 25), 0.7, 1, 2),
)


def make_page(name="page.jpg", size=(200, 120), original=None, number=0, dpi=None) -> Page:
    pixels = np.full((size[1], size[0], 3), 214, np.uint8)
    original = original or size
    return Page(pixels, name, f"sha-{name}", number, dpi, size[0] / original[0], original)


def make_index(*pages: Page, words=WORDS, reads="tuesday"):
    """What an export needs of a WordIndex, without a model."""
    indexed = [SimpleNamespace(id=f"p{i}", page=page, words=words) for i, page in enumerate(pages, start=1)]
    return SimpleNamespace(pages=indexed, readings=lambda page_id: [reads] * len(words))


def make_hit(page: str, word: int, rank: int, score: float = 0.5, reads: str = "orders") -> Hit:
    return Hit(page, word, WORDS[word].box, score, rank, WORDS[word].line, reads)


def make_phrase(page: str, first: int, words: int, rank: int, score: float = 0.5) -> Hit:
    boxes = tuple(word.box for word in WORDS[first : first + words])
    return Hit(page, first, boxes[0], score, rank, WORDS[first].line, "fort cumberland", boxes)


def words_extract(page: Page, words) -> Extract:
    entries = tuple(Entry(word, number) for number, word in enumerate(words, start=1))
    return Extract("words", (ExtractPage("p1", 1, page, entries),))


@st.composite
def pages_with_words(draw) -> tuple[Page, list[Word]]:
    """A page, at original size or reduced from up to three times that, and words anywhere on it."""
    width, height = draw(st.integers(8, 300)), draw(st.integers(8, 300))
    factor = draw(st.sampled_from([1.0, 1.0, 1.26, 2.0, 2.97]))
    page = make_page(size=(width, height), original=(round(width * factor), round(height * factor)))
    direction = draw(st.sampled_from(["ltr", "rtl", "ttb"]))
    words, line = [], 0
    for order in range(draw(st.integers(1, 8))):
        x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
        w, h = draw(st.integers(1, width - x)), draw(st.integers(1, height - y))
        line += draw(st.booleans()) if order else 0
        confidence = draw(st.integers(0, 10_000)) / 10_000
        words.append(Word((x, y, w, h), confidence, int(line), order, direction))
    return page, words
