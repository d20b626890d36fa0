"""Lines settle on their small letters; strokes that only look like rules stay."""

from __future__ import annotations

import numpy as np

from mark_core.segmentation.lines.centring import centre_lines
from mark_core.segmentation.lines.detection import Line
from mark_core.segmentation.parts import remove_rules

PITCH = 60


def minims(width: int, base: np.ndarray, tall_until: int = 0) -> np.ndarray:
    """Upright strokes 20 pixels high that end at ``base``; left of ``tall_until`` every other is 45 high."""
    mask = np.zeros((200, width), bool)
    for number, x in enumerate(range(20, width - 20, 9)):
        high = 45 if x < tall_until and number % 2 else 20
        mask[base[x] - high : base[x], x : x + 4] = True
    return mask


def test_a_line_settles_on_small_letters_though_ascenders_crowd_at_its_start() -> None:
    width = 900
    base = np.full(width, 120)
    mask = minims(width, base, tall_until=400)
    drawn_up = np.where(np.arange(width) < 400, 98.0, 110.0).astype(np.float32)
    (line,), x_height = centre_lines(mask, [Line(0, drawn_up)], PITCH)
    assert 14 <= x_height <= 26
    off = np.abs(line.y - 110)
    assert np.concatenate([off[60:300], off[500:-60]]).max() <= 4  # the jump itself is smoothed over


def test_a_line_follows_letters_that_climb() -> None:
    width = 900
    base = np.rint(130 - 12 * np.sin(np.arange(width) / width * np.pi)).astype(int)
    level = np.full(width, 114, np.float32)
    (line,), _ = centre_lines(minims(width, base), [Line(0, level)], PITCH)
    assert np.abs(line.y - (base - 10))[60:-60].max() <= 4


def test_minims_joined_at_the_foot_are_no_rule() -> None:
    width = 300
    mask = minims(width, np.full(width, 120)) | minims(width + 2, np.full(width + 2, 120))[:, 2:]  # broad pen
    mask[116:120, 20 : width - 20] = True
    kept = remove_rules(mask, PITCH)
    assert kept.sum() > 0.95 * mask.sum()


def test_a_rule_through_the_foot_of_spaced_letters_is_removed() -> None:
    width = 900
    mask = minims(width, np.full(width, 120))
    mask[:, 200:700] = False
    letters = int(mask.sum())
    mask[118:121, :] = True
    kept = remove_rules(mask, PITCH)
    assert not kept[118:121, 260:640].any()
    assert kept.sum() > 0.7 * letters
