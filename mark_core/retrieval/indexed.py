"""A page of an index, and what the model sees in its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.pages.page import Page
from mark_core.segmentation.crop import crop_word
from mark_core.segmentation.word import Word


@dataclass(frozen=True)
class IndexedPage:
    """A page of the index: its id, its pixels, its words in reading order and what the model sees in them."""

    id: str
    page: Page
    words: tuple[Word, ...]
    encoding: Encoding


def look(model: MarkModel, page: Page, words: Sequence[Word]) -> Encoding:
    """What the model sees in words of a page."""
    return model.encode([crop_word(page.grey, word) for word in words])
