"""Renders the two handwritten sample letters, so that every pixel of them is of clear licence.

    python sample_pages/render_letters.py --fonts DIR

DIR holds the fonts of `LETTERS` anywhere below it, named `<family>-latin-400-normal.woff2` as in the npm
packages `@fontsource/<family>`, or as .ttf / .otf. The fonts (SIL Open Font License 1.1) are not part of this
project. The texts are the .txt files beside this script: a line is a paragraph, `> ` sets it to the right.

Each letter is written word by word: every word is drawn apart, warped a little, and set on a wandering
baseline with ink that fades until the pen is dipped again; so no two instances of a word are alike. The paper
has laid and chain lines, folds, stains, shading and the faint mirrored writing of its other side.
`letters.json` lists the true box of every word, for the tests.
"""

from __future__ import annotations

import argparse
import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = 1600, 2200  # pixels of the finished page
SCALE = 2  # drawn at twice the size, then reduced
JPEG_QUALITY = 80

Font = ImageFont.FreeTypeFont
Rng = np.random.Generator


@dataclass(frozen=True)
class Letter:
    """One page. Lengths are pixels of the finished page, colours RGB."""

    file: str
    text: str
    other_side: str
    family: str
    seed: int
    x_height: float
    pitch: float
    paper: tuple[int, int, int]
    ink: tuple[int, int, int]
    left: int = 130
    right: int = 105
    top: int = 190
    pen: int = 0  # widens the stroke of a thin face, pixels at SCALE


LETTERS = (
    Letter(
        file="letter-english-rendered.jpg",
        text="letter-english.txt",
        other_side="letter-german.txt",
        family="italianno",
        seed=1756,
        x_height=19,
        pitch=62,
        pen=2,
        paper=(226, 210, 176),
        ink=(52, 36, 24),
    ),
    Letter(
        file="letter-german-rendered.jpg",
        text="letter-german.txt",
        other_side="letter-german.txt",
        family="pinyon-script",
        seed=1784,
        x_height=19,
        pitch=66,
        pen=2,
        paper=(221, 214, 196),
        ink=(44, 38, 36),
    ),
)


def find_font(folder: Path, family: str) -> Path:
    for pattern in (f"{family}-latin-400-normal.woff2", f"{family}*.ttf", f"{family}*.otf"):
        found = sorted(folder.rglob(pattern))
        if found:
            return found[0]
    raise SystemExit(f"No font of the family {family!r} was found in {folder}.")


def font_of_x_height(path: Path, x_height: float) -> Font:
    _, top, _, bottom = ImageFont.truetype(path, 400).getbbox("x")
    return ImageFont.truetype(path, round(400 * x_height / (bottom - top)))


def smooth_noise(rng: Rng, height: int, width: int, cell: float) -> np.ndarray:
    """(height, width) float32, about normal; features of `cell` pixels."""
    grid = rng.standard_normal((int(height / cell) + 3, int(width / cell) + 3)).astype(np.float32)
    return cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)


def draw_word(word: str, font: Font, pen: int, rng: Rng) -> tuple[np.ndarray, int, int]:
    """Coverage of one word (H, W) float32 in 0..1, and where its pen started in it (x, y of the baseline)."""
    pad = font.size // 2
    left, top, right, bottom = font.getbbox(word, anchor="ls")
    mask = Image.new("L", (right - left + 2 * pad, bottom - top + 2 * pad), 0)
    origin = (pad - left, pad - top)
    ImageDraw.Draw(mask).text(origin, word, fill=255, font=font, anchor="ls")
    ink = np.asarray(mask, np.float32) / 255
    height, width = ink.shape

    # A hand is never twice the same: slow bends of a letter's width, a little slant, size and rotation.
    cell = font.size * 0.45
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    bend = font.size * 0.022
    x += bend * smooth_noise(rng, height, width, cell)
    y += bend * smooth_noise(rng, height, width, cell)
    angle, shear = rng.normal(0, 0.010), rng.normal(0, 0.035)
    stretch_x, stretch_y = 1 + rng.normal(0, 0.025, 2)
    dx, dy = (x - origin[0]) * stretch_x, (y - origin[1]) * stretch_y
    from_x = (origin[0] + dx + (shear + angle) * dy).astype(np.float32)
    from_y = (origin[1] + dy - angle * dx).astype(np.float32)
    ink = cv2.remap(ink, from_x, from_y, cv2.INTER_LINEAR)

    # Ink spreads unevenly: blur, then cut at a level that varies along the stroke.
    if pen:
        ink = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (pen, pen)))
    spread = cv2.GaussianBlur(ink, (0, 0), 1.3)
    level = 0.38 + 0.06 * smooth_noise(rng, height, width, cell * 0.5)
    return np.clip((spread - level) / 0.34 + 0.5, 0, 1), *origin


def advance(word: str, font: Font) -> float:
    """How far the pen moves on: a swash at either end of the word is not written over its neighbour."""
    left, _, right, _ = font.getbbox(word, anchor="ls")
    return max(font.getlength(word), right) - 0.6 * min(left, 0)


def write_page(letter: Letter, font: Font, file: str, rng: Rng) -> tuple[np.ndarray, list[list]]:
    """Ink on the page at SCALE, (H, W) float32 in 0..1; [text, x, y, w, h] of each word in final pixels."""
    height, width = HEIGHT * SCALE, WIDTH * SCALE
    page = np.zeros((height, width), np.float32)
    words: list[list] = []
    space = font.getlength("n") * 1.1
    y = letter.top * SCALE
    ink_left = 1.0
    for paragraph in (HERE / file).read_text(encoding="utf-8").splitlines():
        to_right = paragraph.startswith("> ")
        for line in break_lines(paragraph.removeprefix("> "), font, space, letter, indent=not to_right):
            indent, line_words = line
            x = (letter.left + rng.normal(0, 5)) * SCALE + indent
            if to_right:
                x = width - letter.right * SCALE - sum(advance(w, font) + space for w in line_words)
            if y > height - 100 * SCALE:
                raise SystemExit(f"{letter.file}: the text {file} is too long for the page.")
            slope, phase = rng.normal(-0.003, 0.0025), rng.uniform(0, 6.28)
            start = x
            for word in line_words:
                x_of_word = x - 0.6 * min(font.getbbox(word, anchor="ls")[0], 0)
                mask, origin_x, origin_y = draw_word(word, font, letter.pen, rng)
                # A quill holds ink for some words: dark after the dip, thinner towards the next.
                ink_left -= 0.06 + 0.012 * len(word)
                if ink_left < 0.25:
                    ink_left = 1.0 + rng.uniform(-0.08, 0.05)
                mask = mask * (0.60 + 0.40 * min(ink_left, 1.0))
                mask *= np.clip(0.93 + 0.13 * smooth_noise(rng, *mask.shape, font.size * 0.3), 0.5, 1)
                base = y + slope * (x - start) + 3.2 * np.sin(phase + x / 420) + rng.normal(0, 1.6)
                box = paste(page, mask, round(x_of_word) - origin_x, round(base) - origin_y)
                words.append([word, *box])
                end = (box[0] + box[2]) * SCALE  # a stretched word pushes the next one on
                x = max(x + advance(word, font), end) + space * rng.uniform(0.9, 1.15)
            y += letter.pitch * SCALE * rng.uniform(0.985, 1.015)
        y += letter.pitch * SCALE * (0.10 if to_right else 0.22)
    return page, words


def break_lines(text: str, font, space: float, letter: Letter, indent: bool) -> list[tuple[float, list[str]]]:
    """Greedy lines as (indent, words); the first line of a long paragraph is set in a little."""
    room = (WIDTH - letter.left - letter.right) * SCALE
    lines: list[tuple[float, list[str]]] = []
    used, words, first = 0.0, [], space * 4 if indent and len(text) > 60 else 0.0
    for word in text.split():
        length = advance(word, font) + space
        if words and first + used + length > room:
            lines.append((first, words))
            used, words, first = 0.0, [], 0.0
        words.append(word)
        used += length
    return [*lines, (first, words)]


def paste(page: np.ndarray, mask: np.ndarray, x: int, y: int) -> list[int]:
    """Lays the word on the page; returns the extent of its ink as x y w h in finished pixels."""
    y0, x0 = max(0, -y), max(0, -x)
    part = mask[y0 : page.shape[0] - y, x0 : page.shape[1] - x]
    y, x = max(y, 0), max(x, 0)
    target = page[y : y + part.shape[0], x : x + part.shape[1]]
    np.maximum(target, part, out=target)
    rows, columns = np.nonzero(part.max(1) > 0.2)[0], np.nonzero(part.max(0) > 0.2)[0]
    left, top = x + columns[0], y + rows[0]
    width, height = columns[-1] - columns[0] + SCALE, rows[-1] - rows[0] + SCALE
    return [int(v) // SCALE for v in (left, top, width, height)]


def make_paper(letter: Letter, rng: Rng) -> np.ndarray:
    """(HEIGHT, WIDTH, 3) float32, 0..255: laid paper that was folded twice and kept for a long time."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    light = np.ones((HEIGHT, WIDTH), np.float32)
    for cell, strength in ((600, 0.020), (180, 0.012), (40, 0.008), (9, 0.008), (2.2, 0.010)):
        light += strength * smooth_noise(rng, HEIGHT, WIDTH, cell)
    wave = 4 * smooth_noise(rng, HEIGHT, WIDTH, 500)
    light += 0.006 * np.sin((y + wave) * 2 * np.pi / 5.3)  # laid lines
    chain = np.abs(((x + wave) % 168) - 84)
    light -= 0.014 * np.exp(-((chain / 2.0) ** 2))  # chain lines
    edge = np.minimum.reduce([x, y, WIDTH - x, HEIGHT - y]) + 14 * smooth_noise(rng, HEIGHT, WIDTH, 120)
    light -= 0.16 * np.exp(-np.clip(edge, 0, None) / 38)  # handled edges
    light *= 1.02 - 0.11 * (x / WIDTH) ** 2 - 0.05 * (1 - y / HEIGHT) ** 2  # one-sided lamp
    folds = y - HEIGHT * 0.335 - 0.006 * x, y - HEIGHT * 0.67 + 0.004 * x, x - WIDTH * 0.5 - 0.004 * y
    for distance in folds:
        fold = distance + 2.5 * smooth_noise(rng, HEIGHT, WIDTH, 90)
        light -= 0.085 * np.exp(-((fold / 2.6) ** 2)) - 0.040 * np.exp(-(((fold - 7) / 6) ** 2))
        light -= 0.025 * np.exp(-((fold / 40) ** 2))
    paper = light[..., None] * np.array(letter.paper, np.float32)

    for _ in range(26):  # foxing
        cx, cy, radius = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT), rng.gamma(1.5, 6) + 3
        spot = np.exp(-(((x - cx) ** 2 + (y - cy) ** 2) / radius**2))
        paper -= (rng.uniform(0.02, 0.10) * spot)[..., None] * np.array([60, 120, 150], np.float32)
    # an old water stain with a dark rim
    cx, cy = WIDTH * rng.uniform(0.75, 0.95), HEIGHT * rng.uniform(0.80, 0.92)
    radius = np.hypot(x - cx, 0.8 * (y - cy)) + 26 * smooth_noise(rng, HEIGHT, WIDTH, 130)
    rim = np.exp(-(((radius - 250) / 9) ** 2)) + 0.45 / (1 + np.exp(np.clip((radius - 250) / 5, -40, 40)))
    paper -= rim[..., None] * np.array([9, 14, 20], np.float32)
    return paper


def render(letter: Letter, fonts: Path) -> list[list]:
    rng = np.random.default_rng(letter.seed)
    font = font_of_x_height(find_font(fonts, letter.family), letter.x_height * SCALE)
    ink, words = write_page(letter, font, letter.text, rng)
    behind, _ = write_page(letter, font, letter.other_side, rng)

    def reduce(page: np.ndarray) -> np.ndarray:
        return cv2.resize(page, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)

    ink, behind = reduce(ink), reduce(behind)[:, ::-1]
    seen = np.clip(0.17 + 0.08 * smooth_noise(rng, HEIGHT, WIDTH, 260), 0.03, 0.3)
    through = cv2.GaussianBlur(behind, (0, 0), 2.4) * seen
    halo = cv2.GaussianBlur(ink, (0, 0), 5) * 0.10  # iron-gall ink browns the paper around it
    image = make_paper(letter, rng)
    brown = np.array([110, 82, 56], np.float32)
    for cover, colour in ((through, brown), (halo, brown), (ink * 0.94, np.array(letter.ink, np.float32))):
        image += cover[..., None] * (colour - image)
    image = cv2.GaussianBlur(image, (0, 0), 0.6) + rng.normal(0, 1.6, image.shape)  # the scanner
    path = HERE / letter.file
    result = Image.fromarray(np.clip(image, 0, 255).astype(np.uint8))
    result.save(path, quality=JPEG_QUALITY, optimize=True, dpi=(200, 200))
    print(f"{path.name}: {len(words)} words, {path.stat().st_size / 1000:.0f} KB")
    return words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fonts", type=Path, required=True, help="folder with the fonts")
    fonts = parser.parse_args().fonts
    pages = {letter.file: render(letter, fonts) for letter in LETTERS}
    lines = [
        f' "{name}": [\n' + ",\n".join("  " + json.dumps(w, ensure_ascii=False) for w in words) + "\n ]"
        for name, words in pages.items()
    ]
    text = unicodedata.normalize("NFC", "{\n" + ",\n".join(lines) + "\n}\n")
    (HERE / "letters.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
