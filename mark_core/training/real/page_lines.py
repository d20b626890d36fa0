"""Transcribed pages for training: a folder of pictures, each with a PAGE XML or ALTO file beside it that has its stem
or names it.

Every folder below is a hand; where there is one folder alone, every page counts as a hand of its own.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from mark_core.errors import MarkError
from mark_core.pages.load import load_page
from mark_core.training.real.layout_lines import LayoutLines, read_layout_lines
from mark_core.training.real.line_pictures import baseline_of, cut_line, unit_of
from mark_core.training.real.lines import Lines, held_out_hands

_PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp")


def read_pages(folder: Path, found: Lines) -> None:
    """Add the lines of all pages below ``folder`` to ``found``; what cannot be used is counted by reason."""
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() == ".xml")
    several = len({file.parent for file in files}) > 1
    hands = {file: str(file.parent.relative_to(folder)) if several else file.stem for file in files}
    held_out = held_out_hands(folder.name, set(hands.values()))
    for file in files:
        hand = hands[file]
        _read_file(file, f"{folder.name}/{hand}", hand in held_out, found)


def _read_file(file: Path, hand: str, held_out: bool, found: Lines) -> None:
    try:
        pages = read_layout_lines(file.read_bytes())
    except (MarkError, OSError):
        found.unused["file that is neither PAGE XML nor ALTO, or damaged"] += 1
        return
    for page in pages:
        grey = _picture(file, page.image, len(pages) == 1)
        if grey is None:
            found.unused["picture missing"] += len(page.lines)
        else:
            _add_lines(page, grey, hand, held_out, found)


def _picture(file: Path, named: str, alone: bool) -> np.ndarray | None:
    """(H, W) uint8 of a page: the picture that has the stem of its file, if no other page is in it, or the one that
    the file names; None if it is not there or cannot be read."""
    endings = [ending for low in _PICTURES for ending in (low, low.upper())] if alone else []
    candidates = [file.with_suffix(ending) for ending in endings]
    if named:
        candidates.append(file.with_name(named))
    for path in candidates:
        if path.is_file():
            try:
                return cv2.cvtColor(load_page(path).pixels, cv2.COLOR_RGB2GRAY)
            except MarkError:
                return None
    return None


def _add_lines(page: LayoutLines, grey: np.ndarray, hand: str, held_out: bool, found: Lines) -> None:
    height, width = grey.shape
    stated = page.size or (width, height)
    scale = np.array([width / stated[0], height / stated[1]])
    scaled = [
        replace(
            line,
            baseline=None if line.baseline is None else line.baseline * scale,
            polygon=None if line.polygon is None else line.polygon * scale,
        )
        for line in page.lines
    ]
    baselines = [baseline_of(line) for line in scaled]
    known = [baseline for baseline in baselines if baseline is not None]
    for line, baseline in zip(scaled, baselines, strict=True):
        others = [other for other in known if other is not baseline]
        unit = None if baseline is None else unit_of(line, baseline, others)
        if not line.text:
            found.unused["no text"] += 1
        elif baseline is None:
            found.unused["no baseline or polygon across the page"] += 1
        elif unit is None:
            found.unused["no polygon, and no other line to tell its height"] += 1
        else:
            found.add(line.text, cut_line(grey, baseline, unit), hand, held_out)
