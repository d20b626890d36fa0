"""Read pages with known words: ``pages/*.jpg`` + ``words.csv``, or images with PAGE XML or ALTO beside them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mark_core.errors import MarkError
from mark_core.evaluation.transcribed import page_rows, transcribed_pages

BOX_COLUMNS = ("x", "y", "w", "h")
REQUIRED_COLUMNS = ("page", *BOX_COLUMNS, "text", "key")
_PAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"}


@dataclass(frozen=True, eq=False)
class Dataset:
    """Pages and their words.

    name: name of the folder.
    pages: paths of the page images, sorted by name; only pages that have words.
    words: one row a word. ``page`` (file name), ``x y w h`` (int, page pixels), ``text`` as transcribed,
        ``key`` the unit of relevance; further columns are text as in the file, except an integer ``fold``.
    """

    name: str
    pages: tuple[Path, ...]
    words: pd.DataFrame

    def boxes(self, page: Path) -> np.ndarray:
        """(N, 4) int32 x y w h of the words of a page, in the order of the file."""
        rows = self.words[self.words["page"] == page.name]
        return rows[list(BOX_COLUMNS)].to_numpy(np.int32)


def load_dataset(folder: str | os.PathLike) -> Dataset:
    """Reads a folder. Raises MarkError with a plain sentence when it is not such a set."""
    folder = Path(folder)
    if folder.is_dir() and not (folder / "words.csv").exists():
        pairs = transcribed_pages(_images(folder))
        if pairs:
            return _from_layouts(folder, pairs)
    if not (folder / "words.csv").is_file() or not (folder / "pages").is_dir():
        raise MarkError(
            "{name} is not a data set: a folder pages and a table words.csv are needed, "
            "or page images with PAGE XML or ALTO files of the same names beside them.",
            name=folder.name,
        )
    words = _read_words(folder / "words.csv")
    images = {path.name: path for path in _images(folder / "pages")}
    missing = sorted(set(words["page"]) - set(images))
    if missing:
        raise MarkError(
            "The table words.csv names the page {page}, which is not in the folder pages.", page=missing[0]
        )
    pages = tuple(images[name] for name in sorted(set(words["page"])))
    return Dataset(name=folder.resolve().name, pages=pages, words=words)


def _images(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in _PAGE_SUFFIXES)


def _from_layouts(folder: Path, pairs: list[tuple[Path, Path]]) -> Dataset:
    rows = [row for image, file in pairs for row in page_rows(image, file)]
    if not rows:
        raise MarkError(
            "The XML files of {name} have no boxes of words; boxes of lines are not enough.", name=folder.name
        )
    words = pd.DataFrame(rows)
    named = set(words["page"])
    pages = tuple(image for image, _ in pairs if image.name in named)
    return Dataset(name=folder.resolve().name, pages=pages, words=words)


def _read_words(path: Path) -> pd.DataFrame:
    try:
        # Everything as text: "nan" and "007" are words, not numbers.
        words = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (ValueError, OSError) as error:
        raise MarkError(
            "The table words.csv cannot be read: it must be comma-separated text in UTF-8."
        ) from error
    absent = [column for column in REQUIRED_COLUMNS if column not in words.columns]
    if absent:
        raise MarkError("The table words.csv has no column {column}.", column=absent[0])
    if words.empty:
        raise MarkError("The table words.csv has no words.")
    integers = [*BOX_COLUMNS, *(["fold"] if "fold" in words.columns else [])]
    for column in integers:
        try:
            words[column] = words[column].astype(int)
        except ValueError as error:
            raise MarkError(
                "The column {column} of words.csv must hold whole numbers.", column=column
            ) from error
    if (words[["w", "h"]] < 1).any(axis=None):
        raise MarkError("The table words.csv has a box without width or height.")
    return words
