"""Transcribed lines for training: read, folded, and split by hand.

A corpus is a folder of sets; a set is a folder with ``lines.zip`` (pictures of lines) and ``lines.csv`` (columns
``image``, ``text``, ``hand_or_book``, and, where they are known, ``language``, ``script_kind``). Text is folded word by
word (see ``model.alphabet``); what cannot be used is counted by reason.
"""

from __future__ import annotations

import csv
import hashlib
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from mark_core.errors import MarkError
from mark_core.model.alphabet import LETTERS, fold_lenient, is_folded
from mark_core.model.strip import COLUMN, STRIP_HEIGHT, to_strip

MAX_LINE_WIDTH = 1280  # pixels of a strip; longer lines are squeezed by at most a fifth, or left out
_MOST_SQUEEZED = 1.2
_HELD_OUT = 10  # one hand in so many is kept for validation
# Sets whose text is longer than their ink: abbreviations are written out.
EXPANDED = frozenset({"bohemian_latin_mss"})
# Pages of one book in two sets must not be learnt from in one and tested on in the other.
_TRAINED = ("candide",)


@dataclass(frozen=True)
class Line:
    """strip: (48, W) uint8, see ``model.strip``. words: folded words in the order of their ink. hand: ``set/hand``."""

    strip: np.ndarray
    words: tuple[str, ...]
    hand: str
    language: str
    kind: str
    held_out: bool

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass
class Lines:
    """lines: those that can be used. unused: how many cannot, by reason."""

    lines: list[Line] = field(default_factory=list)
    unused: Counter[str] = field(default_factory=Counter)


def read_corpus(folder: Path) -> Lines:
    """All sets below ``folder`` (or the set that it is), but for those whose text is longer than their ink.

    Raises MarkError when there is no set.
    """
    tables = sorted([*folder.glob("lines.csv"), *folder.glob("*/lines.csv")])
    if not tables:
        raise MarkError("There is no lines.csv in {folder} or in a folder of it.", folder=str(folder))
    found = Lines()
    for table in tables:
        if table.parent.name in EXPANDED:
            found.unused["text longer than its ink"] += _count(table)
        else:
            _read_set(table.parent, found)
    return found


def _count(table: Path) -> int:
    with table.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def _read_set(folder: Path, found: Lines) -> None:
    with (folder / "lines.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    held_out = held_out_hands(folder.name, {row["hand_or_book"] for row in rows})
    with zipfile.ZipFile(folder / "lines.zip") as pictures:
        names = {Path(name).name: name for name in pictures.namelist()}
        for row in rows:
            words, reason = fold_line(row["text"])
            if reason is None and row["image"] not in names:
                reason = "picture missing"
            strip = None if reason else _strip(pictures.read(names[row["image"]]))
            if reason is None and strip is None:
                reason = "picture unreadable or too long"
            elif strip is not None and strip.shape[1] < COLUMN * len("".join(words)):
                reason = "more letters than fit into the picture"
            if reason or strip is None:
                found.unused[str(reason)] += 1
                continue
            hand = row["hand_or_book"]
            found.lines.append(
                Line(
                    strip,
                    words,
                    f"{folder.name}/{hand}",
                    row.get("language", ""),
                    row.get("script_kind", ""),
                    hand in held_out,
                )
            )


def fold_line(text: str) -> tuple[tuple[str, ...], str | None]:
    """A transcription -> its folded words, and why it cannot be used, if it cannot."""
    words = tuple(filter(None, map(fold_lenient, text.split())))
    if not words:
        return (), "no letters"
    if not all(is_folded(word, LETTERS) for word in words):
        return words, "letters of a script that is not read"
    return words, None


def _strip(data: bytes) -> np.ndarray | None:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if (
        picture is None
        or picture.shape[1] / picture.shape[0] * STRIP_HEIGHT > MAX_LINE_WIDTH * _MOST_SQUEEZED
    ):
        return None
    return to_strip(picture, MAX_LINE_WIDTH)


def held_out_hands(name: str, hands: set[str]) -> set[str]:
    """The hands of a set that are never trained on: a tenth by the hash of their name, at least one of several."""
    free = [hand for hand in hands if not any(part in hand.lower() for part in _TRAINED)]
    digests = {hand: hashlib.sha256(f"{name}/{hand}".encode()).digest() for hand in free}
    chosen = {hand for hand, digest in digests.items() if digest[0] < 256 / _HELD_OUT}
    return chosen or (set(sorted(free, key=digests.__getitem__)[:1]) if len(hands) > 1 else set())
