"""The pointing game: whether the maximum of the evidence for a letter lies in the box of the letter.

Zhang et al., "Top-down neural attention by excitation backprop", 2016; here on words drawn letter by letter. Spacing
and margins are random, because evenly spaced letters could be located without evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mark_core.model.mark import MarkModel
from mark_core.model.strip import COLUMN, to_strip
from mark_core.retrieval.explanation.letter_evidence import all_alike, letter_posteriors, place_letters
from mark_core.retrieval.explanation.warping import column_likeness


@dataclass(frozen=True)
class DrawnWord:
    """crop: (H, W) uint8; boxes: (L, 2) start and end of every letter along it, 0..1."""

    word: str
    crop: np.ndarray
    boxes: np.ndarray


@dataclass(frozen=True)
class PointingScore:
    """Shares of letters, 0..1.

    found: the column with most evidence lies in the box of the letter. Baselines: column (a random column), order (the
    posterior for a word with equal columns), even (evenly spaced letters). certainty: mean certainty of the letters.
    swapped: mean certainty of a letter that was replaced by another.
    """

    found: float
    column: float
    order: float
    even: float
    certainty: float
    swapped: float
    letters: int


def draw_letters(word: str, font: ImageFont.FreeTypeFont, generator: np.random.Generator) -> DrawnWord:
    """Draw a word in dark ink on paper, with random spacing and margins."""
    g = generator
    high = font.size
    margins = g.uniform(0.1, 1.2, 2) * high
    starts, x = [], float(margins[0])
    for char in word:
        starts.append(x)
        x += font.getlength(char) + high * g.exponential(0.18)
    ends = [start + font.getlength(char) for start, char in zip(starts, word, strict=True)]
    width = int(ends[-1] + margins[1])
    image = Image.new("L", (width, int(1.9 * high)), 225)
    pen = ImageDraw.Draw(image)
    for start, char in zip(starts, word, strict=True):
        pen.text((start, 1.3 * high), char, fill=45, font=font, anchor="ls")
    crop = np.asarray(image)
    rows = np.flatnonzero((crop < 150).any(axis=1))
    crop = crop[max(0, rows[0] - 4) : rows[-1] + 5]
    noise = g.normal(0, 6, crop.shape)
    crop = np.clip(cv2.GaussianBlur(crop, (0, 0), g.uniform(0.4, 1.2)) + noise, 0, 255).astype(np.uint8)
    return DrawnWord(word, crop, np.stack([starts, ends], axis=1) / width)


def point(model: MarkModel, words: Sequence[DrawnWord], generator: np.random.Generator) -> PointingScore:
    """The pointing game with every word as typed query."""
    encoding = model.encode([word.crop for word in words])
    starts = np.cumsum(encoding.counts) - encoding.counts
    rows: list[tuple[float, ...]] = []
    swapped: list[float] = []
    for word, start, count in zip(words, starts, encoding.counts, strict=True):
        letters = encoding.letters[start : start + count]
        width = to_strip(word.crop).shape[1] / COLUMN
        middles = (np.arange(count) + 0.5) / width
        places = place_letters(letters, list(word.word))
        if not places:
            continue
        ordered = letter_posteriors(all_alike(np.exp(letters.astype(np.float64))), list(word.word))
        if ordered is None:
            continue
        for i, (left, right) in enumerate(word.boxes):
            inside = (middles >= left) & (middles <= right)
            even = (i + 0.5) / len(word.word)
            rows.append(
                (
                    inside[places[i].heat.argmax()],
                    inside.mean(),
                    inside[ordered[:, i].argmax()],
                    left <= even <= right,
                    places[i].certainty,
                )
            )
        spot = int(generator.integers(len(word.word)))
        other = str(generator.choice([c for c in "abcdefghijklmnopqrstuvwxyz" if c != word.word[spot]]))
        wrong = place_letters(letters, [*word.word[:spot], other, *word.word[spot + 1 :]])
        swapped.append(wrong[spot].certainty)
    found, column, order, even, certainty = np.mean(rows, axis=0).tolist()
    return PointingScore(found, column, order, even, certainty, float(np.mean(swapped)), len(rows))


def point_clicked(
    model: MarkModel, pairs: Sequence[tuple[DrawnWord, DrawnWord]]
) -> tuple[float, float, float]:
    """The pointing game for examples, on pairs of drawn words that differ in one letter.

    Returns the share of pairs in which the letter with the lowest mean similarity is the one that differs, the baseline
    of a random letter, and the mean number of letters.
    """
    right, chance, lengths = [], [], []
    for word, example in pairs:
        heat = column_likeness(*model.columns([word.crop, example.crop]))
        middles = (np.arange(len(heat)) + 0.5) * COLUMN / to_strip(word.crop).shape[1]
        means = []
        for left, end in word.boxes:
            inside = (middles >= left) & (middles <= end)
            means.append(heat[inside].mean() if inside.any() else 1.0)
        differs = [a != b for a, b in zip(word.word, example.word, strict=True)].index(True)
        right.append(int(np.argmin(means)) == differs)
        chance.append(1 / len(means))
        lengths.append(len(means))
    return float(np.mean(right)), float(np.mean(chance)), float(np.mean(lengths))
