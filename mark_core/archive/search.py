"""Search in an archive: the same scores as those of ``WordIndex`` by its word boxes, without the pages in memory.

The vectors are scanned exactly, batch by batch; letters are read for the nearest words only, as in ``Gallery``. Whole
lines, phrases and patterns are not searched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mark_core.archive.record import Records, unpack, unpack_shapes, unpack_vectors
from mark_core.archive.tables import Archive, ArchivePage
from mark_core.errors import MarkError
from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.retrieval.composed import Balance, compose, evidence
from mark_core.retrieval.gallery import CANDIDATES, Gallery
from mark_core.retrieval.query import Query, parse_query
from mark_core.retrieval.reading.typed_words import FLOOR
from mark_core.retrieval.scoring import Calibration, probability
from mark_core.segmentation.word import Box

_BATCH = 16384  # rows scanned at once
_RECORD = ["page", "over", "alternative", "line", "box", "vector", "shape", "letters", "script"]


@dataclass(frozen=True)
class ArchiveHit:
    """A word that matches a query; the fields are those of ``Hit``, with ``page`` as the archive knows it."""

    page: ArchivePage
    word: int
    box: Box
    score: float
    rank: int
    line: int
    reads: str
    certainty: float
    example_weight: float | None = None


@dataclass(frozen=True, eq=False)
class _Scan:
    """N rows of the pages that are searched. rows: ids in the table. page: ids. word: number of the word that each row
    is a box of. cosine: (K, N) to the queries. likeness: (N,) to the shape of the example, zeros without."""

    rows: np.ndarray
    page: np.ndarray
    word: np.ndarray
    alternative: np.ndarray
    cosine: np.ndarray
    likeness: np.ndarray


def search_archive(
    archive: Archive,
    model: MarkModel,
    text: str | None = None,
    example: tuple[int, int] | np.ndarray | None = None,
    top: int = 50,
    collections: Sequence[str] | None = None,
    places: tuple[int, int] | None = None,
    example_weight: float | None = None,
) -> list[ArchiveHit]:
    """The ``top`` most probable words, best first.

    text: a word. example: (page id, word number) of the archive, which is then the first hit, or a crop (H, W[, 3])
    uint8; with a text both count. collections: names of those to search; None: all. places: first and last page of a
    collection, from 1. example_weight: 0..1, see ``WordIndex.search``. Raises MarkError for an empty query, a phrase or
    pattern, letters outside the alphabet, a word that does not exist, or another model than that of the archive.
    """
    archive.check(model)
    typed_word = _one_word(text, model) if text and text.strip() else None
    Query(typed_word, None if example is None else ("", 0), example_weight=example_weight).check()
    pages = {page.id: page for page in archive.pages() if _is_wanted(page, collections, places)}
    table = archive.table("words")  # after the pages, so that their words are in it
    encoding = None if example is None else _encode(archive, table, model, example)
    if not pages:
        return []
    queries = [] if typed_word is None else [model.embed_texts([typed_word])[0]]
    queries += [] if encoding is None else [encoding.vectors[0]]
    scan = _scanned(table, pages, np.stack(queries), None if encoding is None else encoding.shapes[0])
    if not len(scan.rows):
        return []
    calibration = Calibration.from_card(model.card)
    typed = clicked = None
    if typed_word is not None:
        read = _agreement(archive, table, scan, scan.cosine[0], typed_word)
        typed = calibration.text_logit(scan.cosine[0], read)
    itself = None
    if encoding is not None:
        cosine = scan.cosine[-1]
        read = _agreement(archive, table, scan, cosine, Gallery(encoding).readings[0])
        clicked = calibration.example_logit(cosine, read, scan.likeness)
        if not isinstance(example, np.ndarray) and example is not None:
            own = (scan.page == example[0]) & (scan.word == example[1]) & ~scan.alternative
            itself = int(np.flatnonzero(own)[0]) if own.any() else None
    weight = None
    if typed is not None and clicked is not None and encoding is not None:
        weight = example_weight
        if weight is None:
            weight = _balance(model, encoding, scan, typed, clicked, itself)
        logits = compose(typed, clicked, weight)
    else:
        logits = np.array(clicked if typed is None else typed, np.float64)
        if itself is not None:
            logits[itself] = np.inf  # the example itself comes first
    return _hits(archive, table, pages, scan, logits, top, weight)


def _one_word(text: str, model: MarkModel) -> str:
    terms = parse_query(text, alphabet=model.alphabet)
    if len(terms) > 1 or terms[0].word is None or terms[0].edits:
        raise MarkError("An archive is searched for one whole word at a time, not for phrases or patterns.")
    return terms[0].word


def _is_wanted(page: ArchivePage, collections: Sequence[str] | None, places: tuple[int, int] | None) -> bool:
    if collections is not None and page.collection not in collections:
        return False
    return places is None or places[0] <= page.place <= places[1]


def _encode(
    archive: Archive, table: Any, model: MarkModel, example: tuple[int, int] | np.ndarray
) -> Encoding:
    if isinstance(example, np.ndarray):
        return model.encode([example])
    page, word = example
    rows = table.search().where(f"page = {int(page)} AND alternative = false").select(_RECORD).to_arrow()
    numbers = [over[0] for over in rows["over"].to_pylist()]
    if word not in numbers:
        raise MarkError("That word is not in the archive.")
    return _encoding(rows.slice(numbers.index(word), 1), archive.shape_dim)


def _encoding(rows: Any, shape_dim: int) -> Encoding:
    return unpack(
        Records(
            _vectors(rows["vector"].combine_chunks()),
            _shapes(rows["shape"]),
            rows["letters"].to_pylist(),
            rows["script"].to_numpy(),
        ),
        shape_dim,
    )


def _vectors(column: Any) -> np.ndarray:
    """A column of vectors, one piece, -> (N, D) int8."""
    return column.flatten().to_numpy(zero_copy_only=False).reshape(len(column), column.type.list_size)


def _shapes(column: Any) -> np.ndarray:
    """A column of packed shapes -> (N, bytes a word) uint8."""
    return np.frombuffer(b"".join(column.to_pylist()), np.uint8).reshape(len(column), -1)


def _scanned(
    table: Any, pages: dict[int, ArchivePage], queries: np.ndarray, shape: np.ndarray | None
) -> _Scan:
    """The evidence of all rows of these pages that needs no letters. queries: (K, D). shape: (S,) of an example."""
    names = ["page", "over", "alternative", "vector", *([] if shape is None else ["shape"])]
    wanted = np.fromiter(pages, np.int64, len(pages))
    parts: list[tuple[np.ndarray, ...]] = []
    for batch in table.search().select(names).with_row_id(True).to_batches(batch_size=_BATCH):
        page = batch["page"].to_numpy()
        kept = np.flatnonzero(np.isin(page, wanted))
        over = batch["over"]
        first = over.values.to_numpy()[over.offsets.to_numpy()[:-1]]
        cosine = queries @ unpack_vectors(_vectors(batch["vector"])[kept]).T
        likeness = np.zeros(len(kept), np.float32)
        if shape is not None and len(shape) and len(kept):
            drawn = unpack_shapes(_shapes(batch["shape"])[kept], len(shape))
            likeness = drawn.astype(np.float32) @ shape.astype(np.float32)
        alternative = batch["alternative"].to_numpy(zero_copy_only=False)
        parts.append(
            (batch["_rowid"].to_numpy()[kept], page[kept], first[kept], alternative[kept], cosine.T, likeness)
        )
    rows, page, word, alternative, cosine, likeness = (
        np.concatenate(one) for one in zip(*parts, strict=True)
    )
    return _Scan(rows, page, word, alternative, np.ascontiguousarray(cosine.T), likeness)


def _agreement(archive: Archive, table: Any, scan: _Scan, cosine: np.ndarray, word: str) -> np.ndarray:
    """(N,) evidence that rows read a word, as ``Gallery.agreement`` gives it."""
    out = np.full(len(cosine), FLOOR)
    if not word:
        return out
    near = np.arange(len(cosine))
    if len(cosine) > CANDIDATES:
        near = np.argpartition(-cosine, CANDIDATES)[:CANDIDATES]
    near, rows = _fetched(table, scan, near)
    gallery = Gallery(_encoding(rows, archive.shape_dim))
    out[near] = gallery.agreement(word, cosine[near])
    return out


def _fetched(table: Any, scan: _Scan, places: np.ndarray) -> tuple[np.ndarray, Any]:
    """Rows of the table at these places of the scan, in the order of the table: the places, and the rows."""
    places = places[np.argsort(scan.rows[places])]
    rows = table.take_row_ids(scan.rows[places].tolist()).with_row_id().select(_RECORD).to_arrow()
    place_of = dict(zip(scan.rows[places].tolist(), places.tolist(), strict=True))
    return np.array([place_of[row] for row in rows["_rowid"].to_pylist()], np.int64), rows


def _balance(
    model: MarkModel,
    example: Encoding,
    scan: _Scan,
    typed: np.ndarray,
    clicked: np.ndarray,
    itself: int | None,
) -> float:
    words = np.flatnonzero(~scan.alternative)
    own = None if itself is None else int(np.searchsorted(words, itself))
    return Balance.from_card(model.card)(evidence(Gallery(example), typed[words], clicked[words], own))


def _hits(
    archive: Archive,
    table: Any,
    pages: dict[int, ArchivePage],
    scan: _Scan,
    logits: np.ndarray,
    top: int,
    weight: float | None,
) -> list[ArchiveHit]:
    """The best words, each in its best box; none whose ink lies in the better box of another."""
    order = np.argsort(-logits, kind="stable")
    count = 4 * max(1, top)
    while True:
        some = order[:count]
        best: dict[tuple[int, int], int] = {}
        for row in some.tolist():
            best.setdefault((int(scan.page[row]), int(scan.word[row])), row)
        chosen, rows = _fetched(table, scan, np.array(list(best.values()), np.int64))
        found = dict(zip(chosen.tolist(), rows.to_pylist(), strict=True))
        suppressed = set()
        for (page, _), row in best.items():
            for other in found[row]["over"][1:]:
                covered = best.get((page, other))
                if covered is not None and logits[row] > logits[covered]:
                    suppressed.add(covered)
        kept = [row for row in best.values() if row not in suppressed][: max(0, top)]
        if len(kept) >= top or count >= len(order):
            break
        count *= 4
    if not kept:
        return []
    chosen, rows = _fetched(table, scan, np.array(kept, np.int64))
    gallery = Gallery(_encoding(rows, archive.shape_dim))
    at = {row: number for number, row in enumerate(chosen.tolist())}
    hits = []
    for rank, (row, score) in enumerate(zip(kept, probability(logits[kept]).tolist(), strict=True), 1):
        one, number = found[row], at[row]
        hits.append(
            ArchiveHit(
                page=pages[one["page"]],
                word=one["over"][0],
                box=tuple(one["box"]),
                score=score,
                rank=rank,
                line=one["line"],
                reads=gallery.readings[number],
                certainty=float(gallery.certainties[number]),
                example_weight=weight,
            )
        )
    return hits
