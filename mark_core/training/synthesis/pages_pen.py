"""A pen or a set of type: draws single words in one face and one hand."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mark_core.training.synthesis.fonts import Face, blank, draw_text, em_for_height, text_length
from mark_core.training.synthesis.pages_hand import Hand

SAMPLES = {"el": "αεο", "ru": "аео", "he": "אבד", "ar": "سمن", "mn": "ᠮᠣ"}  # letters without ascenders
MARKS = ",.;:!?/"
CONNECTED = ("ar", "mn")  # scripts whose letters must not be drawn one by one
INK = 100  # of 255; coverage from which a pixel belongs to a word
_LEFT = 0.6  # of the ink of a letter; a finer pen breaks its strokes
_DRAWN = 36  # x-height in pixels at which words are drawn before they are brought to the page's size


@dataclass(frozen=True, eq=False)
class Drawn:
    """A word at the size of the page. left: column of its letters' left edge; width: from there to the right
    edge of its letters, tails of long letters not counted. baseline: row."""

    ink: np.ndarray
    left: int
    width: float
    baseline: int
    is_mark: bool = False


@dataclass(frozen=True, eq=False)
class Pen:
    """Draws words in one face and one hand."""

    face: Face
    language: str
    hand: Hand
    g: np.random.Generator

    def write(self, text: str) -> Drawn | None:
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
        if self.hand.joined and self.language not in CONNECTED:
            ink = self._join(ink, above, np.array(lifted[:-1]))
        ink = self._thickness(ink)
        if not (ink > INK).any():
            return None
        small = ink[above - int(1.15 * _DRAWN) : above + int(0.2 * _DRAWN)]
        used = np.flatnonzero((small > INK).any(axis=0))
        if (
            len(used) == 0 or self.language in CONNECTED
        ):  # whose tails stand in the space that the face gives them
            used = np.flatnonzero((ink > INK).any(axis=0))
        return self._to_page(ink, int(used[0]), int(used[-1]) + 1, above)

    def space(self) -> float:
        """The space between words that the face itself sets, x-heights."""
        em = em_for_height(self.face, SAMPLES.get(self.language, "xnu"), _DRAWN)
        return text_length(" ", self.face, em) / _DRAWN

    def dash(self) -> Drawn:
        x_height = self.hand.x_height
        length, thick = self.g.uniform(0.8, 3.0) * x_height, max(1, round(0.14 * x_height))
        ink = np.zeros((thick + 2, int(length)), np.uint8)
        ink[1:-1] = 255
        return Drawn(ink, 0, length, round(0.55 * x_height) + 1, True)

    def _pieces(self, text: str) -> list[tuple[str, float]]:
        """What is written in one go, with the space behind it in pixels of the drawing."""
        hand, g = self.hand, self.g
        if self.language in CONNECTED:
            return [(text, 0.0)]
        pieces, start = [], 0
        for i, char in enumerate(text[:-1], 1):
            space = hand.tracking
            if char.isupper() and not text[i].isupper() and g.random() < hand.set_off:
                space += hand.capital * g.uniform(0.2, 1.2)
            elif g.random() < hand.loose:
                space += hand.lift * g.uniform(0.0, 1.5)
            if text[i] in MARKS and hand.detached:
                space += hand.detached * g.uniform(0.4, 1.6)
            if space > 0:
                pieces.append((text[start:i], space * _DRAWN / hand.stretch))
                start = i
        return [*pieces, (text[start:], 0.0)]

    def _join(self, ink: np.ndarray, baseline: int, lifted: np.ndarray) -> np.ndarray:
        """Bridge gaps between letters as a running pen does, except where it was lifted."""
        ink = ink.copy()
        top = baseline - _DRAWN
        core = ink[top : baseline + 1] > INK
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
        if (ink > INK).sum() < 0.06 * (ink > INK).any(axis=0).sum() * 1.6 * _DRAWN:
            ink = cv2.dilate(ink, np.ones((3, 3), np.uint8))  # a hairline face would vanish in the scan
        if abs(self.hand.pen) < 0.25:
            return ink
        level = 0.5 - 0.22 * self.hand.pen
        table = np.clip((np.arange(256) / 255.0 - level) * 6 + 0.5, 0, 1) * 255
        drawn = cv2.LUT(cv2.GaussianBlur(ink, (0, 0), 0.045 * _DRAWN), table.astype(np.uint8))
        # A pen so fine that strokes break away leaves no letters to read.
        return drawn if (drawn > INK).sum() > _LEFT * (ink > INK).sum() else ink

    def _to_page(self, ink: np.ndarray, left: int, right: int, baseline: int) -> Drawn:
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
        return Drawn(page, round(left * wide + offset), (right - left) * wide, round(baseline * high))
