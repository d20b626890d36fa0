"""Draw a page of text whose words are known: for all that is learnt about the space between words.

A page has one face and one language, and one hand: how wide it runs, how far it sets words apart and how evenly,
where it lifts the pen within words. These are drawn once a page (`Hand`), from ranges wider than any one
period's. Every random choice comes from the generator that is passed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mark_core.training.synthesis.fonts import Face
from mark_core.training.synthesis.pages_hand import Hand, draw_hand
from mark_core.training.synthesis.pages_pen import CONNECTED, INK, MARKS, SAMPLES, Drawn, Pen
from mark_core.training.synthesis.pages_scan import scan_page
from mark_core.training.synthesis.words import WordSource, written_form

LEFTWARD = ("he", "ar")  # written from right to left
_NARROWEST = 0.25  # x-heights; letters of these scripts stand as far apart within words
_DARKER = 0.9  # of the paper; what is darker is seen
_VISIBLE = 0.75  # share of the ink that must be seen on a page


@dataclass(frozen=True, eq=False)
class RenderedPage:
    """A page and its words, in reading order.

    grey: (H, W) uint8. words: (N, 4) int32 x y w h of the ink. lines: (N,) int32 number of the line.
    owner: (H, W) int32, number of the word whose ink covers a pixel, -1 none.
    """

    grey: np.ndarray
    words: np.ndarray
    lines: np.ndarray
    owner: np.ndarray


def render_page(
    face: Face, language: str, source: WordSource, generator: np.random.Generator
) -> RenderedPage:
    """Draw a page in ``face`` with words of ``language``.

    Raises ValueError if the face draws nothing, or if what the scan leaves of the ink cannot be read.
    """
    g = generator
    hand = draw_hand(face.kind, g)
    if language in CONNECTED:
        # Here letters that do not join stand apart within words: how far words must, their faces say.
        space = max(Pen(face, language, hand, g).space(), _NARROWEST)
        hand = replace(hand, space=float(space * hand.stretch * np.exp(g.normal(0, 0.15))))
    columns = 2 if face.kind not in ("hand", "pen") and g.random() < 0.15 else 1
    measure = (
        g.uniform(38, 78) * np.sqrt(hand.stretch) / np.sqrt(columns) * hand.x_height
    )  # width of a column
    gutter = g.uniform(2.0, 5.0) * hand.x_height
    count = int(g.integers(6, 12))
    margin = np.array([g.uniform(1, 6), g.uniform(1, 6)]) * hand.x_height + 0.4 * hand.pitch
    height = int(count * hand.pitch + 2 * margin[1] + abs(hand.climb) * columns * measure)
    width = int(columns * (measure + gutter) + 2 * margin[0])
    owner = np.full((height, width), -1, np.int32)
    sheet = _Sheet(np.zeros((height, width), np.uint8), owner, [], [], language in LEFTWARD)
    pen = Pen(face, language, hand, g)
    words = _words(face, language, source, hand, g)
    first = margin[1] + hand.pitch * 0.8 + max(0.0, -hand.climb) * width
    for column in range(columns):
        left = margin[0] + column * (measure + gutter)
        for row in range(count):
            baseline = first + row * hand.pitch + g.normal(0, 0.02) * hand.pitch
            _line(sheet, pen, words, left, left + measure, baseline, column * count + row)
    if not sheet.boxes:
        raise ValueError("no word fits into the lines")
    baselines = first + np.arange(count) * hand.pitch
    grey = scan_page(sheet.ink, hand.x_height, baselines, hand.climb, g)
    if not _is_legible(grey, sheet.owner):
        raise ValueError("the scan leaves too little of the ink")
    return RenderedPage(grey, np.array(sheet.boxes, np.int32), np.array(sheet.numbers, np.int32), sheet.owner)


def _is_legible(grey: np.ndarray, owner: np.ndarray) -> bool:
    """Whether most of the ink is visibly darker than the paper beside it."""
    written = owner >= 0
    paper = np.median(grey[~cv2.dilate(written.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)])
    around = cv2.blur(np.where(written, paper, grey).astype(np.float32), (31, 31))
    return bool(np.mean((grey < _DARKER * around)[written]) > _VISIBLE)


@dataclass
class _Sheet:
    ink: np.ndarray
    owner: np.ndarray
    boxes: list[tuple[int, int, int, int]]
    numbers: list[int]
    leftward: bool

    def put(self, word: Drawn, x: float, baseline: float, line: int | None) -> None:
        """Put a drawn word with the left edge of its letters at x; line None: a mark, which is no word.

        On a leftward sheet x counts from the right edge of the sheet to the right edge of the letters.
        """
        if self.leftward:
            x = self.ink.shape[1] - x - word.width
        x0, y0 = round(x) - word.left, round(baseline) - word.baseline
        a, b = max(0, -y0), max(0, -x0)
        part = word.ink[a : self.ink.shape[0] - y0, b : self.ink.shape[1] - x0]
        if part.size == 0:
            return
        window = (slice(y0 + a, y0 + a + part.shape[0]), slice(x0 + b, x0 + b + part.shape[1]))
        np.maximum(self.ink[window], part, out=self.ink[window])
        solid = (part > INK).astype(np.uint8)
        if line is None or not solid.any():
            return
        self.owner[window][solid > 0] = len(self.boxes)
        bx, by, bw, bh = cv2.boundingRect(solid)
        self.boxes.append((x0 + b + bx, y0 + a + by, bw, bh))
        self.numbers.append(line)


def _line(
    sheet: _Sheet, pen: Pen, words: Iterator[str], left: float, right: float, baseline: float, number: int
) -> None:
    hand, g = pen.hand, pen.g
    if g.random() < 0.08:
        left += g.uniform(1, 6) * hand.x_height  # an indented or a short line
    if g.random() < 0.08:
        right -= g.uniform(0.1, 0.7) * (right - left)
    drawn: list[tuple[Drawn, float]] = []  # words and the space behind each
    x, squeezed, failures = left, np.exp(g.normal(0, hand.squeeze)), 0
    while True:
        is_dash = drawn and g.random() < 0.015
        text = "" if is_dash else next(words)
        word = pen.dash() if is_dash else pen.write(text)
        if word is None:
            failures += 1
            if failures > 20:
                raise ValueError(f"{pen.face.family} draws nothing in {pen.language}")
            continue
        if x + word.width > right:
            break
        space = hand.space * squeezed * hand.x_height * np.exp(g.normal(0, hand.uneven))
        if text.endswith(tuple(MARKS)):
            space *= hand.tight
        drawn.append((word, max(space, (0.1 if hand.tight == 1 else 0.03) * hand.x_height)))
        x += word.width + drawn[-1][1]
    if not drawn:
        return
    spread = 1.0
    spaces = sum(space for _, space in drawn[:-1])
    if hand.justified and spaces and right - x < 0.15 * (right - left):
        spread = min(2.5, 1 + (right - x + drawn[-1][1]) / spaces)
    x = left + (0 if hand.justified else g.normal(0, 0.3) * hand.x_height)
    wave = hand.waver * hand.x_height
    length, phase = g.uniform(15, 60) * hand.x_height, g.uniform(0, 6.3)
    for word, space in drawn:
        y = baseline + hand.climb * (x - left) + wave * np.sin(x / length * 6.3 + phase)
        y += g.normal(0, 0.25) * wave
        sheet.put(word, x, y, None if word.is_mark else number)
        x += word.width + space * spread


def _words(
    face: Face, language: str, source: WordSource, hand: Hand, g: np.random.Generator
) -> Iterator[str]:
    """Words without end. The shortest of two draws, often: running text has more short words than a list."""
    while True:
        kind = "number" if language not in CONNECTED and g.random() < 0.03 else language
        words = [source.draw(g, kind) for _ in range(1 + (g.random() < hand.shortness))]
        word = min(words, key=len)
        written = written_form(word, g, face.has)
        if hand.virgule and written[-1] in ",;:":
            written = f"{written[:-1]}/"
        if g.random() < 0.02 and face.has("&") and language not in SAMPLES:
            written = "&"
        if face.covers(written):
            yield written
        elif face.covers(word):
            yield word
