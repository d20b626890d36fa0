"""The reading of one page, without an index of one's own."""

from __future__ import annotations

from mark_core.model.mark import MarkModel, load_model
from mark_core.pages.page import Page
from mark_core.retrieval.index import WordIndex
from mark_core.retrieval.lines.reading import ReadLine


def read(
    page: Page, model: MarkModel | None = None, direction: str = "auto", script: str | None = None
) -> tuple[ReadLine, ...]:
    """What the lines of a page read, in reading order: a machine reading, see ``retrieval.lines.reading``.

    model: with the shipped weights, if None. direction, script: see ``WordIndex.add``. Raises MarkError for a page
    without words, and for weights that read single words only.
    """
    index = WordIndex(model or load_model())
    return index.read(index.add(page, direction=direction, script=script))
