"""Whether "Why this match?" points at the right letters: ``python benchmarks/evidence.py [--fonts build/fonts]``.

Words of unseen spelling are drawn letter by letter in unconnected faces that training never saw, unevenly spaced, so
that the place of each letter is known. A letter is found if the strongest column of its evidence lies in its own box.
The same is asked of networks with random weights. For clicked words: two drawings that differ in one letter, in two
faces; the letter that is least alike must be the one that differs.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch
import wordfreq
from PIL import ImageFont

import mark_core as mark
from mark_core.evaluation.pointing import DrawnWord, draw_letters, point, point_clicked
from mark_core.model.config import preset
from mark_core.model.held_out import is_held_out
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.training.synthesis.fonts import Face, em_for_height, load_faces, truetype

LETTERS = "abcdefghijklmnopqrstuvwxyz"
HEIGHT = 64  # pixels, from the top of an h to the foot of a g


def faces_of(folder: Path) -> list[ImageFont.FreeTypeFont]:
    """Unconnected faces of families that training never sees, at a size that makes them alike in height."""
    held = [face for face in load_faces(folder) if face.held_out and face.kind in ("hand", "print")]
    return [font for font in map(_whole, held) if font is not None]


def _whole(face: Face) -> ImageFont.FreeTypeFont | None:
    for file in face.files:
        if Face(face.family, face.style, face.kind, (file,)).covers(LETTERS):
            return truetype(file, em_for_height(face, "hpg", HEIGHT))
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fonts", type=Path, default=Path("build/fonts"))
    parser.add_argument("--words", type=int, default=400)
    parser.add_argument("--model")
    options = parser.parse_args()
    g = np.random.default_rng(0)
    fonts = faces_of(options.fonts)
    known = [w for w in wordfreq.top_n_list("en", 40000) if 3 <= len(w) <= 12 and set(w) <= set(LETTERS)]
    known = [word for word in known if is_held_out(word)]

    def draw(word: str) -> DrawnWord:
        return draw_letters(word, fonts[int(g.integers(len(fonts)))], g)

    chosen = [str(word) for word in g.choice(known, options.words)]
    words = [draw(word) for word in chosen]
    pairs = []
    for word in chosen:
        spot = int(g.integers(len(word)))
        other = str(g.choice([char for char in LETTERS if char != word[spot]]))
        pairs.append((draw(word), draw(word[:spot] + other + word[spot + 1 :])))
    model = mark.load_model(options.model)
    print(f"{len(words)} words of unseen spelling in {len(fonts)} unconnected faces of unseen families")
    print("| weights | letters found | certainty | of a wrong letter | clicked: odd letter found |")
    print("|---|---|---|---|---|")
    for name, tried in [("shipped", model), *((f"random, seed {seed}", _random(seed)) for seed in range(3))]:
        typed = point(tried, words, np.random.default_rng(1))
        odd, chance, _ = point_clicked(tried, pairs)
        cells = (f"{100 * value:.1f}" for value in (typed.found, typed.certainty, typed.swapped, odd))
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print(
        f"Chance, in percent: a column at random {100 * typed.column:.1f}, letters evenly spaced "
        f"{100 * typed.even:.1f}; clicked: any letter {100 * chance:.1f}. "
        f"Random weights with their columns made alike (order alone): {100 * typed.order:.1f}."
    )


def _random(seed: int) -> MarkModel:
    torch.manual_seed(seed)
    return MarkModel(MarkNetwork(preset("mark-compact")), device="cpu")


if __name__ == "__main__":
    main()
