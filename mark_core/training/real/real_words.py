"""Words cut out of transcribed lines by forced alignment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mark_core.model.alignment import AlignedWord, align
from mark_core.model.line_reader import read_lines
from mark_core.model.mark import MarkModel
from mark_core.model.strip import COLUMN, MAX_STRIP_WIDTH, MIN_STRIP_WIDTH
from mark_core.training.real.lines import Line

# Nats a letter. Where another word of as many letters was put in the place of the true one (343 lines), 4 in 100 of
# those come above it, of the true words 73 in 100; above -1.5 it is 2 and 61.
CONFIDENCE = -2.0
_INK = 70  # value of a strip from which a pixel counts as ink
_MARGIN = 2  # pixels left beside the ink


@dataclass(frozen=True)
class RealWord:
    """strip: (48, W) uint8 of one word. line: number of its line among those given."""

    strip: np.ndarray
    label: str
    line: int
    confidence: float


def cut_words(model: MarkModel, lines: Sequence[Line], least: float = CONFIDENCE) -> Iterator[RealWord]:
    """The words of ``lines`` whose place is at least as sure as ``least``, line after line."""
    for number, columns in enumerate(read_lines(model, [line.strip for line in lines])):
        line = lines[number]
        places = align(columns, line.words, model.alphabet, model.space)
        for place, (left, right) in zip(places, word_edges(places, line.strip), strict=True):
            strip = line.strip[:, left:right]
            if place.confidence >= least and MIN_STRIP_WIDTH <= strip.shape[1] <= MAX_STRIP_WIDTH:
                yield RealWord(strip, line.words[place.word], number, place.confidence)


def word_edges(places: Sequence[AlignedWord], strip: np.ndarray) -> list[tuple[int, int]]:
    """Pixels of the (48, W) strip from which to which the ink of each word reaches, with a little margin; it is sought
    up to half of the gap to the neighbours."""
    width, out = strip.shape[1], []
    for i, place in enumerate(places):
        before = places[i - 1].end if i else place.start - 12
        after = places[i + 1].start if i + 1 < len(places) else place.end + 12
        left = COLUMN * (before + place.start) / 2 if i else COLUMN * max(0, before)
        right = COLUMN * (place.end + after) / 2 if i + 1 < len(places) else COLUMN * after
        start = max(0, round(left))
        out.append(_trimmed(strip, start, min(width, max(round(right), start + 1))))
    return out


def _trimmed(strip: np.ndarray, left: int, right: int) -> tuple[int, int]:
    """The part of columns ``left`` to ``right`` between the first and the last ink in the middle rows."""
    ink = np.flatnonzero((strip[8:42, left:right] > _INK).sum(axis=0) >= 2)
    if not len(ink):
        return left, right
    return left + max(0, int(ink[0]) - _MARGIN), min(right, left + int(ink[-1]) + 1 + _MARGIN)
