"""Names of files of boxes and of pictures, as people's programs write them."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core import MarkError
from mark_core.export.layout_file import peek
from mark_core.export.layouts import Layouts
from mark_core.export.names import any_stem_key, file_key, pictured_key, stem_key
from mark_core.export.read import add_archive, words_for
from mark_core.pages.archive import Archive
from tests.export.samples import make_page
from tests.helpers.page_files import zipped
from tests.pages.test_archive import scan

PAGE = """<PcGts><Page imageFilename="{image}" imageWidth="200" imageHeight="120"><TextRegion id="r"><TextLine id="l">
 <Word id="w"><Coords points="10,20 {right},44"/></Word></TextLine></TextRegion></Page></PcGts>"""
ALTO = """<alto><Description><sourceImageInformation><fileName>{image}</fileName></sourceImageInformation></Description>
 <Layout><Page WIDTH="200" HEIGHT="120"><PrintSpace><TextLine><String HPOS="10" VPOS="20" WIDTH="50" HEIGHT="24"/>
 </TextLine></PrintSpace></Page></Layout></alto>"""
COMPOSED, SEPARATE = (unicodedata.normalize(form, "Tübingen 12") for form in ("NFC", "NFD"))


def wait(tmp_path: Path, *files: tuple[str, str], expect: tuple[str, ...] = ()) -> Layouts:
    """Layout files of these names and images."""
    layouts = Layouts()
    layouts.expect(expect)
    for number, (name, image) in enumerate(files):
        path = tmp_path / f"{number}.xml"
        path.write_text(PAGE.format(image=image, right=60 + number), encoding="utf-8")
        layouts.read(path, name)
    return layouts


@pytest.mark.parametrize(
    ("picture", "file", "image"),
    [
        ("img_0005.jpg", "img_0005.jpg.xml", ""),
        ("x-00000780.jpg", "x-00000780.ocr.xml", ""),
        ("P1.JPG", "p1.xml", ""),
        (f"{SEPARATE}.png", f"{COMPOSED}.xml", ""),
        (f"{COMPOSED}.png", f"{SEPARATE}.xml", ""),
        ("a b.png", "other.xml", "a%20b.png"),
        ("a%20b.png", "other.xml", "a b.png"),
        ("p1.tif", "p1.alto.xml", ""),
        ("p1.tif", "p1.page.xml", ""),
        ("p1.tif", "p1.hocr.html", ""),
        ("p1.bin.png", "p1.xml", ""),
        ("p1.tif", "other.xml", "C:\\scans\\P1.JPG"),
        ("f. 1r", "f. 1r.xml", ""),
        ("scan.0001.jpg", "scan.0001.xml", ""),
    ],
)
def test_names_that_belong_together(tmp_path: Path, picture: str, file: str, image: str) -> None:
    layouts = wait(tmp_path, (file, image), ("elsewhere.xml", "elsewhere.jpg"))
    assert layouts.take(make_page("nothing like it.jpg")) is None
    name, _ = layouts.take(make_page(picture))
    assert (name, layouts.left) == (file, ["elsewhere.xml"])


def test_the_picture_in_the_name_decides(tmp_path: Path) -> None:
    pictures = ("a.jpg", "a.png")
    layouts = wait(tmp_path, ("a.png.xml", ""), ("a.jpg.xml", ""), expect=pictures)
    assert [layouts.take(make_page(name))[0] for name in pictures] == ["a.jpg.xml", "a.png.xml"]


def test_a_file_waits_for_the_page_that_fits_better(tmp_path: Path) -> None:
    layouts = wait(tmp_path, ("a.xml", "a.png"), expect=("a.jpg", "a.png"))
    assert layouts.take(make_page("a.jpg")) is None
    assert layouts.take(make_page("a.png"))[0] == "a.xml"


def test_what_fits_twice_is_not_guessed(tmp_path: Path) -> None:
    layouts = wait(tmp_path, ("a.xml", ""), expect=("a.jpg", "a.png"))
    assert layouts.take(make_page("a.jpg")) is None
    assert (layouts.unclear, layouts.left) == (["a.xml"], [])
    layouts = wait(tmp_path, ("1/a.xml", ""), ("2/a.xml", ""), ("b.xml", ""))
    assert layouts.take(make_page("a.jpg")) is None
    assert (layouts.unclear, layouts.left) == (["1/a.xml", "2/a.xml"], ["b.xml"])
    assert layouts.take(make_page("c.jpg"), alone=True) is None  # nor what is left over
    files = [tmp_path / "x" / "a.xml", tmp_path / "y" / "a.xml"]
    for file in files:
        file.parent.mkdir()
        file.write_text(PAGE.format(image="", right=60))
    with pytest.raises(MarkError, match=r"boxes of a\.jpg"):
        words_for([make_page("a.jpg"), make_page("b.jpg")], files)


def add(*members: tuple[str, str]) -> tuple[Layouts, list[str], Archive]:
    archive = Archive(
        zipped(*((name, scan() if text == "picture" else text.encode()) for name, text in members))
    )
    layouts = Layouts()
    return layouts, add_archive(layouts, archive), archive


def test_a_zip_of_pictures_and_their_boxes() -> None:
    page = PAGE.format(image="", right=60)
    layouts, others, archive = add(
        ("doc/1.png", "picture"),
        ("doc/2.png", "picture"),
        ("doc/page/1.xml", page),
        ("doc/page/2.xml", page),
        ("doc/alto/1.xml", ALTO.format(image="1.png")),
        ("doc/alto/3.xml", ALTO.format(image="3.png")),
        ("doc/mets.xml", "<mets:mets xmlns:mets='http://www.loc.gov/METS/'/>"),
        ("doc/metadata.xml", "<trpDocMetadata/>"),
        ("doc/notes.txt", "notes"),
    )
    assert (others, archive.others) == (["doc/metadata.xml"], ["doc/notes.txt"])
    taken = [layouts.take(make_page(name)) for name in archive.names]
    assert [name for name, _ in taken] == ["doc/alto/1.xml", "doc/page/2.xml"]  # that names its picture
    assert taken[1][1].words[0].corners == (10, 20, 60, 44)
    assert layouts.left == ["doc/alto/3.xml", "doc/page/1.xml"]


def test_of_two_kinds_page_xml_is_taken() -> None:
    layouts, _, archive = add(
        ("doc/1.png", "picture"),
        ("doc/alto/1.xml", ALTO.format(image="1.png")),
        ("doc/page/1.xml", PAGE.format(image="1.png", right=60)),
    )
    assert layouts.take(make_page(archive.names[0]))[0] == "doc/page/1.xml"
    assert (layouts.spare, layouts.left) == (["doc/alto/1.xml"], [])


def test_folders_tell_pages_of_one_name_apart() -> None:
    parts = [(f"{book}/{name}", text) for book in ("vol 1", "vol 2")
             for name, text in (("1.png", "picture"), ("alto/1.xml", ALTO.format(image="1.png")))]  # fmt: skip
    layouts, _, archive = add(*parts, ("vol 3/2.png", "picture"), ("vol 3/2.xml", PAGE.format(image="", right=60)),
                              ("vol 4/2.xml", PAGE.format(image="", right=70)))  # fmt: skip
    found = [layouts.take(make_page(name)) for name in archive.names]
    assert [name for name, _ in found] == ["vol 1/alto/1.xml", "vol 2/alto/1.xml", "vol 3/2.xml"]
    assert layouts.unclear == []


def test_what_a_file_is_is_seen_without_reading_it() -> None:
    assert peek(PAGE.format(image="scans\\1.tif", right=9).encode()) == ("page", "1.tif")
    assert peek(ALTO.format(image="/a/1.tif").encode()) == ("alto", "1.tif")
    assert peek(b"<html><div class='ocr_page'>") == ("hocr", "")
    assert peek(b"<TEI xmlns='http://www.tei-c.org/ns/1.0'/>") == ("TEI", "")
    assert peek(b"<PcGts>" + b"<a>" * 300_000)[0] == "page"
    assert peek(b"no xml") == ("", "")


@given(st.text(alphabet="aé%.üÜ2 _-", min_size=1, max_size=20))
def test_endings_and_systems_make_no_difference(name: str) -> None:
    name = f"x{name}x"
    for other in (
        name.upper(),
        unicodedata.normalize("NFD", name),
        f"{name}.jpg.xml",
        f"a/b\\{name}.ocr.xml",
    ):
        assert stem_key(other) == stem_key(name)
    assert pictured_key(f"{name}.jpg.xml") == file_key(f"{name}.jpg")
    assert any_stem_key(f"{name}.odd") == file_key(name)
