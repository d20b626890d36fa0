from __future__ import annotations

from typing import Any

import pytest

from mark_core.ui.server import Server
from mark_core.ui.uploads import layout_files

from .tabs import Tab, notices, text, upload

WORD = "<Word id='w{n}'><Coords points='{x},20 {right},20 {right},44'/></Word>"


def page_xml(image: str = "", words: int = 2, size: tuple[int, int] = (200, 120)) -> str:
    inside = "".join(WORD.format(n=n, x=10 + 70 * n, right=60 + 70 * n) for n in range(words))
    return (
        "<PcGts xmlns='http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15'>"
        f"<Page imageFilename='{image}' imageWidth='{size[0]}' imageHeight='{size[1]}'>"
        f"<TextRegion id='r'><TextLine id='l'>{inside}</TextLine></TextRegion></Page></PcGts>"
    )


def layout(server: Server, name: str, content: str) -> dict[str, str]:
    folder = server.store.upload_folder
    path = folder / f"{len(list(folder.iterdir()))}-{name}"
    path.write_text(content)
    return {"path": str(path), "name": name}


def add(server: Server, *files: dict[str, str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Pages added, and sentences."""
    tab, _ = Tab.arrive(server)
    view = tab.add(*files)
    return view["pages"][1:], notices(view)


def test_boxes_go_to_the_page_of_the_same_name_or_the_one_they_name(server: Server) -> None:
    pages, sentences = add(
        server,
        layout(server, "b.xml", page_xml()),
        upload(server, "a1.png"),
        upload(server, "b.png"),
        upload(server, "c.png"),
        layout(server, "x.xml", page_xml("scans/c.tif", words=1)),
    )
    assert [(page["title"], page["words"]) for page in pages] == [("a1.png", 3), ("b.png", 2), ("c.png", 1)]
    assert [text(page["note"]) for page in pages] == ["", "Boxes from b.xml", "Boxes from x.xml"]
    assert sentences == []


def test_one_page_and_one_file_belong_together(server: Server) -> None:
    pages, sentences = add(
        server, upload(server, "b.png"), layout(server, "export.xml", page_xml("other.jpg"))
    )
    assert [page["words"] for page in pages] == [2]
    assert sentences == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (page_xml("nowhere.jpg"), str(layout_files.UNUSED)),
        ("<svg/>", "not PAGE XML, ALTO or hOCR"),
        ("no xml at all", "not PAGE XML, ALTO or hOCR"),
    ],
)
def test_a_file_of_no_use_costs_one_sentence(server: Server, content: str, sentence: str) -> None:
    files = [upload(server, "b.png"), upload(server, "c.png"), layout(server, "x.xml", content)]
    pages, sentences = add(server, *files)
    assert [page["words"] for page in pages] == [3, 3]
    (told,) = sentences
    assert told.startswith("x.xml: ")
    assert sentence in told


def test_boxes_for_an_image_of_another_shape_are_not_used(server: Server) -> None:
    files = [upload(server, "b.png"), layout(server, "b.xml", page_xml(size=(100, 400)))]
    pages, sentences = add(server, *files)
    assert [(page["words"], text(page["note"])) for page in pages] == [(3, "")]
    (told,) = sentences
    assert told.startswith("b.xml: The boxes are made for an image of 100 x 400")
    assert told.endswith("MARK has looked for the words itself.")


def test_boxes_without_a_page(server: Server) -> None:
    pages, sentences = add(server, layout(server, "b.xml", page_xml()))
    assert pages == []
    assert sentences == [f"b.xml: {layout_files.ALONE}"]
