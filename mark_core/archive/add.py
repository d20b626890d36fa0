"""Pages of an index into an archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from mark_core.archive.record import pack
from mark_core.archive.tables import Archive, ArchivePage, PageWords, page_id
from mark_core.errors import MarkError
from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.retrieval.indexed import IndexedPage

_BATCH = 16  # pages written at once


def add_pages(
    archive: Archive, model: MarkModel, pages: Iterable[IndexedPage], collection: str, source: str = ""
) -> int:
    """Add pages that were encoded by ``model`` to a collection, behind those that are in it.

    A page that the collection has already is left out, so that what was stopped or killed is simply done again.
    source: path or web address of the pages. Returns how many pages were added. Raises MarkError if the archive was
    made with other weights, or if another process adds pages.
    """
    archive.check(model)
    lock = archive.writer()
    if not lock.acquire():
        raise MarkError("Another process adds pages to this archive; try again when it is done.")
    try:
        archive.remove_unfinished()
        batch: list[PageWords] = []
        added = 0
        for page in _new(archive, pages, collection, source):
            batch.append(page)
            if len(batch) == _BATCH:
                archive.write(batch)
                batch = []
            added += 1
        archive.write(batch)
        return added
    finally:
        lock.release()


def _new(archive: Archive, pages: Iterable[IndexedPage], collection: str, source: str) -> Iterator[PageWords]:
    known = [page for page in archive.pages() if page.collection == collection]
    ids = {page.id for page in known}
    place = max((page.place for page in known), default=0)
    for page in pages:
        own = page_id(collection, page.page.sha256, page.page.number, archive.weights)
        if own in ids:
            continue
        ids.add(own)
        place += 1
        yield _page_words(page, own, collection, place, source)


def _page_words(page: IndexedPage, own: int, collection: str, place: int, source: str) -> PageWords:
    numbers = {word.box: number for number, word in enumerate(page.words)}
    over = [[number] for number in range(len(page.words))]
    over += [[numbers[box] for box in one.over] for one in page.alternatives]
    words = [*page.words, *(one.word for one in page.alternatives)]
    return PageWords(
        ArchivePage(
            id=own,
            collection=collection,
            place=place,
            name=page.page.name,
            number=page.page.number,
            sha256=page.page.sha256,
            width=page.page.width,
            height=page.page.height,
            words=len(page.words),
            source=page.page.source.url if page.page.source else source,
        ),
        [word.box for word in words],
        over,
        np.arange(len(words)) >= len(page.words),
        np.array([word.line for word in words], np.uint16),
        pack(Encoding.join([page.encoding, page.alternative_encoding])),
    )
