"""The tables of an archive, Lance files in one folder. A page is there once its row is written, after its words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from mark_core.archive.record import Records
from mark_core.errors import MarkError
from mark_core.file_lock import FileLock
from mark_core.model.mark import MarkModel
from mark_core.segmentation.word import Box
from mark_core.whole_file import write_whole

VERSION = 1
_CARD = "archive.json"
_LOCK = "writer.lock"
_TABLES = ("pages", "words")
_KEPT_HOURS = 24  # that older versions stay, for searches that began on them


@dataclass(frozen=True)
class ArchivePage:
    """A page of an archive. id: of its content in its collection. place: 1-based, in the order of the collection.
    sha256, number: as ``Page`` has them. source: path or web address that it was added from."""

    id: int
    collection: str
    place: int
    name: str
    number: int
    sha256: str
    width: int
    height: int
    words: int
    source: str


@dataclass(frozen=True, eq=False)
class PageWords:
    """What an archive keeps of the words of a page and of their alternatives, N rows. over: of each row the numbers of
    the words that it stands for; of a word itself its own. lines: (N,) 0-based text line."""

    page: ArchivePage
    boxes: Sequence[Box]
    over: Sequence[Sequence[int]]
    alternative: np.ndarray
    lines: np.ndarray
    records: Records


def page_id(collection: str, sha256: str, number: int, weights: str) -> int:
    """The id of a page: the same for the same content, collection and weights."""
    text = "\0".join((collection, sha256, str(number), weights))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


class Archive:
    """An archive in a folder. Several processes may search it while one adds pages."""

    def __init__(self, folder: str | Path) -> None:
        """Open an archive. Raises MarkError if the folder is none, or if LanceDB is not installed."""
        self.folder = Path(folder)
        try:
            card = json.loads((self.folder / _CARD).read_text(encoding="utf-8"))
            self.weights, self.dim, self.shape_dim = (
                str(card["weights"]),
                int(card["dim"]),
                int(card["shapes"]),
            )
            version = int(card["version"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise MarkError("The folder {folder} is no archive.", folder=self.folder.name) from error
        if version != VERSION:
            raise MarkError("The archive {folder} is of another version of MARK.", folder=self.folder.name)
        self._database = _lancedb().connect(str(self.folder))

    @classmethod
    def create(cls, folder: str | Path, model: MarkModel) -> Archive:
        """A new, empty archive for the encodings of ``model``. Raises MarkError if the folder has something in it."""
        folder = Path(folder)
        database_of = _lancedb()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise MarkError("{folder} exists already and is not empty.", folder=folder.name)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MarkError("The folder {folder} cannot be made.", folder=folder.name) from error
        database = database_of.connect(str(folder))
        for name, schema in zip(_TABLES, _schemas(model.dim, model.shape_dim), strict=True):
            database.create_table(name, schema=schema)
        card = {
            "version": VERSION,
            "weights": weights_of(model),
            "dim": model.dim,
            "shapes": model.shape_dim,
        }
        write_whole(folder / _CARD, (json.dumps(card, indent=1) + "\n").encode())
        return cls(folder)

    def check(self, model: MarkModel) -> None:
        """Raises MarkError if the words were not encoded by this model."""
        if weights_of(model) != self.weights:
            raise MarkError("This archive was made with other weights; name them with --model.")

    def table(self, name: str) -> Any:
        """A table as it is now; it stays so for whoever has it."""
        return self._database.open_table(name)

    def writer(self) -> FileLock:
        """The lock that whoever writes takes. Only one process adds pages at a time."""
        return FileLock(self.folder / _LOCK)

    def pages(self) -> list[ArchivePage]:
        """All pages, by collection and place."""
        rows = self.table("pages").search().to_arrow().to_pylist()
        return sorted((ArchivePage(**row) for row in rows), key=lambda page: (page.collection, page.place))

    def write(self, pages: Sequence[PageWords]) -> None:
        """Add pages that are not in the archive yet. To be called with the lock of `writer`."""
        import pyarrow as pa

        if not pages:
            return
        words, table = self.table("words"), self.table("pages")
        words.add(pa.concat_tables([_word_rows(page, words.schema) for page in pages]))
        table.add(pa.Table.from_pylist([vars(page.page) for page in pages], table.schema))

    def remove_unfinished(self) -> int:
        """Remove words of pages that were not finished, after a process was killed. To be called with the lock of
        `writer`. Returns how many there were."""
        known = self.table("pages").search().select(["id"]).to_arrow()["id"].to_numpy()
        words = self.table("words")
        owners = words.search().select(["page"]).to_arrow()["page"].to_numpy()
        lost = np.setdiff1d(owners, known)
        if len(lost):
            words.delete(f"page IN ({', '.join(map(str, lost.tolist()))})")
        return int(np.isin(owners, lost).sum())

    def compact(self, keep: timedelta = timedelta(hours=_KEPT_HOURS)) -> None:
        """Join small files, and remove versions older than ``keep``, which searches may still use.

        Raises MarkError if another process adds pages.
        """
        lock = self.writer()
        if not lock.acquire():
            raise MarkError("Another process adds pages to this archive; try again when it is done.")
        try:
            for name in _TABLES:
                self.table(name).optimize(cleanup_older_than=keep)
        finally:
            lock.release()


def weights_of(model: MarkModel) -> str:
    """The SHA-256 of the weights of a model; "" for weights that were never saved."""
    return str(model.card.get("sha256", ""))


def _lancedb() -> Any:
    try:
        import lancedb
    except ImportError as error:
        raise MarkError("An archive needs LanceDB: install “mark-core[archive]”.") from error
    return lancedb


def _schemas(dim: int, shape_dim: int) -> tuple[Any, Any]:
    """Of the tables of ``_TABLES``."""
    import pyarrow as pa

    pages = [
        ("id", pa.int64()),
        ("collection", pa.string()),
        ("place", pa.int32()),
        ("name", pa.string()),
        ("number", pa.int32()),
        ("sha256", pa.string()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("words", pa.int32()),
        ("source", pa.string()),
    ]
    words = [
        ("page", pa.int64()),
        ("over", pa.list_(pa.uint16())),
        ("alternative", pa.bool_()),
        ("line", pa.uint16()),
        ("box", pa.list_(pa.uint16(), 4)),
        ("vector", pa.list_(pa.int8(), dim)),
        ("shape", pa.binary((shape_dim + 1) // 2) if shape_dim else pa.binary()),
        ("letters", pa.binary()),
        ("script", pa.uint8()),
    ]
    return pa.schema(pages), pa.schema(words)


def _word_rows(page: PageWords, schema: Any) -> Any:
    import pyarrow as pa

    records, count = page.records, len(page.records)
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(records.vectors.ravel()), records.vectors.shape[1])
    boxes = np.array(page.boxes, np.uint16).reshape(count, 4)
    columns = [
        pa.array(np.full(count, page.page.id, np.int64)),
        pa.array([list(one) for one in page.over], pa.list_(pa.uint16())),
        pa.array(page.alternative.astype(bool)),
        pa.array(page.lines.astype(np.uint16)),
        pa.FixedSizeListArray.from_arrays(pa.array(boxes.ravel()), 4),
        vectors,
        pa.array([row.tobytes() for row in records.shapes], schema.field("shape").type),
        pa.array(list(records.letters), pa.binary()),
        pa.array(records.scripts),
    ]
    return pa.Table.from_arrays(columns, schema=schema)
