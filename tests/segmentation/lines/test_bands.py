"""Bands of a page in another size of writing are found, and looked at by themselves."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from mark_core.evaluation.boxes import score_boxes
from mark_core.segmentation.lines.bands import bands_by_size, only
from mark_core.segmentation.segment import find_words, segment

TEXT, NOTE = "in the beginning was", "before the making of things"


def page_of(*columns: tuple[int, int, int, int, str]) -> tuple[np.ndarray, list[np.ndarray]]:
    """(x, letters, pitch, lines, text) of every column -> page, (N, 4) boxes of the words of every column."""
    image = Image.new("L", (1420, 1000), 236)
    pen = ImageDraw.Draw(image)
    boxes = []
    for left, size, pitch, lines, text in columns:
        font, mine = ImageFont.load_default(size), []
        for line in range(lines):
            x = float(left)
            for word in text.split():
                a, b, c, d = pen.textbbox((x, 70 + pitch * line), word, font=font)
                pen.text((x, 70 + pitch * line), word, 40, font=font)
                mine.append((a, b, c - a, d - b))
                x += pen.textlength(f"{word} ", font=font)
        boxes.append(np.array(mine, float))
    return np.array(image), boxes


MAIN = (60, 54, 78, 11, TEXT)


@pytest.mark.parametrize(
    ("direction", "size", "pitch"),
    [("ltr", 44, 62), ("ltr", 38, 54), ("ltr", 30, 42), ("ltr", 24, 33), ("rtl", 44, 62), ("rtl", 24, 33)],
)
def test_a_gloss_beside_the_text_has_its_own_lines_and_words(direction: str, size: int, pitch: int) -> None:
    pixels, truth = page_of(MAIN, (760, size, pitch, 850 // pitch, NOTE))
    truth = np.concatenate(truth)
    if direction == "rtl":
        pixels = np.ascontiguousarray(pixels[:, ::-1])
        truth[:, 0] = pixels.shape[1] - truth[:, 0] - truth[:, 2]
    words, others = find_words(pixels, direction)
    assert score_boxes(np.array([word.box for word in words], float), truth).extent.f1 > 0.98
    assert [word.order for word in words] == list(range(len(words)))
    lines = [word.line for word in words]
    assert lines == sorted(lines)
    # the text stands first, whole, and then the gloss
    in_gloss = [(word.box[0] >= 720) is (direction == "ltr") for word in words]
    assert in_gloss == sorted(in_gloss)
    assert lines.count(0) == len(TEXT.split())
    shown = {word.box for word in words}
    for other in others:
        assert set(other.over) <= shown
        assert words[other.word.order].box == other.over[0]
        assert words[other.word.order].line == other.word.line


def test_a_note_of_few_lines_and_columns_of_one_size_are_one_page() -> None:
    mask = lambda *columns: page_of(*columns)[0] < 128  # noqa: E731
    for columns in (
        [MAIN],
        [MAIN, (760, 54, 78, 11, TEXT)],
        [MAIN, (760, 50, 70, 12, TEXT)],
        [MAIN, (760, 24, 33, 2, NOTE)],
        [MAIN, (760, 54, 156, 5, "12 13")],  # a column of figures, one to two lines
        [(60, 54, 156, 5, "a list of"), (760, 54, 78, 10, NOTE)],
    ):
        assert bands_by_size(mask(*columns), 78.0) == [[(0, 1420)]]
    (text, note) = bands_by_size(mask(MAIN, (760, 24, 33, 25, NOTE)), 78.0)
    assert len(text) == len(note) == 1
    assert text[0][0] == 0
    assert text[0][1] == note[0][0]
    assert 640 < note[0][0] < 760
    assert note[0][1] == 1420


def test_rules_between_text_and_gloss_and_across_both_are_no_bands() -> None:
    pixels, _ = page_of(MAIN, (760, 24, 33, 25, NOTE))
    pixels[20:980, 700:704] = 30
    pixels[30:35, 40:1380] = 30
    pixels[960:965, 40:1380] = 30
    assert len(bands_by_size(pixels < 128, 78.0)) == 2
    assert len(segment(pixels, "ltr")) == 11 * 4 + 25 * 5


def test_white_writing_on_black_may_have_a_gloss_too() -> None:
    pixels, _ = page_of(MAIN, (760, 24, 33, 25, NOTE))
    assert [word.box for word in segment(255 - pixels, "ltr")] == [w.box for w in segment(pixels, "ltr")]


def test_only_paints_paper_as_it_is_there() -> None:
    grey = np.tile(np.linspace(120, 240, 600).astype(np.uint8)[:, None], (1, 400))
    grey[100:140, 250:350] = 10
    left = only(grey, [(0, 200)])
    np.testing.assert_array_equal(left[:, :200], grey[:, :200])
    np.testing.assert_allclose(left[:, 250:350], np.tile(grey[:, 210:211], (1, 100)), atol=20)
