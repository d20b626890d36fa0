import io
import zipfile

import pytest

from mark_core.errors import MarkError
from mark_core.export.extract import extract_words
from mark_core.export.formats import FORMATS, render
from mark_core.export.read import read_layout
from tests.export.samples import make_index, make_page

STARTS = {
    "csv": b"\xef\xbb\xbfpage,", "json": b"{", "iiif": b"{", "page": b"<?xml", "alto": b"<?xml", "png": b"\x89PNG",
    "pdf": b"%PDF", "hocr": b"<?xml", "tei": b"<?xml",
}  # fmt: skip


def test_every_format_writes_one_page():
    extract = extract_words(make_index(make_page()))
    assert FORMATS.keys() == STARTS.keys()
    for name, kind in FORMATS.items():
        rendered = render(extract, name)
        assert rendered.data.startswith(STARTS[name]), name
        assert (rendered.suffix, rendered.media_type) == (kind.suffix, kind.media_type)
        assert "\n" not in kind.description


def test_several_pages_make_one_file_or_a_zip():
    extract = extract_words(make_index(make_page("a.jpg"), make_page("b.pdf", number=2)))
    for name, kind in FORMATS.items():
        rendered = render(extract, name)
        if not kind.paged:
            assert rendered.suffix == kind.suffix
            continue
        assert (rendered.suffix, rendered.media_type) == (".zip", "application/zip")
        with zipfile.ZipFile(io.BytesIO(rendered.data)) as archive:
            assert archive.namelist() == [f"a{kind.suffix}", f"b-0003{kind.suffix}"]
            if kind.suffix == ".xml":
                assert read_layout(archive.read("b-0003.xml"))[0].image == "b.pdf"


def test_the_base_of_ids_can_be_chosen():
    extract = extract_words(make_index(make_page()))
    assert b'"https://archive.example/canvas/' in render(extract, "iiif", base="https://archive.example").data


def test_unknown_formats_are_refused():
    with pytest.raises(MarkError, match="choose one of csv"):
        render(extract_words(make_index(make_page())), "docx")
