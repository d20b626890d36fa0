"""Rendered pages whose words, boxes and order are known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from rendered import Rendered, draw

import mark_core as mark
from mark_core.evaluation.boxes import score_boxes
from mark_core.segmentation.binarise import background, find_ink, is_white_on_black
from mark_core.segmentation.geometry import boxes_from_frame, to_frame
from mark_core.segmentation.parts import assign_to_lines, remove_rules
from mark_core.segmentation.scale import looks_vertical, measure_scale


@pytest.fixture(scope="module")
def page() -> Rendered:
    return draw()


def boxes_of(words: list[mark.Word]) -> np.ndarray:
    return np.array([word.box for word in words]).reshape(-1, 4)


def f1(words: list[mark.Word], truth: np.ndarray) -> float:
    return score_boxes(boxes_of(words), truth).extent.f1


def order_found(words: list[mark.Word], truth: np.ndarray) -> list[int]:
    """For every found word, in the order given, the number of the true word under its middle."""
    found = []
    for x, y, w, h in boxes_of(words):
        cx, cy = x + w / 2, y + h / 2
        inside = (
            (truth[:, 0] <= cx)
            & (cx < truth[:, 0] + truth[:, 2])
            & (truth[:, 1] - 8 <= cy)
            & (cy < truth[:, 1] + truth[:, 3] + 8)
        )
        found.extend(np.flatnonzero(inside)[:1].tolist())
    return found


def in_order(words: list[mark.Word], truth: np.ndarray) -> bool:
    found = order_found(words, truth)
    return len(found) >= 0.95 * len(truth) and found == sorted(found)


def test_words_of_a_page(page: Rendered) -> None:
    words = mark.segment(page.pixels)
    assert f1(words, page.boxes) >= 0.98
    assert in_order(words, page.boxes)
    assert [word.order for word in words] == list(range(len(words)))
    lines = [word.line for word in words]
    assert lines == sorted(lines)
    assert set(lines) == set(range(page.lines.max() + 1))
    assert {word.direction for word in words} == {"ltr"}
    assert all(0.2 <= word.confidence <= 1 for word in words)


def test_boxes_are_plain_integers_inside_the_page(page: Rendered) -> None:
    height, width = page.pixels.shape
    for word in mark.segment(page.pixels[:, 90:]):  # words cut by the edge
        assert all(type(value) is int for value in word.box)
        x, y, w, h = word.box
        assert 0 <= x < x + w <= width - 90
        assert 0 <= y < y + h <= height


@pytest.mark.parametrize("direction", ["ltr", "ttb"])
def test_a_word_is_looked_at_in_the_band_of_its_line(page: Rendered, direction: str) -> None:
    grey = page.pixels if direction == "ltr" else np.ascontiguousarray(page.pixels.T)
    words = mark.segment(grey, direction)
    axis = 1 if direction == "ltr" else 0
    across = np.array([(w.box[axis], w.box[axis] + w.box[axis + 2]) for w in words])
    context_box = np.array(
        [(w.context_box[axis], w.context_box[axis] + w.context_box[axis + 2]) for w in words]
    )
    assert all(
        w.context_box[1 - axis] == w.box[1 - axis] and w.context_box[3 - axis] == w.box[3 - axis]
        for w in words
    )
    assert (context_box[:, 0] <= across[:, 0]).all()
    assert (context_box[:, 1] >= across[:, 1]).all()
    heights, looked = across[:, 1] - across[:, 0], context_box[:, 1] - context_box[:, 0]
    assert looked.max() / looked.min() < 1.3 < heights.max() / heights.min()


@pytest.mark.parametrize("size", [16, 24, 60])
def test_scale_is_taken_from_the_page(size: int) -> None:
    small = draw(size=size, lines=10)
    assert f1(mark.segment(small.pixels), small.boxes) >= 0.95


def test_pitch_is_measured(page: Rendered) -> None:
    scale = measure_scale(find_ink(page.pixels, 41).mask)
    assert scale is not None
    assert scale.pitch == pytest.approx(50, abs=2)


@pytest.mark.parametrize("heading", [False, True])
def test_columns_are_read_one_after_the_other(heading: bool) -> None:
    page = draw(columns=2, width=600, heading=heading)
    words = mark.segment(page.pixels)
    assert f1(words, page.boxes) >= 0.97
    assert in_order(words, page.boxes)


@pytest.mark.parametrize("direction", ["rtl", "ttb", "ttb-rl"])
def test_other_directions_are_the_same_page_turned(page: Rendered, direction: str) -> None:
    turned = np.ascontiguousarray(to_frame(page.pixels, direction))  # each frame undoes itself, ttb-rl aside
    if direction == "ttb-rl":
        turned = np.ascontiguousarray(page.pixels.T[:, ::-1])
    truth = boxes_from_frame(page.boxes, direction, turned.shape[1])
    words = mark.segment(turned, direction=direction)
    assert score_boxes(boxes_of(words), truth).iou50.f1 >= 0.9
    assert {word.direction for word in words} == {direction[:3]}
    centres = boxes_of(words)[:, :2] + boxes_of(words)[:, 2:] / 2
    expected = truth[:, :2] + truth[:, 2:] / 2
    assert len(words) == pytest.approx(len(truth), rel=0.05)
    if len(words) == len(truth):
        assert np.abs(centres - expected).max() < 20


def test_columns_of_writing_are_recognised(page: Rendered) -> None:
    ink = find_ink(page.pixels, 41).mask
    assert not looks_vertical(ink)
    assert looks_vertical(ink.T)
    assert {word.direction for word in mark.segment(np.ascontiguousarray(page.pixels.T))} == {"ttb"}


def test_lines_that_begin_on_the_right_are_read_from_there() -> None:
    page = draw(lines=45, width=600)
    words = mark.segment(np.ascontiguousarray(page.pixels[:, ::-1]))
    assert {word.direction for word in words} == {"rtl"}
    assert in_order(words, boxes_from_frame(page.boxes, "rtl", page.pixels.shape[1]))


def test_white_on_black(page: Rendered) -> None:
    negative = 255 - page.pixels
    assert is_white_on_black(negative)
    assert not is_white_on_black(page.pixels)
    assert f1(mark.segment(negative), page.boxes) >= 0.97


@pytest.mark.parametrize("degrees", [-3, 3])
def test_skewed_lines(page: Rendered, degrees: float) -> None:
    height, width = page.pixels.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    skewed = cv2.warpAffine(page.pixels, turn, (width, height), borderValue=235)
    middles = np.hstack([page.boxes[:, :2] + page.boxes[:, 2:] / 2, np.ones((len(page.boxes), 1))]) @ turn.T
    truth = np.hstack([middles - page.boxes[:, 2:] / 2, page.boxes[:, 2:]])
    words = mark.segment(skewed)
    assert f1(words, truth) >= 0.95
    assert in_order(words, truth)


def test_shading_borders_and_rules_do_no_harm(page: Rendered) -> None:
    height, width = page.pixels.shape
    shade = np.linspace(1.0, 0.45, width)[None, :] * np.linspace(1.0, 0.8, height)[:, None]
    dirty = (page.pixels * shade).astype(np.uint8)
    dirty[:, :25] = 8  # the table beside the page
    for y in range(122, height - 80, 50):
        dirty[y : y + 2, 60 : width - 40] = 60  # ruled paper
    words = mark.segment(dirty)
    assert f1(words, page.boxes) >= 0.9


@pytest.mark.parametrize("table", [0, 60])
def test_half_a_page_in_deep_shadow_is_read(page: Rendered, table: int) -> None:
    height, width = page.pixels.shape
    depth = np.arange(width)[None, :] - width / 2 + 0.4 * (np.arange(height)[:, None] - height / 2)
    dark = (page.pixels * (0.42 + 0.58 / (1 + np.exp(-depth / 25)))).astype(np.uint8)
    dark[:, :table] = 12  # the table lies beside the part in the shadow
    words = mark.segment(dark)
    assert f1(words, page.boxes) >= 0.95


def test_the_table_beside_a_page_is_no_paper(page: Rendered) -> None:
    rng = np.random.default_rng(2)
    height = page.pixels.shape[0]
    grain = np.repeat(cv2.blur(rng.normal(60, 12, (height, 1)), (1, 15)), 160, axis=1)  # planks
    grain[:, 150:155] = 0  # the black edge of the scan
    photo = np.hstack([grain, page.pixels, grain[:, ::-1]]).clip(0, 255).astype(np.uint8)
    _, outside = background(photo)
    assert outside[:, :150].mean() > 0.95
    assert outside[:, 170:-170].mean() < 0.01
    lid = (
        np.hstack([rng.normal(25, 8, (height, 160)), page.pixels]).clip(0, 255).astype(np.uint8)
    )  # black, grainy
    assert background(lid)[1][:, :150].mean() > 0.95


def test_a_long_word_in_a_fine_pen_is_no_rule() -> None:
    mask = np.zeros((120, 400), np.uint8)
    x = np.arange(40, 240)
    y = 60 + 13 * np.sin(x / 5.0) - (x - 140) * 0.03  # joined letters, six times as wide as high
    cv2.polylines(mask, [np.stack([x, y], axis=1).round().astype(np.int32)], False, 1, 1)
    cv2.line(mask, (10, 100), (390, 96), 1, 1)
    kept = remove_rules(mask > 0, 60.0)
    assert kept[:85].sum() == mask[:85].sum()
    assert not kept[90:].any()


def test_grain_and_specks_are_not_words(page: Rendered) -> None:
    rng = np.random.default_rng(3)
    grainy = np.clip(page.pixels + rng.normal(0, 9, page.pixels.shape), 0, 255).astype(np.uint8)
    for x, y in rng.integers(0, 700, (60, 2)):
        grainy[y : y + 3, x : x + 3] = 40
    assert f1(mark.segment(grainy), page.boxes) >= 0.95


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_pages_have_no_words(level: int) -> None:
    assert mark.segment(np.full((700, 500), level, np.uint8)) == []


def test_bare_paper_has_no_words() -> None:
    rng = np.random.default_rng(0)
    paper = np.clip(rng.normal(200, 6, (900, 700)), 0, 255).astype(np.uint8)
    assert mark.segment(paper) == []


def test_tiny_pages_do_not_fail() -> None:
    for shape in [(8, 8), (8, 300), (300, 8), (40, 40)]:
        noise = np.random.default_rng(1).integers(0, 255, shape, dtype=np.uint8)
        for word in mark.segment(noise):
            assert word.box[2] >= 1


def test_ink_without_lines_is_given_to_none() -> None:
    ink = np.zeros((60, 80), bool)
    ink[20:30, 20:30] = True
    assert assign_to_lines(ink, ink.astype(np.float32), [], pitch=20.0, x_height=8.0) == []


def test_a_single_line_is_enough() -> None:
    line = draw(lines=1)
    assert f1(mark.segment(line.pixels), line.boxes) >= 0.9


def test_unknown_direction_is_refused(page: Rendered) -> None:
    with pytest.raises(mark.MarkError, match="no writing direction sideways"):
        mark.segment(page.pixels, direction="sideways")
