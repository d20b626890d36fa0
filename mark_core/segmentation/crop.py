"""Crops of words, rotated so that vertical lines become horizontal."""

from __future__ import annotations

import numpy as np

from mark_core.segmentation.word import Word


def crop_word(grey: np.ndarray, word: Word) -> np.ndarray:
    """The crop of a word: its context box.

    grey: (H, W) uint8 page. Returns (h, w) uint8. Words of vertical lines are rotated by 90 degrees counter-clockwise:
    vertical scripts are horizontal writing turned clockwise, and training words are horizontal.
    """
    x, y, w, h = word.context_box or word.box
    crop = grey[y : y + h, x : x + w]
    return np.ascontiguousarray(np.rot90(crop)) if word.direction == "ttb" else crop
