"""A sheet: one indexed page as the screen needs it, with its picture and boxes in files of their own."""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from mark_core.errors import MarkError
from mark_core.segmentation.crop import crop_word
from mark_core.ui.corrections import History, follow

if TYPE_CHECKING:
    from mark_core import WordIndex
    from mark_core.retrieval.indexed import IndexedPage
    from mark_core.segmentation.edit import Words

PICTURE_SIDE = 4400  # pixels; larger pages are shown reduced, their boxes stay in page pixels
THUMB_SIDE = 220
KEPT = 8  # files of boxes of one sheet, for a browser that is some corrections behind


@dataclass(frozen=True, eq=False)
class Sheet:
    """One page of a session or one sample.

    id: random and unguessable; it is part of the address of the picture.
    index, page_id: the index that answers for this page and the page's name in it.
    boxes: the file of the boxes; a corrected page gets a new one, so that the browser fetches it anew.
    sample: file name of the sample page this is, or None for a page that the visitor added.
    nbytes: memory held by the pixels and the file.
    version: of the boxes; it counts their corrections. history: the way back from them.
    """

    id: str
    index: WordIndex
    page_id: str
    title: str
    width: int
    height: int
    words: int
    folder: Path
    boxes: Path
    nbytes: int
    note: str = ""
    queries: tuple[str, ...] = ()
    sample: str | None = None
    version: int = 0
    history: History = field(default_factory=History)

    @property
    def entry(self) -> IndexedPage:
        """The page as its index has it."""
        return _entry(self.index, self.page_id)

    def to_view(self) -> dict[str, Any]:
        """The sheet as the browser gets it; boxes are fetched from ``data`` once a version."""
        return {
            "id": self.id,
            "title": self.title,
            "note": self.note,
            "queries": list(self.queries),
            "sample": self.sample,
            "words": self.words,
            "width": self.width,
            "height": self.height,
            "picture": str(self.folder / "page.jpg"),
            "thumb": str(self.folder / "thumb.jpg"),
            "data": str(self.boxes),
            "version": self.version,
            "undo": bool(self.history.past),
            "redo": bool(self.history.future),
        }

    def crop(self, word: int) -> np.ndarray:
        """One word as another index would see it: (h, w) uint8."""
        entry = self.entry
        return crop_word(entry.page.grey, entry.words[word])

    def word_now(self, word: int, version: int) -> int:
        """The number that a word of an older version of the boxes has now. Raises MarkError if it is gone."""
        now = tuple(self.entry.words)
        then = self.history.version(self.version - version, now)
        place = follow(word, then, now) if word < len(then) else None
        if place is None:
            raise MarkError("The clicked word has no box any more; please click another one.")
        return place

    def lent_to(self, index: WordIndex, root: Path) -> Sheet:
        """This sheet as an index of somebody else answers for it. Pixels and pictures stay shared, boxes do not."""
        folder = root / secrets.token_urlsafe(18)
        folder.mkdir(parents=True)
        boxes = _write_boxes(folder, self.version, self.entry.words)
        return replace(
            self, index=index, page_id=index.copy_from(self.index, self.page_id), boxes=boxes, nbytes=0
        )

    def revised(self, words: Words, history: History) -> Sheet:
        """The sheet after its index has taken over corrected words."""
        version = self.version + 1
        boxes = _write_boxes(self.boxes.parent, version, words)
        _boxes_file(self.boxes.parent, version - KEPT).unlink(missing_ok=True)
        return replace(self, words=len(words), boxes=boxes, version=version, history=history)

    def delete_files(self) -> None:
        """Deletes what is this sheet's own: all of it, or only the boxes where the picture is lent."""
        shutil.rmtree(self.boxes.parent, ignore_errors=True)


def make_sheet(
    index: WordIndex,
    page_id: str,
    root: Path,
    *,
    title: str,
    note: str = "",
    queries: tuple[str, ...] = (),
    sample: str | None = None,
) -> Sheet:
    """Writes the picture, thumbnail and boxes of an indexed page below ``root`` and describes them."""
    entry = _entry(index, page_id)
    page, words = entry.page, entry.words
    sheet_id = secrets.token_urlsafe(18)
    folder = root / sheet_id
    folder.mkdir(parents=True)
    picture = Image.fromarray(page.pixels)
    picture.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    picture.save(folder / "page.jpg", quality=80, progressive=True)
    picture.thumbnail((THUMB_SIDE, THUMB_SIDE))
    picture.save(folder / "thumb.jpg", quality=80)
    return Sheet(
        id=sheet_id,
        index=index,
        page_id=page_id,
        title=title,
        width=page.width,
        height=page.height,
        words=len(words),
        folder=folder,
        boxes=_write_boxes(folder, 0, words),
        nbytes=page.nbytes,
        note=note,
        queries=queries,
        sample=sample,
    )


def _boxes_file(folder: Path, version: int) -> Path:
    return folder / f"words-{version}.json"


def _write_boxes(folder: Path, version: int, words: Words) -> Path:
    rows = [[number, *map(int, word.box), word.line] for number, word in enumerate(words)]
    direction = words[0].direction if words else "ltr"
    file = _boxes_file(folder, version)
    file.write_text(json.dumps({"words": rows, "direction": direction}))
    return file


def _entry(index: WordIndex, page_id: str) -> IndexedPage:
    return next(entry for entry in index.pages if entry.id == page_id)
