from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from mark_core.ui.server import Server
from mark_core.ui.uploads import layout_files
from tests.helpers.page_files import encode, zipped

from ..tabs import Tab, notices, text, upload

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


def add_zip(server: Server, *members: tuple[str, str]) -> tuple[list[dict[str, Any]], list[str]]:
    """A zip of these files; a name that ends in png is a picture."""
    picture = encode(Image.new("RGB", (200, 120), (90, 90, 90)), "PNG")
    data = zipped(*((name, picture if name.endswith("png") else text.encode()) for name, text in members))
    path = server.store.upload_folder / "export.zip"
    path.write_bytes(data)
    return add(server, {"path": str(path), "name": "export.zip"})


@pytest.mark.parametrize("folder", ["", "page/", "alto/"])
def test_a_zip_brings_the_boxes_of_its_pages(server: Server, folder: str) -> None:
    pages, sentences = add_zip(
        server,
        ("doc/1.png", ""),
        ("doc/2.png", ""),
        (f"doc/{folder}1.xml", page_xml("1.png", words=2)),
        (f"doc/{folder}2.xml", page_xml(words=1)),
        ("doc/mets.xml", "<mets/>"),
        ("__MACOSX/doc/._1.xml", "x"),
    )
    assert [(page["title"], page["words"]) for page in pages] == [("1.png", 2), ("2.png", 1)]
    assert [text(page["note"]) for page in pages] == ["Boxes from 1.xml", "Boxes from 2.xml"]
    assert sentences == []


def test_what_a_zip_has_besides_is_said_once(server: Server) -> None:
    others = [(f"doc/{n}.txt", "") for n in range(20)]
    pages, sentences = add_zip(server, ("doc/1.png", ""), ("doc/a.heic", ""), ("x.xml", page_xml("9.png")),
                               ("doc/tei.xml", "<TEI/>"), *others)  # fmt: skip
    # one page and one file of boxes belong together, whatever their names
    assert [page["words"] for page in pages] == [2]
    assert sentences == [
        f"export.zip: doc/a.heic: {layout_files.HEIC}",
        f"export.zip: doc/0.txt, doc/1.txt, doc/2.txt and 18 more: {layout_files.OTHERS}",
    ]


def test_many_files_that_do_not_fit_are_told_in_few_sentences(server: Server) -> None:
    wrong = [(f"{n}.xml", page_xml(f"{n}.png", size=(100, 400))) for n in range(6)]
    pages, sentences = add_zip(server, *((f"{n}.png", "") for n in range(6)), *wrong)
    assert [page["words"] for page in pages] == [3] * 6
    assert len(sentences) == 4
    assert sentences[-1] == "3.xml, 4.xml, 5.xml: MARK has looked for the words itself here too."


def test_boxes_of_two_pages_of_one_name_are_not_guessed(server: Server) -> None:
    files = [upload(server, "b.png"), upload(server, "b.jpg"), layout(server, "b.xml", page_xml())]
    pages, sentences = add(server, *files)
    assert [page["words"] for page in pages] == [3, 3]
    assert sentences == [f"b.xml: {layout_files.UNCLEAR}"]


def test_an_odd_number_is_told_with_the_file(server: Server) -> None:
    odd = page_xml(words=2).replace("10,20", "NaN,20")
    pages, sentences = add(server, upload(server, "b.png"), layout(server, "b.xml", odd))
    assert [page["words"] for page in pages] == [1]
    assert sentences == ["b.xml: Words whose places are not numbers are left out: 1."]
