"""Draw a page of text whose words are known: for all that is learnt about the space between words.

A page has one face and one language, and one hand: how wide it runs, how far it sets words apart and how evenly,
where it lifts the pen within words. These are drawn once a page (`Hand`), from ranges wider than any one
period's. Every random choice comes from the generator that is passed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from mark_core.training.synthesis.fonts import Face, blank, draw_text, em_for_height, text_length
from mark_core.training.synthesis.pages_hand import Hand, draw_hand
from mark_core.training.synthesis.pages_scan import scan_page
from mark_core.training.synthesis.words import WordSource, written_form

SAMPLES = {"el": "αεο", "ru": "аео", "he": "אבד", "ar": "سمن", "mn": "ᠮᠣ"}  # letters without ascenders
_DRAWN = 36  # x-height in pixels at which words are drawn before they are brought to the page's size
_CONNECTED = ("ar", "mn")  # scripts whose letters must not be drawn one by one
_INK = 100  # of 255; coverage from which a pixel belongs to a word


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
    """Draw a page in ``face`` with words of ``language``. Raises ValueError if the face draws nothing."""
    g = generator
    hand = draw_hand(face.kind, g)
    columns = 2 if face.kind not in ("hand", "pen") and g.random() < 0.15 else 1
    measure = (
        g.uniform(38, 78) * np.sqrt(hand.stretch) / np.sqrt(columns) * hand.x_height
    )  # width of a column
    gutter = g.uniform(2.0, 5.0) * hand.x_height
    count = int(g.integers(6, 12))
    margin = np.array([g.uniform(1, 6), g.uniform(1, 6)]) * hand.x_height + 0.4 * hand.pitch
    height = int(count * hand.pitch + 2 * margin[1] + abs(hand.climb) * columns * measure)
    width = int(columns * (measure + gutter) + 2 * margin[0])
    sheet = _Sheet(np.zeros((height, width), np.uint8), np.full((height, width), -1, np.int32), [], [])
    pen = _Pen(face, language, hand, g)
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
    return RenderedPage(grey, np.array(sheet.boxes, np.int32), np.array(sheet.numbers, np.int32), sheet.owner)


@dataclass
class _Sheet:
    ink: np.ndarray
    owner: np.ndarray
    boxes: list[tuple[int, int, int, int]]
    numbers: list[int]

    def put(self, word: _Drawn, x: float, baseline: float, line: int | None) -> None:
        """Put a drawn word with the left edge of its letters at x; line None: a dash, which is no word."""
        x0, y0 = round(x) - word.left, round(baseline) - word.baseline
        a, b = max(0, -y0), max(0, -x0)
        part = word.ink[a : self.ink.shape[0] - y0, b : self.ink.shape[1] - x0]
        if part.size == 0:
            return
        window = (slice(y0 + a, y0 + a + part.shape[0]), slice(x0 + b, x0 + b + part.shape[1]))
        np.maximum(self.ink[window], part, out=self.ink[window])
        solid = (part > _INK).astype(np.uint8)
        if line is None or not solid.any():
            return
        self.owner[window][solid > 0] = len(self.boxes)
        bx, by, bw, bh = cv2.boundingRect(solid)
        self.boxes.append((x0 + b + bx, y0 + a + by, bw, bh))
        self.numbers.append(line)


def _line(
    sheet: _Sheet, pen: _Pen, words: Iterator[str], left: float, right: float, baseline: float, number: int
) -> None:
    hand, g = pen.hand, pen.g
    if g.random() < 0.08:
        left += g.uniform(1, 6) * hand.x_height  # an indented or a short line
    if g.random() < 0.08:
        right -= g.uniform(0.1, 0.7) * (right - left)
    drawn: list[tuple[_Drawn, float]] = []  # words and the space behind each
    x, squeezed, failures = left, np.exp(g.normal(0, hand.squeeze)), 0
    while True:
        is_dash = drawn and g.random() < 0.015
        word = pen.dash() if is_dash else pen.write(next(words))
        if word is None:
            failures += 1
            if failures > 20:
                raise ValueError(f"{pen.face.family} draws nothing in {pen.language}")
            continue
        if x + word.width > right:
            break
        space = hand.space * squeezed * hand.x_height * np.exp(g.normal(0, hand.uneven))
        drawn.append((word, max(space, 0.1 * hand.x_height)))
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
        sheet.put(word, x, y, None if word.is_dash else number)
        x += word.width + space * spread


def _words(
    face: Face, language: str, source: WordSource, hand: Hand, g: np.random.Generator
) -> Iterator[str]:
    """Words without end. The shortest of two draws, often: running text has more short words than a list."""
    while True:
        kind = "number" if language not in _CONNECTED and g.random() < 0.03 else language
        words = [source.draw(g, kind) for _ in range(1 + (g.random() < hand.shortness))]
        word = min(words, key=len)
        written = written_form(word, g, face.has)
        if g.random() < 0.02 and face.has("&") and language not in SAMPLES:
            written = "&"
        if face.covers(written):
            yield written
        elif face.covers(word):
            yield word


@dataclass(frozen=True, eq=False)
class _Drawn:
    """A word at the size of the page. left: column of its letters' left edge; width: from there to the right
    edge of its letters, tails of long letters not counted. baseline: row."""

    ink: np.ndarray
    left: int
    width: float
    baseline: int
    is_dash: bool = False


@dataclass(frozen=True, eq=False)
class _Pen:
    """Draws words in one face and one hand."""

    face: Face
    language: str
    hand: Hand
    g: np.random.Generator

    def write(self, text: str) -> _Drawn | None:
        face = self.face
        em = em_for_height(face, SAMPLES.get(self.language, "xnu"), _DRAWN)
        pieces = self._pieces(text)
        lifted = []
        side, above, below = 2 * _DRAWN, 4 * _DRAWN, 3 * _DRAWN
        width = int(sum(text_length(piece, face, em) + space for piece, space in pieces)) + 2 * side
        layer, draw = blank(max(width, 2 * side + 4), above + below)
        x = float(side)
        for piece, space in pieces:
            x += draw_text(draw, (x, above), piece, face, em) + space
            lifted.append(x - 0.5 * space)
        ink = np.asarray(layer)
        if self.hand.joined and self.language not in _CONNECTED:
            ink = self._join(ink, above, np.array(lifted[:-1]))
        ink = self._thickness(ink)
        if not (ink > _INK).any():
            return None
        small = ink[above - int(1.15 * _DRAWN) : above + int(0.2 * _DRAWN)]
        used = np.flatnonzero((small > _INK).any(axis=0))
        if len(used) == 0:
            used = np.flatnonzero((ink > _INK).any(axis=0))
        return self._to_page(ink, int(used[0]), int(used[-1]) + 1, above)

    def dash(self) -> _Drawn:
        x_height = self.hand.x_height
        length, thick = self.g.uniform(0.8, 3.0) * x_height, max(1, round(0.14 * x_height))
        ink = np.zeros((thick + 2, int(length)), np.uint8)
        ink[1:-1] = 255
        return _Drawn(ink, 0, length, round(0.55 * x_height) + 1, True)

    def _pieces(self, text: str) -> list[tuple[str, float]]:
        """What is written in one go, with the space behind it in pixels of the drawing."""
        hand, g = self.hand, self.g
        if self.language in _CONNECTED:
            return [(text, 0.0)]
        pieces, start = [], 0
        for i, char in enumerate(text[:-1], 1):
            space = hand.tracking
            if char.isupper() and not text[i].isupper() and g.random() < hand.set_off:
                space += hand.capital * g.uniform(0.2, 1.2)
            elif g.random() < hand.loose:
                space += hand.lift * g.uniform(0.0, 1.5)
            if text[i] in ",.;:!?" and hand.detached:
                space += hand.detached * g.uniform(0.4, 1.6)
            if space > 0:
                pieces.append((text[start:i], space * _DRAWN / hand.stretch))
                start = i
        return [*pieces, (text[start:], 0.0)]

    def _join(self, ink: np.ndarray, baseline: int, lifted: np.ndarray) -> np.ndarray:
        """Bridge gaps between letters as a running pen does, except where it was lifted."""
        ink = ink.copy()
        top = baseline - _DRAWN
        core = ink[top : baseline + 1] > _INK
        edges = np.flatnonzero(np.diff(core.any(axis=0).astype(int)))
        for left, right in zip(edges[1:-1:2].tolist(), (edges[2::2] + 1).tolist(), strict=True):
            at_lift = len(lifted) and np.abs(lifted - (left + right) / 2).min() < 0.3 * (right - left) + 2
            if (at_lift and self.g.random() < 0.8) or self.g.random() > self.hand.joined:
                continue
            start = int(np.flatnonzero(core[:, left])[-1]) + top
            stop = int(np.flatnonzero(core[:, right])[0]) + top
            cv2.line(ink, (left, start), (right, stop), 255, 3)
        return ink

    def _thickness(self, ink: np.ndarray) -> np.ndarray:
        """A broad or a fine pen, the same for the whole page."""
        if (ink > _INK).sum() < 0.06 * (ink > _INK).any(axis=0).sum() * 1.6 * _DRAWN:
            ink = cv2.dilate(ink, np.ones((3, 3), np.uint8))  # a hairline face would vanish in the scan
        if abs(self.hand.pen) < 0.25:
            return ink
        level = 0.5 - 0.22 * self.hand.pen
        table = np.clip((np.arange(256) / 255.0 - level) * 6 + 0.5, 0, 1) * 255
        return cv2.LUT(cv2.GaussianBlur(ink, (0, 0), 0.045 * _DRAWN), table.astype(np.uint8))

    def _to_page(self, ink: np.ndarray, left: int, right: int, baseline: int) -> _Drawn:
        """Bring a drawn word to its size and slant."""
        hand, g = self.hand, self.g
        rows, columns = ink.shape
        high = hand.x_height / _DRAWN * np.exp(g.normal(0, 0.03))
        wide = hand.x_height / _DRAWN * hand.stretch * np.exp(g.normal(0, 0.04))
        slant = hand.slant + g.normal(0, 0.03)
        lean = slant * high
        offset = max(0.0, lean * (rows - baseline), -lean * baseline)
        matrix = np.array([[wide, -lean, lean * baseline + offset], [0, high, 0]])
        size = (int(columns * wide + abs(lean) * rows) + 1, int(rows * high) + 1)
        # Reduced in one step, so that thin strokes fade as in a scan instead of breaking.
        blurred = cv2.GaussianBlur(ink, (0, 0), max(0.3, 0.35 / high)) if high < 0.8 else ink
        page = cv2.warpAffine(blurred, matrix, size, flags=cv2.INTER_LINEAR)
        return _Drawn(page, round(left * wide + offset), (right - left) * wide, round(baseline * high))
