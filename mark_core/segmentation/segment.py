"""Words of a page, in reading order."""

from __future__ import annotations

import cv2
import numpy as np

from mark_core.pages.load import load_page
from mark_core.pages.page import Page
from mark_core.segmentation.binarise import find_ink, is_white_on_black
from mark_core.segmentation.gaps import counter_width, estimate_slant, find_runs
from mark_core.segmentation.lines import centre_lines, find_lines
from mark_core.segmentation.parts import assign_to_lines, remove_rules
from mark_core.segmentation.parting import word_gaps
from mark_core.segmentation.scale import measure_scale
from mark_core.segmentation.word import Word
from mark_core.segmentation.words import words_of_line

_WORKING_PITCH = 60.0
_SCALE_SIDE = 1600


def segment(page: Page | np.ndarray, direction: str = "auto") -> list[Word]:
    if not isinstance(page, Page):
        page = load_page(page)
    grey = page.grey
    if is_white_on_black(grey):
        grey = 255 - grey
    k = min(1.0, _SCALE_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
    scale = measure_scale(find_ink(small, 2 * (min(small.shape) // 60) + 1).mask)
    if scale is None:
        return []
    f = min(1.0, k * _WORKING_PITCH / scale.pitch)
    pitch = scale.pitch * f / k
    work = cv2.resize(grey, None, fx=f, fy=f, interpolation=cv2.INTER_AREA)
    mask = remove_rules(find_ink(work, int(1.2 * pitch) | 1).mask, pitch)
    lines = find_lines(mask, pitch)
    lines, x_height = centre_lines(mask, lines, pitch)
    inks = assign_to_lines(mask, lines, pitch, x_height)
    slant = estimate_slant(inks, x_height)
    runs = [find_runs(ink, slant, x_height) for ink in inks]
    parting = word_gaps(runs, x_height, counter_width(inks, slant, x_height), slant)
    words = []
    order = np.argsort([line.y.mean() for line in lines])
    for number, i in enumerate(order):
        for w in words_of_line(inks[i], runs[i], parting[i], slant, x_height):
            x0, y0 = int(w.left / f), int(w.top / f)
            x1, y1 = min(page.width, int(np.ceil(w.right / f))), min(page.height, int(np.ceil(w.bottom / f)))
            words.append(Word((x0, y0, x1 - x0, y1 - y0), w.confidence, number, len(words), "ltr"))
    return words
