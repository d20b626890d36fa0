"""A sheet: one indexed page as the screen needs it, with its picture and boxes in files of their own."""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from mark_core.segmentation.crop import crop_word

if TYPE_CHECKING:
    from mark_core import WordIndex
    from mark_core.retrieval.index import IndexedPage

PICTURE_SIDE = 4400  # pixels; larger pages are shown reduced, their boxes stay in page pixels
THUMB_SIDE = 220


@dataclass(frozen=True, eq=False)
class Sheet:
    """One page of a session or one sample.

    id: random and unguessable; it is part of the address of the picture.
    index, page_id: the index that answers for this page and the page's name in it.
    sample: file name of the sample page this is, or None for a visitor's own page.
    nbytes: memory held by the pixels.
    """

    id: str
    index: WordIndex
    page_id: str
    title: str
    width: int
    height: int
    words: int
    folder: Path
    nbytes: int
    note: str = ""
    queries: tuple[str, ...] = ()
    sample: str | None = None

    def to_view(self) -> dict[str, Any]:
        """The sheet as the browser gets it; boxes are fetched from ``data`` once."""
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
            "data": str(self.folder / "words.json"),
        }

    def crop(self, word: int) -> np.ndarray:
        """One word as another index would see it: (h, w) uint8."""
        entry = _entry(self.index, self.page_id)
        return crop_word(entry.page.grey, entry.words[word])

    def delete_files(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


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
    rows = [[number, *map(int, word.box), word.line] for number, word in enumerate(words)]
    direction = words[0].direction if words else "ltr"
    (folder / "words.json").write_text(json.dumps({"words": rows, "direction": direction}))
    return Sheet(
        id=sheet_id,
        index=index,
        page_id=page_id,
        title=title,
        width=page.width,
        height=page.height,
        words=len(words),
        folder=folder,
        nbytes=page.pixels.nbytes,
        note=note,
        queries=queries,
        sample=sample,
    )


def _entry(index: WordIndex, page_id: str) -> IndexedPage:
    return next(entry for entry in index.pages if entry.id == page_id)
