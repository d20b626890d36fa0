"""Boxes of a page on the canvas of its manifest, and back."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mark_core.export.annotation import to_iiif
from mark_core.export.extract import extract_words
from mark_core.export.geometry import canvas_box, from_canvas, original_box
from mark_core.pages.page import PageSource
from tests.export.samples import make_index, make_page
from tests.export.test_annotation import check

CANVAS = "https://archive.example/c/1"


def on_canvas(page, size, part=None):
    source = PageSource(
        "https://archive.example/1.jpg", "https://archive.example/m", CANVAS, size, None, part
    )
    return replace(page, source=source)


def test_a_canvas_twice_as_large():
    page = on_canvas(make_page(size=(200, 260)), (400, 520))
    assert canvas_box((120, 120, 60, 70), page) == (240, 240, 120, 140)


def test_a_part_of_a_canvas():
    page = on_canvas(make_page(size=(200, 260)), (800, 800), (100.0, 130.0, 400.0, 520.0))
    assert canvas_box((120, 120, 60, 70), page) == (340, 370, 120, 140)


def test_a_page_of_no_manifest_is_its_own_canvas():
    page = make_page(size=(200, 120), original=(400, 240))
    assert canvas_box((10, 20, 30, 40), page) == original_box((10, 20, 30, 40), page) == (20, 40, 60, 80)
    unsized = replace(page, source=PageSource("https://archive.example/1.jpg", canvas=CANVAS))
    assert canvas_box((10, 20, 30, 40), unsized) == (20, 40, 60, 80)


@given(st.data())
def test_there_and_back(data):
    """The way back is exact within what whole units of the canvas leave: half a unit for each edge, and a
    box of at least one unit."""
    width, height = data.draw(st.integers(20, 400)), data.draw(st.integers(20, 400))
    page = make_page(size=(width, height))
    canvas = data.draw(st.integers(20, 9000)), data.draw(st.integers(20, 9000))
    part = None
    if data.draw(st.booleans()):
        w, h = data.draw(st.integers(10, canvas[0])), data.draw(st.integers(10, canvas[1]))
        part = (data.draw(st.integers(0, canvas[0] - w)), data.draw(st.integers(0, canvas[1] - h)), w, h)
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    box = x, y, data.draw(st.integers(1, width - x)), data.draw(st.integers(1, height - y))
    page = on_canvas(page, canvas, part)
    there = canvas_box(box, page)
    assert min(there[2:]) >= 1
    assert there[0] + there[2] <= canvas[0]
    assert there[1] + there[3] <= canvas[1]
    _, _, w, h = part or (0, 0, *canvas)
    unit = width / w, height / h
    back = from_canvas(there, page)
    for edge, (far, near) in enumerate(((box[0], back[0]), (box[1], back[1]))):
        assert abs(far - near) <= 1.01 * unit[edge]
    assert abs(box[0] + box[2] - back[0] - back[2]) <= 1.51 * unit[0]
    assert abs(box[1] + box[3] - back[1] - back[3]) <= 1.51 * unit[1]


def test_annotations_lie_on_the_canvas_of_the_manifest():
    pages = [on_canvas(make_page("f. 1r"), (400, 240)), make_page("letter.jpg")]
    annotations = json.loads(to_iiif(extract_words(make_index(*pages))))
    check(annotations)
    first, other = annotations["items"][0]["target"], annotations["items"][3]["target"]
    assert first["source"]["id"] == CANVAS
    assert (first["source"]["width"], first["source"]["height"]) == (400, 240)
    assert first["source"]["partOf"] == [{"id": "https://archive.example/m", "type": "Manifest"}]
    assert first["selector"]["value"] == "xywh=20,40,120,48"
    assert other["source"]["id"] == "https://example.org/mark/canvas/sha-letter.jpg/1"
    assert "partOf" not in other["source"]
