"""The tower and the reading head run once over strips of whole lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.model.strip import COLUMN, STRIP_HEIGHT, pad_strips
from mark_core.model.word_script import letters_given, read_scripts

SPACE = " "
_STEP = 128  # pixels; a strip is computed at a width of its own choice, one of few
_LINES = 256  # strips whose columns are in memory at once
_TOGETHER = 8192  # pixels of strips, side by side, that are computed at once
_LONGEST = 4096  # pixels; longer strips are read in pieces, so that memory does not grow with the page
_OVERLAP = 256  # pixels of the neighbouring pieces that a piece sees; the tower looks no farther


def line_letters(network: MarkNetwork) -> str:
    """What the classes of the reading head read: the alphabet and, of weights trained on whole lines, a space.
    The blank comes behind."""
    letters = network.config.alphabet
    classes = network.ctc_head.out_features if network.config.ctc_head else len(letters) + 1
    return letters + SPACE if classes == len(letters) + 2 else letters


def reads_lines(model: MarkModel) -> bool:
    """Whether these weights know the space between words."""
    return SPACE in line_letters(model.network)


def ink_of_columns(ink: np.ndarray) -> np.ndarray:
    """(48, W) uint8 strip, 255 = ink -> (T,) uint8 share of each of its columns that is ink, 255 for all."""
    rim = STRIP_HEIGHT // 8  # beyond are parts of the lines above and below
    dark = (ink[rim:-rim] > 128).mean(axis=0)
    padded = np.pad(dark, (0, -len(dark) % COLUMN))
    return np.rint(255 * padded.reshape(-1, COLUMN).mean(axis=1)).astype(np.uint8)


def read_lines(
    model: MarkModel, inks: Sequence[np.ndarray], scripts: Sequence[int] | np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """(48, W) uint8 strips of lines as of ``strip.stretch_contrast`` -> (T, C) float32 log-probabilities of each.

    A column is 4 pixels of the strip. C: see ``line_letters``, and the blank. What is read in a
    strip does not depend on the others. scripts: the number of the one script that each is written in, -1 where
    that is not known; see ``word_script.letters_given``.
    """
    known = np.full(len(inks), -1) if scripts is None else np.asarray(scripts)
    known = np.where(np.isin(known, read_scripts(model.alphabet)), known, -1)
    for first in range(0, len(inks), _LINES):
        read = _read_some(model, inks[first : first + _LINES])
        for columns, script in zip(read, known[first : first + _LINES].tolist(), strict=True):
            if script < 0:
                yield columns
            else:
                yield letters_given(torch.from_numpy(columns), script, model.alphabet).numpy()


def _read_some(model: MarkModel, inks: Sequence[np.ndarray]) -> list[np.ndarray]:
    pieces = [(number, start, piece) for number, ink in enumerate(inks) for start, piece in _pieces(ink)]
    out: list[list[tuple[int, np.ndarray]]] = [[] for _ in inks]
    widths = np.array([_width(piece) for _, _, piece in pieces], np.int64)
    for width in np.unique(widths):
        members = np.flatnonzero(widths == width)
        step = max(1, _TOGETHER // int(width))
        for first in range(0, len(members), step):
            rows = members[first : first + step]
            found = _log_probabilities(model, [pieces[row][2] for row in rows], int(width))
            for row, columns in zip(rows.tolist(), found, strict=True):
                out[pieces[row][0]].append((pieces[row][1], columns))
    return [_joined(parts, ink.shape[1]) for parts, ink in zip(out, inks, strict=True)]


def _width(strip: np.ndarray) -> int:
    return (strip.shape[1] + 8 + _STEP - 1) // _STEP * _STEP


def _pieces(ink: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Pieces of a strip that overlap, each with the column of the tower that it begins at."""
    width = ink.shape[1]
    if width <= _LONGEST:
        yield 0, ink
        return
    step = _LONGEST - 2 * _OVERLAP
    for start in range(0, width - 2 * _OVERLAP, step):
        yield start // COLUMN, ink[:, start : start + _LONGEST]


def _joined(parts: Sequence[tuple[int, np.ndarray]], width: int) -> np.ndarray:
    """Columns of the pieces of a line as those of the line; each piece counts up to the middle of what it shares."""
    parts = sorted(parts, key=lambda part: part[0])
    half = _OVERLAP // COLUMN
    out = []
    for number, (start, columns) in enumerate(parts):
        begin = half if number else 0
        stop = parts[number + 1][0] + half - start if number + 1 < len(parts) else len(columns)
        out.append(columns[begin:stop])
    return np.concatenate(out)[: -(-width // COLUMN)]


def _log_probabilities(model: MarkModel, strips: Sequence[np.ndarray], width: int) -> list[np.ndarray]:
    log_p, counts = model.read_columns(pad_strips(strips, width))
    return [row[:count] for row, count in zip(log_p, counts, strict=True)]
