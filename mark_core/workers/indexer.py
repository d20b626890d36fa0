"""The work that an index has with its pages, done by workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mark_core.message import Message
from mark_core.model.mark import MarkModel
from mark_core.pages.page import Page
from mark_core.retrieval.indexed import IndexedPage
from mark_core.retrieval.indexer import Indexer, Progress
from mark_core.segmentation.word import Word
from mark_core.workers.pool import WorkerPool, shared_workers


class WorkerIndexer(Indexer):
    """See ``Indexer``. pool: who does it. What `WorkerPool.run` raises is raised here, too."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool

    def index(
        self,
        model: MarkModel,
        page: Page,
        words: Sequence[Word] | None,
        direction: str,
        flatten: bool,
        script: str | None,
        report: Progress,
        notify: Callable[[Message], None],
    ) -> IndexedPage:
        asked = bare(page), words, direction, flatten, script
        found = self._pool.run("index", model, *asked, report=report, notify=notify)
        return IndexedPage(id="", page=page, **found)

    def encode(
        self, model: MarkModel, page: IndexedPage, report: Callable[[float], None] = lambda share: None
    ) -> IndexedPage:
        asked = replace(page, page=bare(page.page))
        found = self._pool.run("encode", model, asked, report=lambda step, share: report(share))
        return replace(page, **found)

    def turn(self, model: MarkModel, page: Page) -> int:
        return int(self._pool.run("turn", model, bare(page)))


def bare(page: Page) -> Page:
    """A page without its file, which no worker needs."""
    return replace(page, file=None)


def shared_indexer() -> Indexer:
    """That of this process: its workers, or itself where there are none."""
    pool = shared_workers()
    return Indexer() if pool is None else WorkerIndexer(pool)
