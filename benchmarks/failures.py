"""Pictures of failures of the segmentation: ``python benchmarks/failures.py --fonts build/fonts --out docs``.

Each is a part of a sample page, a rendered page or a drawn page, with its boxes by ``segment`` in two alternating
colours. Pages of evaluation sets are not in this repository.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

import mark_core as mark
from mark_core.training.gaps import rendered_pages
from mark_core.training.synthesis.fonts import LATIN_DICTIONARY, load_faces
from mark_core.training.synthesis.words import WordSource

SAMPLES = Path(__file__).resolve().parents[1] / "sample_pages"
HEIGHT = 150  # pixels of a line's picture, at least
SAMPLE_PARTS = {  # name -> (page, x, y, width, height as shares of the page)
    "heading": ("1555.003.jpg", 0.03, 0.02, 0.82, 0.15),
    "ornament": ("1555.003.jpg", 0.03, 0.30, 0.5, 0.40),
    "spaced": ("lucasta.047.jpg", 0.14, 0.045, 0.6, 0.045),
    "touching": ("amoris.2.150.jpg", 0.25, 0.11, 0.62, 0.11),
    "fold": ("1555.007.jpg", 0.02, 0.64, 0.62, 0.20),
}
RENDERED_PARTS = {  # name -> (number of the page, x, y, width, height in pixels)
    "hairlines": (7, 620, 170, 480, 75),
    "tails": (22, 440, 95, 300, 100),
    "joined": (11, 20, 100, 560, 190),
    "capital": (30, 1300, 170, 420, 90),
}
LEFTWARD_PAGE = 13  # of Hebrew, which `auto` reads from the left
NOTE = "the note to this says that it is before the making of all things and so"
SEED = 77


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fonts", type=Path, default=Path("build/fonts"))
    parser.add_argument("--out", type=Path, default=Path("docs"))
    options = parser.parse_args()
    for name, picture in pictures(options.fonts):
        path = options.out / f"boxes-{name}.jpg"
        Image.fromarray(picture).save(path, quality=80)
        print(f"{path}: {picture.shape[1]} x {picture.shape[0]}")


def pictures(fonts: Path) -> Iterator[tuple[str, np.ndarray]]:
    """(name, (H, W, 3) uint8) of every failure."""
    for name, (file, *shares) in SAMPLE_PARTS.items():
        pixels = mark.load_page(SAMPLES / file).pixels
        height, width = pixels.shape[:2]
        yield (
            name,
            boxed(pixels, *(round(s * side) for s, side in zip(shares, (width, height) * 2, strict=True))),
        )
    source = WordSource(fonts / LATIN_DICTIONARY)
    last = max(number for number, *_ in RENDERED_PARTS.values())
    pages = [p.grey for p, _, _ in islice(rendered_pages(load_faces(fonts), source, 40, SEED), last + 1)]
    for name, (number, *part) in RENDERED_PARTS.items():
        yield name, boxed(pages[number], *part)
    to_left = islice(rendered_pages(load_faces(fonts), source, 40, SEED, leftward=True), LEFTWARD_PAGE, None)
    mirrored = next(to_left)[0].grey  # pages to the left come in the frame of the segmentation
    yield "leftward", boxed(np.ascontiguousarray(mirrored[:, ::-1]), 700, 60, 830, 200, "auto")
    yield "footnotes", boxed(footnotes(), 40, 560, 1000, 440)
    yield "between", boxed(between(fonts), 40, 60, 960, 320)


def boxed(pixels: np.ndarray, x: int, y: int, width: int, height: int, direction: str = "ltr") -> np.ndarray:
    """A part of a page with the boxes of its words, and their reading order if the direction was detected."""
    picture = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB) if pixels.ndim == 2 else pixels.copy()
    stroke = max(1, round(height / 110))
    for word in mark.segment(pixels, direction):
        left, top, w, h = (round(side) for side in word.box)
        colour = (200, 30, 30) if word.order % 2 else (20, 70, 200)
        cv2.rectangle(picture, (left, top), (left + w, top + h), colour, stroke)
        if direction == "auto":
            place = (left, top + h + 14)
            cv2.putText(picture, str(word.order + 1), place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, 1)
    part = picture[max(0, y) : y + height, max(0, x) : x + width]
    scale = min(2.0, max(1.0, HEIGHT / part.shape[0]))
    return cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)


def footnotes() -> np.ndarray:
    """A text in large letters with notes in small ones below it."""
    image = Image.new("L", (1220, 1000), 236)
    pen = ImageDraw.Draw(image)
    for line in range(9):
        pen.text((60, 40 + 78 * line), "in the beginning was the word and", 40, ImageFont.load_default(54))
    for line in range(7):
        pen.text((60, 752 + 34 * line), NOTE, 40, ImageFont.load_default(24))
    return np.array(image)


def between(fonts: Path) -> np.ndarray:
    """Print with a reader's hand between and beside its lines."""
    hand = next(fonts.rglob("dancing-script-latin-400-normal.woff"))
    image = Image.new("L", (1180, 1000), 236)
    pen = ImageDraw.Draw(image)
    for line in range(12):
        pen.text((60, 80 + 74 * line), "the said letters patent shall be", 40, ImageFont.load_default(46))
    for x, y, text in (
        (330, 118, "void & of no effect"),
        (200, 268, "see folio nine"),
        (790, 170, "nota bene"),
    ):
        pen.text((x, y), text, 90, ImageFont.truetype(str(hand), 38))
    return np.array(image)


if __name__ == "__main__":
    main()
