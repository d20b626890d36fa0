"""Transcribed lines for training: folded word by word, and split by hand. Those that cannot be used are counted."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field

import cv2
import numpy as np

from mark_core.model.alphabet import LETTERS, RIGHT_TO_LEFT, fold_lenient, is_folded
from mark_core.model.strip import COLUMN, STRIP_HEIGHT, to_strip

MAX_LINE_WIDTH = 1280  # pixels of a strip; longer lines are squeezed by at most a fifth, or left out
_MOST_SQUEEZED = 1.2
_HELD_OUT = 10  # one hand in so many is kept for validation
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

    def add(
        self,
        text: str,
        picture: bytes | np.ndarray | None,
        hand: str,
        held_out: bool,
        language: str = "",
        kind: str = "",
    ) -> None:
        """Take a line with its transcription, or count why it cannot be used.

        picture: an image file, (H, W) uint8 pixels, or None if it is missing.
        """
        words, reason = fold_line(text)
        strip = None
        if reason is None and picture is None:
            reason = "picture missing"
        if reason is None and picture is not None:
            strip = _strip(picture)
            if strip is None:
                reason = "picture unreadable or too long"
            elif strip.shape[1] < COLUMN * len("".join(words)):
                reason = "more letters than fit into the picture"
        if reason or strip is None:
            self.unused[str(reason)] += 1
        else:
            self.lines.append(Line(strip, words, hand, language, kind, held_out))


def fold_line(text: str) -> tuple[tuple[str, ...], str | None]:
    """A transcription -> its folded words in the order of their ink, and why it cannot be used, if it cannot."""
    words = tuple(filter(None, map(fold_lenient, text.split())))
    if not words:
        return (), "no letters"
    if not all(is_folded(word, LETTERS) for word in words):
        return words, "letters of a script that is not read"
    letters = "".join(words)
    leftward = sum(char in RIGHT_TO_LEFT for char in letters) * 2 > len(letters)
    return words[::-1] if leftward else words, None


def _strip(given: bytes | np.ndarray) -> np.ndarray | None:
    """(48, W) strip of a picture; None if it cannot be read, or is too long."""
    picture: np.ndarray | None = None if isinstance(given, bytes) else given
    if isinstance(given, bytes) and given:
        picture = cv2.imdecode(np.frombuffer(given, np.uint8), cv2.IMREAD_GRAYSCALE)
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
