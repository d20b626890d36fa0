"""Pages made of the transcribed lines of one hand, with known places of the words: what line search is fitted on.

The lines of a corpus are pictures of single lines. One under the other they make a page that is segmented, indexed and
searched like any other, so its boxes have the faults that boxes have. Where each word truly stands is told by forced
alignment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mark_core.model.alignment import align
from mark_core.model.line_reader import read_lines
from mark_core.model.mark import MarkModel
from mark_core.model.strip import STRIP_HEIGHT
from mark_core.pages.load import load_page
from mark_core.pages.page import Page
from mark_core.training.real.lines import Line
from mark_core.transcript.word_edges import word_edges

_CONFIDENCE = -3.0  # nats a letter; lines with a word that is less sure of its place are left out
_MOST_LINES = 24  # of a hand
_FEWEST_WORDS = 40  # of a page
_GAP = 6  # rows of paper between two lines
_MARGIN = 48  # pixels of paper around them
_PAPER = 235


@dataclass(frozen=True)
class KnownWords:
    """The true words of a page: folded texts, and (N, 4) x y w h in its pixels as they were read."""

    texts: Sequence[str]
    boxes: np.ndarray


def hand_pages(model: MarkModel, lines: Sequence[Line], seed: int = 0) -> Iterator[tuple[Page, KnownWords]]:
    """A page for every hand with enough lines whose words are surely placed."""
    hands: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        hands[line.hand].append(line)
    g = np.random.default_rng(seed)
    for hand, own in sorted(hands.items()):
        some = [own[i] for i in sorted(g.permutation(len(own))[:_MOST_LINES].tolist())]
        placed = [(line, edges) for line, edges in zip(some, _places(model, some), strict=True) if edges]
        if sum(len(edges) for _, edges in placed) >= _FEWEST_WORDS:
            yield _page(hand, placed)


def _places(model: MarkModel, lines: Sequence[Line]) -> Iterator[list[tuple[int, int]]]:
    """From which pixel to which each word of a line reaches; nothing for a line with a word of unsure place."""
    for line, columns in zip(lines, read_lines(model, [line.strip for line in lines]), strict=True):
        places = align(columns, line.words, model.alphabet, model.space)
        sure = bool(places) and min(place.confidence for place in places) >= _CONFIDENCE
        yield word_edges(line.strip, places) if sure else []


def _page(hand: str, placed: Sequence[tuple[Line, list[tuple[int, int]]]]) -> tuple[Page, KnownWords]:
    pitch = STRIP_HEIGHT + _GAP
    width = max(line.strip.shape[1] for line, _ in placed) + 2 * _MARGIN
    pixels = np.full((2 * _MARGIN + pitch * len(placed), width), _PAPER, np.uint8)
    texts: list[str] = []
    boxes: list[tuple[int, int, int, int]] = []
    for number, (line, edges) in enumerate(placed):
        top = _MARGIN + number * pitch
        ink = line.strip.astype(np.float32) / 255
        pixels[top : top + STRIP_HEIGHT, _MARGIN : _MARGIN + ink.shape[1]] = np.rint(
            _PAPER * (1 - 0.85 * ink)
        )
        texts += line.words
        boxes += [(_MARGIN + left, top, right - left, STRIP_HEIGHT) for left, right in edges]
    return load_page(pixels, name=hand), KnownWords(texts, np.array(boxes))
