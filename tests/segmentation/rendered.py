"""Pages drawn with known words, in reading order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

TEXT = (
    "The officers who came down from Fort Cumberland with Colonel Washington are immediately to go recruiting "
    "and they are allowed until the first of December at which time if they do not punctually appear at the place "
    "of rendezvous assigned them they will be tried by a court martial for disobedience of orders and it is to be "
    "hoped that every one of them will look upon this as a warning and take good care to be present with all their "
    "men and arms at ten in the morning without any further notice or excuse whatever from this day forward"
)


@dataclass(frozen=True)
class Rendered:
    """pixels: (H, W) uint8. boxes: (N, 4) x y w h of the ink of each word, in reading order. lines: (N,)."""

    pixels: np.ndarray
    boxes: np.ndarray
    lines: np.ndarray


def draw(
    columns: int = 1, size: int = 30, lines: int = 14, width: int = 900, heading: bool = False
) -> Rendered:
    """A page of black type on light paper. ``width``: of a column, for type of size 30."""
    scale = size / 30
    font = ImageFont.load_default(size)
    gutter, margin, pitch, space = round(70 * scale), round(80 * scale), round(50 * scale), round(11 * scale)
    column_width = round(width * scale)
    top = margin + (2 * pitch if heading else 0)
    page = Image.new(
        "L",
        (2 * margin + columns * column_width + (columns - 1) * gutter, top + lines * pitch + margin),
        235,
    )
    pen = ImageDraw.Draw(page)
    boxes, numbers = [], []
    words = iter(TEXT.split() * 20)

    def line(x: int, right: int, y: int, number: int) -> None:
        while True:
            word = next(words)
            left, high, end, low = pen.textbbox((x, y), word, font=font)
            if end > right:
                return
            pen.text((x, y), word, fill=25, font=font)
            boxes.append((left, high, end - left, low - high))
            numbers.append(number)
            x = int(end) + space

    if heading:
        line(margin, page.width - margin, margin, 0)
    for column in range(columns):
        x = margin + column * (column_width + gutter)
        for row in range(lines):
            line(x, x + column_width, top + row * pitch, len(set(numbers)))
    return Rendered(np.asarray(page).copy(), np.array(boxes, int), np.array(numbers))
