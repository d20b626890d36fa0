"""A page that shows a part of its picture: exports say where things are in the whole, drawings show the part."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from lxml import etree
from PIL import Image

from mark_core.export.alto import to_alto
from mark_core.export.annotation import to_iiif
from mark_core.export.drawing import to_png
from mark_core.export.extract import extract_words
from mark_core.export.geometry import (
    canvas_box,
    from_canvas,
    original_box,
    original_part,
    shown_box,
    shown_size,
)
from mark_core.export.pagexml import to_page_xml
from mark_core.export.table import to_json
from mark_core.pages.cropping.crop import crop_page
from mark_core.pages.load import load_page
from mark_core.pages.page import Page, PageSource
from mark_core.pages.turn import turn_page
from mark_core.segmentation.word import Word
from tests.export.samples import make_index

MARKED = (130, 20, 40, 30)  # x, y, w, h of a black patch in the picture
RIGHT = (100, 0, 100, 80)  # the half that it is on
SOURCE = PageSource("https://a.example/1.jpg", "https://a.example/m", "https://a.example/c", (1000, 400))


def spread(scale: int = 1) -> Page:
    pixels = np.full((80, 200, 3), 255, np.uint8)
    x, y, w, h = MARKED
    pixels[y : y + h, x : x + w] = 0
    size = (200 * scale, 80 * scale)
    return replace(load_page(pixels, name="a.jpg"), original_size=size, scale=1 / scale)


def patch(page: Page) -> tuple[int, int, int, int]:
    ys, xs = np.nonzero(page.pixels[..., 0] == 0)
    return int(xs.min()), int(ys.min()), int(np.ptp(xs) + 1), int(np.ptp(ys) + 1)


@pytest.mark.parametrize("scale", [1, 3])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_boxes_of_a_half_are_those_of_the_whole(degrees: int, scale: int) -> None:
    page = turn_page(crop_page(spread(scale), RIGHT), degrees)
    box = patch(page)
    assert original_box(box, page) == tuple(scale * side for side in MARKED)
    assert original_part(page) == tuple(scale * side for side in RIGHT)
    assert shown_size(page) == (scale * page.width, scale * page.height)
    assert shown_box(box, page) == tuple(scale * side for side in box)
    painted = replace(page, source=SOURCE)
    assert canvas_box(box, painted) == tuple(5 * side for side in MARKED)
    assert from_canvas(canvas_box(box, painted), painted) == box
    part = replace(page, source=replace(SOURCE, canvas_part=(200, 0, 400, 160)))
    assert canvas_box(box, part) == (200 + 2 * 130, 40, 80, 60)


def test_both_halves_lie_on_one_canvas_and_in_one_picture() -> None:
    whole = replace(spread(), source=SOURCE)
    places, canvases = [], set()
    for half, box in (((0, 0, 100, 80), (12, 10, 40, 30)), (RIGHT, (30, 20, 40, 30))):
        extract = extract_words(make_index(crop_page(whole, half), words=(Word(box),)))
        (annotation,) = json.loads(to_iiif(extract))["items"]
        canvases.add(annotation["target"]["source"]["id"])
        xml = etree.fromstring(to_page_xml(extract))
        (page,) = xml.iter("{*}Page")
        assert (page.get("imageWidth"), page.get("imageHeight")) == ("200", "80")
        (word,) = xml.iter("{*}Word")
        (string,) = etree.fromstring(to_alto(extract)).iter("{*}String")
        table = json.loads(to_json(extract))
        assert (table["pages"][0]["width"], table["pages"][0]["part"]) == (200, list(half))
        places.append(
            (
                annotation["target"]["selector"]["value"],
                word[0].get("points").split()[0],
                (string.get("HPOS"), string.get("VPOS")),
                table["words"][0]["box"],
            )
        )
        assert Image.open(io.BytesIO(to_png(extract))).size == (100, 80)
    assert canvases == {SOURCE.canvas}
    assert places == [
        ("xywh=60,50,200,150", "12,10", ("12", "10"), [12, 10, 40, 30]),
        ("xywh=650,100,200,150", "130,20", ("130", "20"), list(MARKED)),
    ]
