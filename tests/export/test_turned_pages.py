"""A page that was turned: exports say where things are in its file, pictures show it as it is seen."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from lxml import etree
from PIL import Image

from mark_core.export.alto import to_alto
from mark_core.export.drawing import to_png
from mark_core.export.extract import extract_words
from mark_core.export.geometry import canvas_box, from_canvas, original_box, shown_box, shown_size
from mark_core.export.pagexml import to_page_xml
from mark_core.pages.load import load_page
from mark_core.pages.page import PageSource
from mark_core.pages.turn import turn_page, turned_box
from mark_core.segmentation.word import Word
from tests.export.samples import make_index, make_page

MARKED = (12, 20, 8, 6)  # x, y, w, h of a black patch on the page as its file has it
TURNS = [90, 180, 270]


def page(degrees: int, scale: int = 1):
    pixels = np.full((60, 100, 3), 255, np.uint8)
    x, y, w, h = MARKED
    pixels[y : y + h, x : x + w] = 0
    lying = replace(load_page(pixels, name="a.jpg"), original_size=(100 * scale, 60 * scale))
    return turn_page(lying, degrees)


def patch(shown) -> tuple[int, int, int, int]:
    ys, xs = np.nonzero(shown.pixels[..., 0] == 0)
    return int(xs.min()), int(ys.min()), int(np.ptp(xs) + 1), int(np.ptp(ys) + 1)


@pytest.mark.parametrize("degrees", TURNS)
def test_boxes_turn_with_the_pixels_and_back(degrees):
    shown = page(degrees)
    box = patch(shown)
    assert turned_box(MARKED, (100, 60), degrees) == box
    assert original_box(box, shown) == MARKED
    assert shown.original_size == (100, 60)
    again = turn_page(shown, 360 - degrees)
    assert (again.turn, patch(again)) == (0, MARKED)


@pytest.mark.parametrize("degrees", TURNS)
def test_on_a_larger_original_and_on_a_canvas(degrees):
    shown = page(degrees, scale=3)
    box = patch(shown)
    assert original_box(box, shown) == tuple(3 * side for side in MARKED)
    assert shown_box(box, shown) == tuple(3 * side for side in box)
    assert shown_size(shown) == (3 * shown.width, 3 * shown.height)
    source = PageSource("https://a.example/1.jpg", "https://a.example/m", "https://a.example/c", (200, 120))
    painted = replace(shown, source=source)
    there = canvas_box(box, painted)
    assert there == tuple(2 * side for side in MARKED)
    assert from_canvas(there, painted) == box


@pytest.mark.parametrize("degrees", TURNS)
def test_files_of_words_are_in_pixels_of_the_file_and_pictures_are_turned(degrees):
    words = (Word((10, 20, 30, 24), line=0, order=0), Word((50, 18, 40, 26), line=0, order=1))
    extract = extract_words(make_index(turn_page(make_page(size=(200, 120)), degrees), words=words))
    sheet = extract.pages[0]
    xml = etree.fromstring(to_page_xml(extract))
    (element,) = xml.iter("{*}Page")
    assert (element.get("imageWidth"), element.get("imageHeight")) == ("200", "120")
    (region,) = xml.iter("{*}TextRegion")
    assert float(region.get("orientation")) == {90: 90, 180: 180, 270: -90}[degrees]
    first = next(xml.iter("{*}Word"))[0].get("points").split()
    x, y = original_box(sheet.entries[0].word.box, sheet.page)[:2]
    assert first[0] == f"{x},{y}"
    alto = etree.fromstring(to_alto(extract))
    (block,) = alto.iter("{*}TextBlock")
    assert float(block.get("ROTATION")) == degrees
    image = Image.open(io.BytesIO(to_png(extract)))
    assert image.size == shown_size(sheet.page)
