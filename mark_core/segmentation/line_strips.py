"""Straightened strips of text lines, and the way from their columns back to the page.

A strip follows the curve of its line: slope and bend are taken out by moving each column of the page up or down, as
`flatten` does, so a column of the strip is a column of the page and letters keep their shapes. Columns of vertical
scripts are turned as `crop.crop_word` turns words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mark_core.segmentation.geometry import clip_boxes
from mark_core.segmentation.text_line import TextLine
from mark_core.segmentation.word import Box

_RIM = 3  # pixels around what is sampled, for the filter


@dataclass(frozen=True, eq=False)
class StripFrame:
    """The way between a strip, ``height`` pixels high, and the page.

    u runs along the strip and v down it, in pixels of the strip, a pixel i from i to i + 1. scale: pixels of the strip
    per pixel of the page. width: pixels of the strip. page_size: width and height of the page in pixels.
    """

    line: TextLine
    height: int
    width: int
    scale: float
    page_size: tuple[int, int]

    def along(self, u: np.ndarray | float) -> np.ndarray:
        """Where columns of the strip are along the line, page pixels."""
        return self.line.start + np.asarray(u, float) / self.scale

    def column(self, along: np.ndarray | float) -> np.ndarray:
        """Columns of the strip at places along the line, the inverse of `along`."""
        return (np.asarray(along, float) - self.line.start) * self.scale

    def to_page(self, u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x and y on the page of points of the strip."""
        along = self.along(u)
        down = (np.asarray(v, float) - self.height / 2) / self.scale
        if self.line.direction == "ttb":  # turned: what is above in the strip is on the right of the page
            return self.line.middle(along) - down, along
        return along, self.line.middle(along) + down

    def to_strip(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """u and v in the strip of points of the page."""
        x, y = np.asarray(x, float), np.asarray(y, float)
        if self.line.direction == "ttb":
            return self.column(y), (self.line.middle(y) - x) * self.scale + self.height / 2
        return self.column(x), (y - self.line.middle(x)) * self.scale + self.height / 2

    def outline(self, start: float, stop: float, top: float = 0.0, bottom: float | None = None) -> np.ndarray:
        """(P, 2) x y of the page: the polygon around columns start..stop of the strip, rows top..bottom (all)."""
        bottom = self.height if bottom is None else bottom
        corners = [
            np.interp(c, self.line.along, np.arange(len(self.line.along)))
            for c in self.along(np.array([start, stop]))
        ]
        inner = self.column(self.line.along[int(np.floor(corners[0])) + 1 : int(np.ceil(corners[1]))])
        u = np.concatenate([[start], inner[(inner > start) & (inner < stop)], [stop]])
        above, below = (self.to_page(u, np.full(len(u), v)) for v in (top, bottom))
        return np.concatenate([np.stack(above, axis=1), np.stack(below, axis=1)[::-1]])

    def box(self, start: float, stop: float, top: float = 0.0, bottom: float | None = None) -> Box:
        """The box on the page around columns start..stop of the strip, rows top..bottom (all), inside the page."""
        points = self.outline(start, stop, top, bottom)
        x, y = points.min(axis=0)
        w, h = points.max(axis=0) - (x, y)
        ((left, upper, wide, high),) = clip_boxes(np.array([(x, y, w, h)]), *self.page_size).tolist()
        return left, upper, wide, high


def strip_frame(line: TextLine, height: int, page_size: tuple[int, int]) -> StripFrame:
    """The frame of the strip of a line; its reach on both sides fills the height."""
    scale = height / (2 * line.reach)
    width = max(1, round((line.stop - line.start) * scale))
    return StripFrame(line, height, width, scale, page_size)


def line_strips(
    grey: np.ndarray, lines: Sequence[TextLine], height: int
) -> Iterator[tuple[np.ndarray, StripFrame]]:
    """(H, W) uint8 page -> for each of its lines the (height, w) uint8 grey strip and its frame, one by one."""
    for line in lines:
        frame = strip_frame(line, height, (grey.shape[1], grey.shape[0]))
        yield cut_strip(grey, frame), frame


def cut_strip(grey: np.ndarray, frame: StripFrame) -> np.ndarray:
    """(frame.height, frame.width) uint8 pixels of a strip; beyond the page its rim goes on."""
    line, across = frame.line, frame.line.across
    if line.direction == "ttb":
        grey, across = np.rot90(grey), grey.shape[1] - across
    left, right = int(line.start) - _RIM, int(np.ceil(line.stop)) + _RIM
    top, bottom = int(across.min() - line.reach) - _RIM, int(np.ceil(across.max() + line.reach)) + _RIM
    part = _cut(grey, left, top, right, bottom)
    shrink = (1.0, 1.0)
    if frame.scale < 1:  # areas are averaged before columns are moved, or grain would be sampled
        size = max(1, round(part.shape[1] * frame.scale)), max(1, round(part.shape[0] * frame.scale))
        shrink = size[0] / part.shape[1], size[1] / part.shape[0]
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    along = frame.along(np.arange(frame.width) + 0.5)
    middle = np.interp(along, line.along, across)
    down = (np.arange(frame.height) + 0.5 - frame.height / 2) / frame.scale
    x = np.broadcast_to((along - left) * shrink[0] - 0.5, (frame.height, frame.width))
    y = (middle[None] + down[:, None] - top) * shrink[1] - 0.5
    return _sample(part, x.astype(np.float32), y.astype(np.float32))


def _cut(grey: np.ndarray, left: int, top: int, right: int, bottom: int) -> np.ndarray:
    """The pixels of a part of the page, which may lie partly beyond it."""
    height, width = grey.shape
    x0, x1 = np.clip([left, right], 0, width)
    y0, y1 = np.clip([top, bottom], 0, height)
    if x1 <= x0 or y1 <= y0:
        return np.full((bottom - top, right - left), 255, np.uint8)
    sides = (int(y0 - top), int(bottom - y1), int(x0 - left), int(right - x1))
    part = np.ascontiguousarray(grey[y0:y1, x0:x1])
    return cv2.copyMakeBorder(part, *sides, cv2.BORDER_REPLICATE) if any(sides) else part


_BLOCK = 16384  # columns sampled at once; OpenCV takes pictures of at most 32,767


def _sample(part: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    pieces = []
    for start in range(0, x.shape[1], _BLOCK):
        columns = slice(start, start + _BLOCK)
        low = max(0, int(x[0, columns].min()) - _RIM)
        high = min(part.shape[1], int(x[0, columns].max()) + _RIM + 2)
        pieces.append(
            cv2.remap(
                np.ascontiguousarray(part[:, low:high]),
                np.ascontiguousarray(x[:, columns] - low),
                np.ascontiguousarray(y[:, columns]),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
        )
    return np.hstack(pieces)
