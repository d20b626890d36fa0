"""Words cut out of transcribed lines by forced alignment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mark_core.model.alignment import align
from mark_core.model.line_reader import read_lines
from mark_core.model.mark import MarkModel
from mark_core.model.strip import MAX_STRIP_WIDTH, MIN_STRIP_WIDTH
from mark_core.training.real.lines import Line
from mark_core.transcript.word_edges import word_edges

# Nats a letter. Where another word of as many letters was put in the place of the true one (343 lines), 4 in 100 of
# those come above it, of the true words 73 in 100; above -1.5 it is 2 and 61.
CONFIDENCE = -2.0


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
        for place, (left, right) in zip(places, word_edges(line.strip, places), strict=True):
            strip = line.strip[:, left:right]
            if place.confidence >= least and MIN_STRIP_WIDTH <= strip.shape[1] <= MAX_STRIP_WIDTH:
                yield RealWord(strip, line.words[place.word], number, place.confidence)
