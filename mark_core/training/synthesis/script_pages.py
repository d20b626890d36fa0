"""Pages in other scripts and directions with known words, to measure the boxes by; nothing is trained on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mark_core.training.synthesis.fonts import LATIN_DICTIONARY, Face, load_faces
from mark_core.training.synthesis.pages import RenderedPage, render_page
from mark_core.training.synthesis.words import WordSource


@dataclass(frozen=True)
class Script:
    """language: of the words, see `synthesis.words`. probe: letters that a face must have. turned: lines run down."""

    language: str
    probe: str
    turned: bool = False


SCRIPTS = {"mongolian": Script("mn", "ᠠᠨᠮᠯ", turned=True), "arabic": Script("ar", "بتجد")}


def draw_pages(script: str, fonts: Path, count: int = 20, seed: int = 0) -> Iterator[RenderedPage]:
    """``count`` pages in the faces below ``fonts`` that have the letters of ``script``, a key of SCRIPTS."""
    wanted = SCRIPTS[script]
    faces = [face for face in load_faces(fonts) if face.covers(wanted.probe)]
    yield from pages_in(script, faces, WordSource(fonts / LATIN_DICTIONARY), count, seed)


def pages_in(
    script: str, faces: list[Face], source: WordSource, count: int, seed: int
) -> Iterator[RenderedPage]:
    """``count`` pages in turn in each of the faces. Raises ValueError when none of these can draw the script."""
    drawn, attempt = 0, 0
    while drawn < count:
        if attempt >= 4 * count or not faces:
            raise ValueError(f"no face draws {script}")
        generator = np.random.default_rng([seed, attempt])
        face = faces[attempt % len(faces)]
        attempt += 1
        try:
            page = render_page(face, SCRIPTS[script].language, source, generator)
        except (OSError, ValueError):
            continue  # a face without the letters it promises
        drawn += 1
        yield turned(page) if SCRIPTS[script].turned else page


def turned(page: RenderedPage) -> RenderedPage:
    """The page turned clockwise: its lines run down and follow each other from left to right.

    Letters of vertical Mongolian stand in a font lying on their side. Turning puts the first line on the right,
    where the last column of Mongolian stands, so lines are counted from the other end.
    """
    x, y, w, h = page.words.T
    words = np.stack([page.grey.shape[0] - y - h, x, h, w], axis=1)
    lines = page.lines.max() - page.lines
    order = np.argsort(lines, kind="stable")
    place = np.empty(len(order) + 1, np.int32)  # the last stands for no word, -1
    place[order], place[-1] = np.arange(len(order)), -1
    owner = place[np.rot90(page.owner, -1)]
    return RenderedPage(np.ascontiguousarray(np.rot90(page.grey, -1)), words[order], lines[order], owner)
