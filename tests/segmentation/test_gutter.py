from __future__ import annotations

import numpy as np
import pytest

from mark_core.segmentation.gutter import find_gutter
from mark_core.segmentation.word import Box


def block(left: int, right: int, lines: int = 20, seed: int = 0) -> list[Box]:
    """Words of 30 pixels in height in lines between two edges, gaps of 20."""
    rng = np.random.default_rng(seed)
    boxes = []
    for line in range(lines):
        x = left
        while x < right - 40:
            w = min(int(rng.integers(40, 160)), right - x)
            boxes.append((x, 60 + 45 * line, w, 30))
            x += w + 20
    return boxes


SIZE = (1600, 1000)


@pytest.mark.parametrize(("left", "right"), [(740, 860), (690, 790), (840, 940)])
def test_the_gutter_of_a_spread_is_found(left: int, right: int) -> None:
    at = find_gutter([*block(60, left), *block(right, 1540, seed=1)], SIZE)
    assert at is not None
    assert left <= at <= right


def test_a_few_words_across_the_gutter_do_not_hide_it() -> None:
    boxes = [*block(60, 740), *block(860, 1540, seed=1), (730, 500, 140, 25)]
    assert find_gutter(boxes, SIZE) is not None


@pytest.mark.parametrize(
    ("boxes", "size"),
    [
        (block(60, 1540), SIZE),  # one wide page
        ([*block(60, 740), *block(760, 1540, seed=1)], SIZE),  # as near as words of one line
        ([*block(60, 740), *block(860, 1540, seed=1)], (1600, 1500)),  # two columns of one page
        (block(60, 740), SIZE),  # nothing on the right
        ([*block(60, 740), *block(860, 1540, lines=3, seed=1)], SIZE),  # a note beside a text
        ([], SIZE),
    ],
)
def test_what_is_no_clear_spread_has_none(boxes: list[Box], size: tuple[int, int]) -> None:
    assert find_gutter(boxes, size) is None
