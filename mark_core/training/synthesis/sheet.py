"""A contact sheet: rendered words as the model sees them, beside real crops if a data set is given."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from mark_core.model.strip import to_strip
from mark_core.training.synthesis.corpus import Corpus

_ROWS, _COLUMNS, _CELL = 22, 4, (52, 260)


def contact_sheet(fonts: Path, out: Path, beside: Path | None = None, seed: int = 0) -> None:
    """Write a PNG: left 88 rendered strips, right as many strips of true crops of the data set ``beside``."""
    generator = np.random.default_rng(seed)
    corpus = Corpus(fonts)
    rendered = [to_strip(corpus.group(generator, 1)[0].crop) for _ in range(_ROWS * _COLUMNS)]
    halves = [_grid(rendered)]
    if beside is not None:
        from mark_core.evaluation.dataset import load_dataset
        from mark_core.evaluation.retrieval import true_crops

        crops = true_crops(load_dataset(beside))
        chosen = generator.choice(len(crops), min(len(crops), _ROWS * _COLUMNS), replace=False)
        halves.append(_grid([to_strip(crops[i]) for i in chosen]))
    out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(out), np.concatenate(halves, axis=1))


def _grid(strips: list[np.ndarray]) -> np.ndarray:
    height, width = _CELL
    sheet = np.full((height * _ROWS, width * _COLUMNS), 255, np.uint8)
    for i, strip in enumerate(strips):
        y, x = i // _COLUMNS * height, i % _COLUMNS * width
        part = 255 - strip[:, : width - 6]
        sheet[y : y + part.shape[0], x : x + part.shape[1]] = part
    return sheet
