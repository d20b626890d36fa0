"""Files that once stopped the server, or took all its memory: each costs whoever sends it one sentence, or is read."""

from __future__ import annotations

import contextlib
import threading
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks.hosting import hostile_files as hostile
from mark_core import MarkError
from mark_core.export.layout_file import read_layout
from mark_core.export.names import comparable
from mark_core.export.read_hocr import properties
from mark_core.isolation.files import IsolatedDecoder, MemberPages, Upload, open_pages
from mark_core.isolation.pool import BREAKS, TOO_MUCH, TOO_SLOW, ReaderPool
from mark_core.isolation.projects import IsolatedProject
from mark_core.pages.content_state import ContentState
from mark_core.pages.load import load_page, open_image
from mark_core.pages.manifest import text_of
from mark_core.pages.picture_formats import PICTURE_FORMATS
from mark_core.retrieval.list_search import read_terms
from mark_core.retrieval.query import parse_query
from mark_core.unicode_text import normalized
from tests.helpers.page_files import encode

LIMITS = {str(TOO_SLOW), str(TOO_MUCH), str(BREAKS)}


def read(pool: ReaderPool, data: bytes, suffix: str, tmp_path: Path) -> str:
    """The sentence that a file costs; "" if it is read."""
    path = tmp_path / f"file{suffix}"
    path.write_bytes(data)
    upload = Upload(path, pool=pool)
    try:
        if suffix in (".hocr", ".xml"):
            upload.layouts()
        elif suffix == ".mark":
            project = IsolatedProject(path, pool)
            for place in range(project.head()["count"]):
                project.page(place)
        else:
            pages = open_pages(upload, "file")
            if isinstance(pages, MemberPages):
                pages.archive.peek()
            next(pages)
    except MarkError as error:
        return str(error)
    return ""


CASES: dict[str, tuple[str, Callable[[], bytes], set[str]]] = {
    "a form in itself": (".pdf", hostile.pdf_form_in_itself, LIMITS),
    "forms within forms": (".pdf", hostile.pdf_forms_within_forms, LIMITS),
    "30,000 scans": (".jpg", hostile.jpeg_of_scans, {"This kind of image cannot be read"}),
    "slow scans": (".jpg", lambda: hostile.jpeg_of_scans(400, 5000), LIMITS),
    "JPEG 2000": (".jp2", hostile.jpeg2000_stated, LIMITS),
    "deep colours": (".png", lambda: hostile.png_of_zeros(12_900, 3000, 16, 3), {""}),
    "many colours": (".tif", hostile.tiff_of_one_strip, LIMITS),
    "a circle of frames": (".tif", hostile.tiff_in_a_circle, {""}),
    "spaces": (".hocr", hostile.hocr_of_spaces, {""}),
    "elements of hOCR": (".hocr", hostile.hocr_of_elements, {"This file has more than 600,000 elements"}),
    "pages of hOCR": (".hocr", hostile.hocr_of_pages, {"This file has more than 1000 pages"}),
    "words in words": (".hocr", hostile.hocr_in_itself, {""}),
    "UTF-7": (".hocr", lambda: hostile.hocr_of("bbox 0 0 99 99", "utf-7"), {""}),
    "zlib": (".hocr", lambda: hostile.hocr_of("bbox 0 0 99 99", "zlib_codec"), {""}),
    "EBCDIC": (".hocr", lambda: hostile.hocr_of("bbox 0 0 99 99", "cp500"), {""}),
    "elements of ALTO": (".xml", hostile.alto_of_elements, {"This file has more than 600,000 elements"}),
    "points": (".xml", hostile.page_xml_of_points, {""}),
    "entities": (".xml", hostile.xml_of_entities, {"This file is damaged, or it is not PAGE XML"}),
    "a bomb": (".zip", lambda: hostile.zip_bomb(300), {"This zip archive unpacks to far more"}),
    "names of marks": (".zip", hostile.zip_of_marks, {"This zip archive is packed in a way"}),
    "words of a project": (
        ".mark",
        lambda: hostile.project_of_words(60_000),
        {"This project file is damaged"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_file_costs_a_sentence(case: str, pool: ReaderPool, tmp_path: Path) -> None:
    suffix, make, sentences = CASES[case]
    data = make()
    begun = time.monotonic()
    told = read(pool, data, suffix, tmp_path)
    assert any(told.startswith(sentence) if sentence else not told for sentence in sentences), told
    assert time.monotonic() - begun < 40
    assert [path.name for path in tmp_path.iterdir()] == [f"file{suffix}"]


def test_the_pdf_that_stopped_everything_is_small() -> None:
    assert len(hostile.pdf_form_in_itself()) < 700
    assert len(hostile.tiff_of_one_strip()) < 20_000
    assert len(hostile.jpeg2000_stated()) < 36_000


def test_a_json_of_thirty_megabytes_in_a_project(pool: ReaderPool, tmp_path: Path) -> None:
    told = read(pool, hostile.project_of_json(30), ".mark", tmp_path)
    assert told in (*LIMITS, "This project file is damaged or incomplete: please copy or download it again.")
    assert read(pool, hostile.project_of_json(1), ".mark", tmp_path) == ""


def test_three_deep_pictures_at_once_take_the_memory_of_one(pool: ReaderPool, tmp_path: Path) -> None:
    """351 kB each, 81 million pixels of 16 bits."""
    data = hostile.tiff_of_one_strip(9000, 9000, real=False)
    (tmp_path / "a.tif").write_bytes(data)
    told: list[Any] = []

    def work() -> None:
        try:
            told.append(next(open_pages(Upload(tmp_path / "a.tif", pool=pool), "a")).pixels.shape)
        except MarkError as error:
            told.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(3)]
    most = 0
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        most = max(most, sum(1 for reading in pool._readings if reading.large))
        time.sleep(0.01)
    assert most == 1
    assert set(told) <= {(4000, 4000, 3), str(TOO_SLOW)}
    assert len(told) == 3


def test_deep_pictures_are_scaled_in_bands_as_in_one() -> None:
    values = np.random.default_rng(0).integers(0, 4000, (300, 200)).astype(np.uint16)
    whole = load_page(encode(Image.fromarray(values), "PNG")).pixels[:, :, 0]
    np.testing.assert_array_equal(whole, np.rint(values.astype(np.float32) * (255.0 / 4095)).astype(np.uint8))
    large = load_page(hostile.png_of_zeros(2100, 2100))
    assert large.pixels.max() == 0


@pytest.mark.parametrize(
    "data", [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"BUFR", b"\x89HDF\r\n\x1a\n"]
)
def test_only_formats_of_the_list_are_opened(data: bytes) -> None:
    with pytest.raises(MarkError):
        open_image(data + bytes(100))
    assert "EPS" not in PICTURE_FORMATS


ROOT = Path(__file__).parents[2] / "mark_core"
DECODERS = (
    *("load_page(", "load_pages(", "open_picture(", "Archive(", "FileSource(", "Reader(", "parse_layout("),
    *("etree.", "read_transcript(", "peek("),
)


def test_pictures_are_opened_in_one_place() -> None:
    opening = [path.name for path in ROOT.rglob("*.py") if "Image.open(" in path.read_text(encoding="utf-8")]
    assert opening == ["picture_formats.py"]


def test_the_page_decodes_nothing_but_its_samples() -> None:
    found = {
        path.name
        for path in (ROOT / "ui").rglob("*.py")
        if any(name in path.read_text(encoding="utf-8") for name in DECODERS)
    }
    assert found == {"samples.py"}


# In the server itself: nothing may take the square of what a stranger sends.


def takes(seconds: float, function: Callable[[], Any]) -> None:
    begun = time.process_time()
    with contextlib.suppress(MarkError):
        function()
    assert time.process_time() - begun < seconds


def test_a_list_of_combining_marks() -> None:
    terms = read_terms("\n".join([hostile.list_of_marks(), "a*" * 15_000, "a~" * 15_000, "?" * 30_000 + "a"]))
    assert len(terms) == 4
    for term in terms:
        takes(1.0, lambda term=term: parse_query(term))
    with pytest.raises(MarkError, match="at most 40 letters"):
        parse_query("a*" * 15_000)
    assert len(parse_query("a*" * 40)[0].letters) == 80


def test_combining_marks_are_sorted_in_linear_time() -> None:
    takes(1.5, lambda: normalized("NFKD", hostile.list_of_marks(200_000)))
    takes(1.5, lambda: comparable(hostile.list_of_marks(60_000)))
    for text in ("Ṩchön ǖber œuvre", "a" * 40 + "\u0323\u0307", "ﬁ²" * 20):
        assert normalized("NFKD", text) == unicodedata.normalize("NFKD", text)


def test_labels_within_labels() -> None:
    label: Any = " "
    for _ in range(60):
        label = {"@value": label, "none": label}
    takes(0.5, lambda: text_of(label))
    takes(0.5, lambda: text_of([[" "] * 1000] * 1000))
    takes(1.0, lambda: text_of("\t" * 5_000_000))
    assert text_of({"en": [["deep"]], "@value": ""}) == "deep"


@pytest.mark.parametrize("depth", [60, 100_000])
def test_manifests_within_themselves(depth: int, pool: ReaderPool) -> None:
    data = hostile.manifest_of_labels(depth) if depth < 1000 else hostile.manifest_nested(depth)
    begun = time.monotonic()
    with pytest.raises(MarkError):
        IsolatedDecoder(pool).document(data, ContentState("https://example.org"), "a", True)
    assert time.monotonic() - begun < 10


def test_titles_of_hocr() -> None:
    for title in (
        " " * 100_000,
        "bbox" + " " * 50_000 + ";" * 50_000,
        "'\"" * 50_000,
        "x " * 50_000,
        "'" * 99_999,
    ):
        takes(0.5, lambda title=title: properties(title))
    takes(2.0, lambda: read_layout(hostile.hocr_of_spaces(100_000)))


ENCODED = [
    ("<html encoding" + " " * 2000 + "=").encode(),
    b"charset" * 290,
    (b"encoding =" + b" " * 1000) * 2,
]


@pytest.mark.parametrize("data", ENCODED)
def test_names_of_encodings(data: bytes) -> None:
    takes(0.5, lambda: read_layout(data + b"<p class='ocr_page'>"))
