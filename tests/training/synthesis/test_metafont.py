"""Letters of METAFONT: the file that it draws into, outlines, joining rules."""

import struct
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image, ImageDraw, ImageFont

from mark_core.training.synthesis.metafont import (
    Glyph,
    _write_truetype,
    joining_rules,
    make_font,
    outlines,
    read_gf,
)


def gf_file(letters: dict[int, tuple[np.ndarray, int, int, float]]) -> bytes:
    """A GF file as METAFONT writes it: (ink, left, top, advance) by code, every row by runs from its first column."""
    data = bytearray([247, 131, 3, *b"own"])
    for code, (ink, left, top, _) in letters.items():
        rows, columns = ink.shape
        data += bytes([67]) + struct.pack(">6i", code, -1, left, left + columns, top - rows + 1, top)
        for number, row in enumerate(ink):
            edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(int)))
            if number:
                data.append(74 + (edges[0] if len(edges) else 0))
                lengths = np.diff(edges)
            else:
                lengths = np.diff(np.concatenate([[0], edges]))
            for length in lengths:
                data += bytes([length]) if length < 64 else bytes([64, length])
        data.append(69)
    post = len(data)
    data += bytes([248]) + bytes(36)
    for code, (_, _, _, advance) in letters.items():
        data += bytes([245, code]) + struct.pack(">i", round(advance * 65536)) + bytes(12)
    data += bytes([249]) + struct.pack(">I", post) + bytes([131]) + bytes([223] * 5)
    return bytes(data)


@given(
    arrays(bool, st.tuples(st.integers(1, 20), st.integers(1, 90))), st.integers(-9, 9), st.integers(-9, 40)
)
def test_a_drawn_letter_is_read_as_it_was_drawn(ink, left, top):
    ink[0, 0] = ink[-1, 0] = ink[0, -1] = True  # the file keeps no empty edge
    (glyph,) = read_gf(gf_file({97: (ink, left, top, 12.5)})).values()
    assert np.array_equal(glyph.ink, ink)
    assert (glyph.left, glyph.top, glyph.advance) == (left, top, 12.5)


def test_another_file_is_refused():
    with pytest.raises(ValueError, match="GF"):
        read_gf(b"GIF89a")


def test_a_hole_is_turned_the_other_way():
    ink = np.ones((30, 30), bool)
    ink[10:20, 10:20] = False
    outer, inner = sorted(outlines(Glyph(ink, 2, 29, 30.0)), key=np.ptp, reverse=True)
    assert _area(outer) * _area(inner) < 0
    assert outer[:, 0].min() == 2
    assert outer[:, 1].max() == 29


def _area(points: np.ndarray) -> float:
    x, y = points.T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


METRICS = SimpleNamespace(
    designsize=10.0,
    ligatures={
        115: {32: ("LIG/", 200), 116: ("LIG", 201)},  # s: a form at the end, st in one sign
        111: {116: ("LIG/", 202)},  # o before t
    },
    kerning={111: {115: -0.1}},
)
LETTERS = {
    code: Glyph(np.ones((20 + code % 7, 20), bool), 0, 20, 24.0) for code in (111, 115, 116, 200, 201, 202)
}


def test_letters_join_by_the_rules_of_their_font(tmp_path):
    names = {code: f"c{code}" for code in LETTERS}
    rules = joining_rules(METRICS, names)
    assert "sub c115 c116 by c201;" in rules
    assert "sub c111' c116 by c202;" in rules
    assert "pos c111 c115 -28;" in rules  # a tenth of 10 points at 2,000 pixels an inch

    _write_truetype("own", LETTERS, METRICS, tmp_path / "own.ttf")
    font = ImageFont.truetype(str(tmp_path / "own.ttf"), 277, layout_engine=ImageFont.Layout.RAQM)
    assert font.getlength("t") == pytest.approx(24, abs=0.5)
    assert font.getlength("st") == pytest.approx(24, abs=0.5)  # one sign
    assert font.getlength("oso") == pytest.approx(3 * 24 - 28, abs=1)
    # an outline goes through the middle of the pixels at the edge
    assert _height(font, "s") == LETTERS[200].ink.shape[0] - 1  # the form at the end of a word
    assert _height(font, "so") == LETTERS[111].ink.shape[0] - 1
    assert LETTERS[115].ink.shape[0] < LETTERS[200].ink.shape[0] < LETTERS[111].ink.shape[0]


def _height(font: ImageFont.FreeTypeFont, text: str) -> int:
    image = Image.new("L", (300, 400))
    ImageDraw.Draw(image).text((20, 300), text, fill=255, font=font, anchor="ls")
    box = image.point(lambda value: 255 * (value > 127)).getbbox()
    return box[3] - box[1]


def test_without_metafont_there_is_a_sentence(tmp_path):
    with pytest.raises(FileNotFoundError, match="METAFONT"):
        make_font("wesu14", [tmp_path], tmp_path, tmp_path / "wesu14.ttf")
    assert list(tmp_path.iterdir()) == []
