"""A page of an index with the encodings of its words."""

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

_CHUNK = 128  # words encoded between two progress reports


@dataclass(frozen=True)
class IndexedPage:
    """A page of an index.

    words: in reading order. encoding: of the N words, in this order. alternatives: other candidate boxes, whose
    ``over`` names boxes of ``words``. alternative_encoding: of the alternatives. lines: text lines and what is read in
    them; None where they were not traced.
    """

    id: str
    page: Page
    words: tuple[Word, ...]
    encoding: Encoding
    alternatives: tuple[Alternative, ...]
    alternative_encoding: Encoding
    lines: PageLines | None = None

    def encoded_by(
        self, model: MarkModel, report: Callable[[float], None] = lambda share: None
    ) -> IndexedPage:
        """The same page with the encodings of another model. report: called with the share done, 0..1."""
        lines = self.lines.lines if self.lines else ()
        return index_page(model, self.id, self.page, self.words, self.alternatives, lines, report)

    def with_words(self, words: tuple[Word, ...], encoding: Encoding) -> IndexedPage:
        """The page with other words and their encoding. Alternatives to words that no longer exist are dropped."""
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
    """Encode the words, alternatives and lines of a page.

    lines: those that were traced; words that are on none get straight lines of their own. report: called with the
    share done, 0..1.
    """
    every = [*words, *(one.word for one in alternatives)]
    parts: list[Encoding] = []
    work = len(every) + len(words)  # a line is as much work as its words
    for start in range(0, len(every), _CHUNK):
        report(start / work)
        parts.append(encode_words(model, page, every[start : start + _CHUNK]))
    encoding = Encoding.join(parts, model.dim, model.shape_dim)
    own, others = np.arange(len(words)), np.arange(len(words), len(every))
    lines = (*lines, *lines_of_words(words, lines))
    return IndexedPage(
        page_id,
        page,
        tuple(words),
        encoding.select(own),
        tuple(alternatives),
        encoding.select(others),
        read_page(model, page.grey, lines, lambda share: report((len(every) + share * len(words)) / work)),
    )


def encode_words(model: MarkModel, page: Page, words: Sequence[Word]) -> Encoding:
    """Encodings of words of a page, in this order."""
    return model.encode([crop_word(page.grey, word) for word in words])
