"""A page of an index with the encodings of its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.model.page_script import encode_together
from mark_core.model.strip import to_strip
from mark_core.model.word_script import SCRIPT_NAMES, told_scripts
from mark_core.pages.page import Page
from mark_core.retrieval.lines.line_index import places_on_lines
from mark_core.retrieval.lines.read import PageLines, read_page
from mark_core.segmentation.alternatives import Alternative
from mark_core.segmentation.crop import crop_word
from mark_core.segmentation.text_line import TextLine, lines_of_words
from mark_core.segmentation.word import Word


@dataclass(frozen=True)
class IndexedPage:
    """A page of an index.

    words: in reading order. encoding: of the N words, in this order. alternatives: other candidate boxes, whose
    ``over`` names boxes of ``words``. alternative_encoding: of the alternatives. lines: text lines and what is read in
    them; None where they were not traced. script: the name of the script that a person says it is written in, see
    ``model.alphabet.SCRIPTS``; None where the words tell.
    """

    id: str
    page: Page
    words: tuple[Word, ...]
    encoding: Encoding
    alternatives: tuple[Alternative, ...]
    alternative_encoding: Encoding
    lines: PageLines | None = None
    script: str | None = None

    def encoded_by(
        self, model: MarkModel, report: Callable[[float], None] = lambda share: None
    ) -> IndexedPage:
        """The same page with the encodings of another model. report: called with the share done, 0..1."""
        lines = self.lines.lines if self.lines else ()
        return index_page(
            model, self.id, self.page, self.words, self.alternatives, lines, report, self.script
        )

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
    script: str | None = None,
) -> IndexedPage:
    """Encode the words, alternatives and lines of a page.

    lines: those that were traced; words that are on none get straight lines of their own. report: called with the
    share done, 0..1. script: the name of the script that all is read in; None: that of every word is voted over the
    page, see ``model.page_script``. Raises MarkError if there is no script of that name.
    """
    every = [*words, *(one.word for one in alternatives)]
    work = max(1, len(every) + len(words))  # a line is as much work as its words
    encoding = encode_words(model, page, every, script, report=lambda done: report(done / work))
    own, others = np.arange(len(words)), np.arange(len(words), len(every))
    lines = (*lines, *lines_of_words(words, lines))
    return IndexedPage(
        page_id,
        page,
        tuple(words),
        encoding.select(own),
        tuple(alternatives),
        encoding.select(others),
        read_page(
            model,
            page.grey,
            lines,
            lambda share: report((len(every) + share * len(words)) / work),
            _scripts_of_lines(words, lines, encoding.scripts[own], script),
        ),
        script,
    )


def _scripts_of_lines(
    words: Sequence[Word], lines: Sequence[TextLine], scripts: np.ndarray, told: str | None
) -> np.ndarray:
    """(L,) number of the script that each line is read in, -1 for all. scripts: (N,) of the words.

    What is told holds for every line. Else lines of the page's main script are read in it where all their words are;
    Latin ones are not bound to it, because a single word of another script is easily taken for Latin.
    """
    if told is not None:
        return told_scripts([(told, len(lines))])
    out = np.full(len(lines), -1)
    counts = np.bincount(scripts, minlength=1)
    main = int(counts.argmax())
    if main == SCRIPT_NAMES.index("latin") or 2 * counts[main] <= len(words):
        return out
    home = places_on_lines(words, lines)[0]
    for line in np.unique(home[home >= 0]).tolist():
        if (scripts[home == line] == main).all():
            out[line] = main
    return out


def encode_words(
    model: MarkModel,
    page: Page,
    words: Sequence[Word],
    script: str | None = None,
    known: Sequence[int] | np.ndarray = (),
    report: Callable[[int], None] = lambda done: None,
) -> Encoding:
    """Encodings of words of a page, in this order. The other arguments are those of
    ``model.page_script.encode_together``."""
    strips = [to_strip(crop_word(page.grey, word)) for word in words]
    return encode_together(model, strips, script, known, report)
