"""One indexed page as the browser needs it, with its picture and its boxes in files of their own."""

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
from mark_core.message import Message
from mark_core.segmentation.crop import crop_word
from mark_core.segmentation.gutter import find_gutter
from mark_core.ui.collection.edits import History, map_word
from mark_core.ui.collection.line_curves import line_curves
from mark_core.ui.replies import to_json

if TYPE_CHECKING:
    from mark_core import WordIndex
    from mark_core.retrieval.indexed import IndexedPage
    from mark_core.segmentation.edit import Words
    from mark_core.ui.collection.school_classes import SharedPictures

PICTURE_SIDE = 4400  # pixels; larger pages are shown reduced, their boxes stay in page pixels
THUMBNAIL_SIDE = 220
KEPT = 8  # files of boxes of one page, for a browser that is some edits behind


@dataclass(frozen=True, eq=False)
class OpenPage:
    """One page of a session, or one sample.

    id: random and unguessable; it is part of the address of the picture.
    index, page_id: the index that has the page, and the id of the page in it.
    title: a name that a person gave, or the message of a sample's title. note: beside the title.
    boxes: the file of the boxes; an edited page gets a new one, so that the browser fetches it again.
    sample: file name of the sample this is, or None for a page that the visitor added.
    nbytes: memory held by the pixels and the source file. disk: bytes of its files.
    version: of the boxes; counts their edits. history: the versions that undo and redo lead to.
    given: whether a file or a project brought the boxes, or a person corrected them before the page was changed.
    gutter: where it may be split, because it seems to be a spread, see ``segmentation.gutter``.
    pictures: of a page of a class, what deletes its picture once nobody has the page any more.
    """

    id: str
    index: WordIndex
    page_id: str
    title: str | Message
    width: int
    height: int
    words: int
    folder: Path
    boxes: Path
    nbytes: int
    note: Message | None = None
    queries: tuple[str, ...] = ()
    sample: str | None = None
    version: int = 0
    history: History = field(default_factory=History)
    given: bool = False
    disk: int = 0
    gutter: int | None = None
    pictures: SharedPictures | None = None

    @property
    def entry(self) -> IndexedPage:
        """The page as its index has it."""
        return _entry(self.index, self.page_id)

    @property
    def keeps_boxes(self) -> bool:
        """Whether its boxes stay when its pixels change; else its words are found anew."""
        return self.given or bool(self.history.past or self.history.future)

    def to_view(self) -> dict[str, Any]:
        """The page as the browser gets it; the boxes are fetched from ``data`` once a version."""
        return {
            "id": self.id,
            "title": to_json(self.title),
            "note": to_json(self.note),
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
            "gutter": self.gutter,
        }

    def crop(self, word: int) -> np.ndarray:
        """The pixels of one word, as a query by example for another index: (h, w) uint8."""
        entry = self.entry
        return crop_word(entry.page.grey, entry.words[word])

    def current_word(self, word: int, version: int) -> int:
        """The number that a word of an older version of the boxes has now. Raises MarkError if its box is gone."""
        now = tuple(self.entry.words)
        then = self.history.version(self.version - version, now)
        number = map_word(word, then, now) if word < len(then) else None
        if number is None:
            raise MarkError("The clicked word has no box any more; please click another one.")
        return number

    def copy_to(self, index: WordIndex, root: Path) -> OpenPage:
        """This page in another index, with pixels and picture shared and boxes of its own below ``root``."""
        folder = root / secrets.token_urlsafe(18)
        folder.mkdir(parents=True)
        boxes = _write_boxes(folder, self.version, self.entry)
        return replace(
            self,
            index=index,
            page_id=index.copy_from(self.index, self.page_id),
            boxes=boxes,
            nbytes=0,
            disk=0,
        )

    def with_words(self, words: Words, history: History) -> OpenPage:
        """The next version of the page, after its index has taken over edited words."""
        version = self.version + 1
        boxes = _write_boxes(self.boxes.parent, version, self.entry, words)
        _boxes_file(self.boxes.parent, version - KEPT).unlink(missing_ok=True)
        return replace(self, words=len(words), boxes=boxes, version=version, history=history)

    def rewritten(self, root: Path) -> OpenPage:
        """The next version of the page after its index has taken over other pixels, with files of its own."""
        fresh = write_page(self.index, self.page_id, root, title=self.title, version=self.version + 1)
        return replace(
            fresh,
            id=self.id,
            note=self.note,
            queries=self.queries,
            sample=self.sample,
            given=self.keeps_boxes,
        )

    def delete_files(self) -> None:
        """Delete what is this page's own: all of it, or only the boxes where the picture is shared."""
        shutil.rmtree(self.boxes.parent, ignore_errors=True)


def write_page(
    index: WordIndex,
    page_id: str,
    root: Path,
    *,
    title: str | Message,
    note: Message | None = None,
    queries: tuple[str, ...] = (),
    sample: str | None = None,
    version: int = 0,
) -> OpenPage:
    """Write picture, thumbnail and boxes of an indexed page into a new folder below ``root``."""
    entry = _entry(index, page_id)
    page, words = entry.page, entry.words
    open_id = secrets.token_urlsafe(18)
    folder = root / open_id
    folder.mkdir(parents=True)
    picture = Image.fromarray(page.pixels)
    picture.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    picture.save(folder / "page.jpg", quality=80, progressive=True)
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    picture.save(folder / "thumb.jpg", quality=80)
    return OpenPage(
        id=open_id,
        index=index,
        page_id=page_id,
        title=title,
        width=page.width,
        height=page.height,
        words=len(words),
        folder=folder,
        boxes=_write_boxes(folder, version, entry),
        nbytes=page.nbytes,
        note=note,
        queries=queries,
        sample=sample,
        version=version,
        disk=sum(file.stat().st_size for file in folder.iterdir()),
        gutter=find_gutter([word.box for word in words], (page.width, page.height)),
    )


def _boxes_file(folder: Path, version: int) -> Path:
    return folder / f"words-{version}.json"


def _write_boxes(folder: Path, version: int, entry: IndexedPage, words: Words | None = None) -> Path:
    """words: of the entry, unless its index has not taken them over yet."""
    words = entry.words if words is None else words
    rows = [[number, *map(int, word.box), word.line] for number, word in enumerate(words)]
    direction = words[0].direction if words else "ltr"
    curves = line_curves(words, entry.lines.lines if entry.lines else ())
    file = _boxes_file(folder, version)
    file.write_text(json.dumps({"words": rows, "direction": direction, "lines": curves}))
    return file


def _entry(index: WordIndex, page_id: str) -> IndexedPage:
    return next(entry for entry in index.pages if entry.id == page_id)
