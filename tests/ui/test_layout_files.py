from __future__ import annotations

from typing import Any

import pytest
from mark_core.ui.desk import Desk

from mark_core.ui import boxes

from .test_desk import arrive, event, upload

WORD = "<Word id='w{n}'><Coords points='{x},20 {right},20 {right},44'/></Word>"


def page_xml(image: str = "", words: int = 2, size: tuple[int, int] = (200, 120)) -> str:
    inside = "".join(WORD.format(n=n, x=10 + 70 * n, right=60 + 70 * n) for n in range(words))
    return (
        "<PcGts xmlns='http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15'>"
        f"<Page imageFilename='{image}' imageWidth='{size[0]}' imageHeight='{size[1]}'>"
        f"<TextRegion id='r'><TextLine id='l'>{inside}</TextLine></TextRegion></Page></PcGts>"
    )


def layout(desk: Desk, name: str, text: str) -> dict[str, str]:
    path = desk.uploads / f"{len(list(desk.uploads.iterdir()))}-{name}"
    path.write_text(text)
    return {"path": str(path), "name": name}


def add(desk: Desk, *files: dict[str, str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Pages added, and sentences."""
    key, _ = arrive(desk)
    view = list(desk.add(key, event(files=list(files), direction="auto")))[-1]
    return view["pages"][1:], [notice["text"] for notice in view["notices"]]


def test_boxes_go_to_the_page_of_the_same_name_or_the_one_they_name(desk: Desk) -> None:
    pages, sentences = add(
        desk,
        layout(desk, "b.xml", page_xml()),
        upload(desk, "a1.png"),
        upload(desk, "b.png"),
        upload(desk, "c.png"),
        layout(desk, "x.xml", page_xml("scans/c.tif", words=1)),
    )
    assert [(page["title"], page["words"]) for page in pages] == [("a1.png", 3), ("b.png", 2), ("c.png", 1)]
    assert [page["note"] for page in pages] == ["", "Boxes from b.xml", "Boxes from x.xml"]
    assert sentences == []


def test_one_page_and_one_file_belong_together(desk: Desk) -> None:
    pages, sentences = add(desk, upload(desk, "b.png"), layout(desk, "export.xml", page_xml("other.jpg")))
    assert [page["words"] for page in pages] == [2]
    assert sentences == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (page_xml("nowhere.jpg"), boxes.UNUSED),
        ("<svg/>", "not PAGE XML, ALTO or hOCR"),
        ("no xml at all", "not PAGE XML, ALTO or hOCR"),
    ],
)
def test_a_file_of_no_use_costs_one_sentence(desk: Desk, text: str, sentence: str) -> None:
    files = [upload(desk, "b.png"), upload(desk, "c.png"), layout(desk, "x.xml", text)]
    pages, sentences = add(desk, *files)
    assert [page["words"] for page in pages] == [3, 3]
    (told,) = sentences
    assert told.startswith("x.xml: ")
    assert sentence in told


def test_boxes_for_an_image_of_another_shape_are_not_used(desk: Desk) -> None:
    files = [upload(desk, "b.png"), layout(desk, "b.xml", page_xml(size=(100, 400)))]
    pages, sentences = add(desk, *files)
    assert [(page["words"], page["note"]) for page in pages] == [(3, "")]
    (told,) = sentences
    assert told.startswith("b.xml: The boxes are made for an image of 100 x 400")
    assert told.endswith("MARK has looked for the words itself.")


def test_boxes_without_a_page(desk: Desk) -> None:
    pages, sentences = add(desk, layout(desk, "b.xml", page_xml()))
    assert pages == []
    assert sentences == [f"b.xml: {boxes.ALONE}"]
