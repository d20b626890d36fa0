"""Cut a word out of a page, turned so that it reads from left to right or right to left."""

from __future__ import annotations

import numpy as np

from mark_core.segmentation.word import Word


def crop_word(grey: np.ndarray, word: Word) -> np.ndarray:
    """(H, W) uint8 page and a word -> the pixels of its reach (h, w); a word of a column is turned by 90 degrees.

    Vertical scripts are set by turning horizontal writing clockwise, so turning back gives the letters the
    shapes that horizontal training words have.
    """
    x, y, w, h = word.context_box or word.box
    crop = grey[y : y + h, x : x + w]
    return np.ascontiguousarray(np.rot90(crop)) if word.direction == "ttb" else crop
