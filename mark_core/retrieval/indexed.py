"""A page of an index, and what the model sees in its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.pages.page import Page
from mark_core.retrieval.lines.read import PageLines, read_page
from mark_core.segmentation.alternatives import Alternative
from mark_core.segmentation.crop import crop_word
from mark_core.segmentation.text_line import TextLine, lines_of_words
from mark_core.segmentation.word import Word

_CHUNK = 256  # words looked at between two reports


@dataclass(frozen=True)
class IndexedPage:
    """A page of the index: its id, its pixels, its words in reading order and what the model sees in them; then the
    boxes that might stand in the place of some (``over`` names boxes of ``words``), and what it sees in these. lines:
    its text lines and what the model reads in them; None where nobody looked for them."""

    id: str
    page: Page
    words: tuple[Word, ...]
    encoding: Encoding
    alternatives: tuple[Alternative, ...]
    alternative_encoding: Encoding
    lines: PageLines | None = None

    def encoded_by(self, model: MarkModel) -> IndexedPage:
        """The same page, looked at by ``model``."""
        lines = self.lines.lines if self.lines else ()
        return index_page(model, self.id, self.page, self.words, self.alternatives, lines)

    def corrected(self, words: tuple[Word, ...], encoding: Encoding) -> IndexedPage:
        """With other words; alternatives to words that are gone go with them."""
        boxes = {word.box for word in words}
        kept = [row for row, one in enumerate(self.alternatives) if boxes.issuperset(one.over)]
        alternatives = tuple(self.alternatives[row] for row in kept)
        return replace(
            self,
            words=words,
            encoding=encoding,
            alternatives=alternatives,
            alternative_encoding=self.alternative_encoding.select(kept),
        )


def index_page(
    model: MarkModel,
    page_id: str,
    page: Page,
    words: Sequence[Word],
    alternatives: Sequence[Alternative] = (),
    lines: Sequence[TextLine] = (),
    report: Callable[[float], None] = lambda share: None,
) -> IndexedPage:
    """A page with what the model sees in its words and lines; ``report`` is told the share that is done, 0..1.

    lines: those that were traced; words that are on none get lines of their own.
    """
    every = [*words, *(one.word for one in alternatives)]
    parts: list[Encoding] = []
    for start in range(0, len(every), _CHUNK):
        report(start / len(every))
        parts.append(encode_words(model, page, every[start : start + _CHUNK]))
    seen = Encoding.join(parts, model.dim, model.shape_dim)
    own, others = np.arange(len(words)), np.arange(len(words), len(every))
    lines = (*lines, *lines_of_words(words, lines))
    return IndexedPage(
        page_id,
        page,
        tuple(words),
        seen.select(own),
        tuple(alternatives),
        seen.select(others),
        read_page(model, page.grey, lines),
    )


def encode_words(model: MarkModel, page: Page, words: Sequence[Word]) -> Encoding:
    """What the model sees in words of a page."""
    return model.encode([crop_word(page.grey, word) for word in words])
