"""What reading processes return is what the library reads itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import mark_core as mark
from mark_core import MarkError
from mark_core.export.layout_file import peek, read_layout
from mark_core.export.read import Layouts, add_archive
from mark_core.export.text.transcript_file import read_transcript
from mark_core.isolation.answers import checked, to_document, to_page
from mark_core.isolation.files import IsolatedDecoder, MemberPages, Upload, open_pages
from mark_core.isolation.pool import BREAKS, ReaderPool
from mark_core.pages.archive import Archive
from mark_core.pages.content_state import ContentState
from mark_core.pages.fetched.document import read_document
from mark_core.pages.iiif import iiif_listing
from tests.helpers.page_files import encode, pdf_bytes, zipped
from tests.pages.conftest import Library


def noise(mode: str = "RGB", seed: int = 0) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 255, (90, 120, len(mode)), np.uint8)
    return Image.fromarray(values.squeeze())


def tiff(pages: int) -> bytes:
    frames = [noise(seed=n) for n in range(pages)]
    return encode(frames[0], "TIFF", save_all=True, append_images=frames[1:], dpi=(300, 300))


def jpeg(seed: int = 0) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encode(noise(seed=seed), "JPEG", exif=exif, dpi=(200, 200))


FILES: dict[str, Callable[[], bytes]] = {
    "jpeg": jpeg,
    "png": lambda: encode(noise("RGBA"), "PNG"),
    "deep png": lambda: encode(Image.fromarray(np.arange(90 * 120, dtype=np.uint16).reshape(90, 120)), "PNG"),
    "jp2": lambda: encode(noise(), "JPEG2000"),
    "webp": lambda: encode(noise(), "WEBP"),
    "gif": lambda: encode(noise("L"), "GIF"),
    "tiff": lambda: tiff(3),
    "pdf": lambda: pdf_bytes(3),
    "zip": lambda: zipped(
        ("b/2.jpg", jpeg(1)), ("b/10.pdf", pdf_bytes(2)), ("b/1.tif", tiff(2)), ("x.txt", b"")
    ),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("by_path", [True, False])
def test_pages_are_those_of_the_library(kind: str, by_path: bool, pool: ReaderPool, tmp_path: Path) -> None:
    data = FILES[kind]()
    path = tmp_path / "file"
    path.write_bytes(data)
    upload = Upload(path, pool=pool) if by_path else Upload(data=data, pool=pool)
    found, wanted = open_pages(upload, "scan"), mark.load_pages(data, name="scan")
    for page in wanted:
        other = next(found)
        for name in ("name", "sha256", "number", "dpi", "scale", "original_size", "source", "turn"):
            assert getattr(other, name) == getattr(page, name), name
        np.testing.assert_array_equal(other.pixels, page.pixels)
        assert (other.file is None) == (page.file is None)
        if other.file is not None and page.file is not None:
            assert (other.file.data, other.file.number, other.file.pages) == (
                page.file.data,
                page.file.number,
                page.file.pages,
            )
    assert next(found, None) is None


def test_pages_of_one_file_share_its_bytes(pool: ReaderPool) -> None:
    pages = list(open_pages(Upload(data=zipped(("a.pdf", pdf_bytes(3))), pool=pool), "a"))
    files = [page.file for page in pages]
    assert [file is not None and file.pages for file in files] == [3, 3, 3]
    assert len({id(file.data) for file in files if file}) == 1


def test_how_many_are_left_is_known(pool: ReaderPool) -> None:
    pages = open_pages(Upload(data=FILES["zip"](), pool=pool), "a")
    left = []
    for _ in range(5):
        left.append(pages.__length_hint__())
        next(pages)
    assert left == [3, 3, 2, 1, 1]
    assert next(pages, None) is None


def test_a_damaged_page_leaves_the_others(pool: ReaderPool) -> None:
    upload = Upload(data=zipped(("a.png", b"x"), ("b.jpg", jpeg()), ("c.pdf", pdf_bytes(2))), pool=pool)
    pages, told = open_pages(upload, "z"), []
    names = []
    while True:
        try:
            page = next(pages, None)
        except MarkError as error:
            told.append(str(error))
            continue
        if page is None:
            break
        names.append((page.name, page.number))
    assert names == [("b.jpg", 0), ("c.pdf", 0), ("c.pdf", 1)]
    assert [sentence.startswith("a.png: ") for sentence in told] == [True]


@pytest.mark.parametrize("data", [b"", b"x", b"%PDF-1.4", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n"])
def test_what_cannot_be_read_costs_the_sentence_of_the_library(data: bytes, pool: ReaderPool) -> None:
    with pytest.raises(MarkError) as told:
        next(mark.load_pages(data))
    with pytest.raises(MarkError) as same:
        next(open_pages(Upload(data=data, pool=pool), "page"))
    assert same.value.message == told.value.message


def test_a_file_that_is_gone_is_told(pool: ReaderPool, tmp_path: Path) -> None:
    with pytest.raises(MarkError, match="did not arrive"):
        open_pages(Upload(tmp_path / "gone.png", pool=pool), "gone")


PAGE = """<PcGts><Page imageFilename='a.png' imageWidth='120' imageHeight='90'><TextRegion><TextLine>
<Coords points='1,1 60,1 60,20'/><Baseline points='1,18 60,18'/></TextLine><TextLine readingDirection='right-to-left'>
<Word><Coords points='5,30 40,30 40,50 5,50' conf='0.5'/><TextEquiv><Unicode>ſehr</Unicode></TextEquiv></Word>
<Word><Coords points='NaN,1'/></Word></TextLine></TextRegion></Page></PcGts>"""
ALTO = """<alto><Description><MeasurementUnit>mm10</MeasurementUnit></Description><Layout><Page WIDTH='12' HEIGHT='9'>
<TextLine><String HPOS='1' VPOS='1' WIDTH='3' HEIGHT='2' CONTENT='a'/></TextLine></Page><Page/></Layout></alto>"""


@pytest.mark.parametrize("text", [PAGE, ALTO])
def test_layouts_are_those_of_the_library(text: str, pool: ReaderPool) -> None:
    found, wanted = Upload(data=text.encode(), pool=pool).layouts(), read_layout(text.encode())
    assert [vars(page) for page in found] == [vars(page) for page in wanted]


TEXTS = {
    "a.txt": b"one\n\n two  words\x0c\nthree",
    "a.csv": b"page,line,text\na.png,1,one\na.png,2,two\n",
    "a.tei": b"<TEI><text><body><pb facs='a.png'/><p><lb/>one<lb/>two</p></body></text></TEI>",
    "a.xml": ALTO.encode(),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_are_those_of_the_library(name: str, pool: ReaderPool) -> None:
    upload = Upload(data=TEXTS[name], pool=pool)
    found, wanted = upload.texts(name), read_transcript(TEXTS[name], name)
    assert found == wanted
    assert found[0].lines
    assert upload.kind() == peek(TEXTS[name])[0]


def test_layouts_of_a_zip_are_those_of_the_library(pool: ReaderPool) -> None:
    data = zipped(
        ("1.png", encode(noise(), "PNG")),
        ("page/1.xml", PAGE.encode()),
        ("alto/2.xml", ALTO.encode()),
        ("bad.xml", b"<a"),
        ("mets.xml", b"<mets/>"),
        ("tei.xml", b"<TEI/>"),
    )
    pages = open_pages(Upload(data=data, pool=pool), "z")
    assert isinstance(pages, MemberPages)
    ours, library = Layouts(), Layouts()
    assert add_archive(ours, pages.archive) == add_archive(library, Archive(data)) == ["bad.xml", "tei.xml"]
    page = next(pages)
    taken, wanted = ours.take(page), library.take(page)
    assert taken is not None
    assert wanted is not None
    assert (taken[0], vars(taken[1])) == (wanted[0], vars(wanted[1]))


SERVICE = {
    "@id": "https://example.org/i",
    "profile": ["http://iiif.io/api/image/2/level1.json", {"maxWidth": 500}],
    "width": 900,
    "height": 700,
    "secret": "not used",
}
IMAGE = {
    "@id": "https://example.org/i.jpg",
    "@type": "dctypes:Image",
    "service": SERVICE,
    "width": 900,
    "height": 700,
}
MANIFEST = {
    "@type": "sc:Manifest",
    "label": {"en": ["Letterbook"]},
    "sequences": [
        {
            "canvases": [
                {"@id": "c1", "label": "1r", "width": 90, "height": 70,
                 "images": [{"resource": IMAGE, "on": "c1#xywh=1,2,3,4"}]},
                {"@id": "c2", "label": "1v", "images": [{"resource": IMAGE}]},
            ]
        }
    ],
}  # fmt: skip
DOCUMENTS: list[Any] = [
    MANIFEST,
    {"@context": "http://iiif.io/api/image/2/context.json", **SERVICE},
    {
        "type": "Annotation",
        "target": {"id": "https://e.org/c", "type": "Canvas", "partOf": "https://e.org/m"},
    },
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_manifests_are_those_of_the_library(document: Any, pool: ReaderPool) -> None:
    data, state = json.dumps(document).encode(), ContentState("https://example.org/m", "c2")
    wanted = read_document(data, state, "name")
    found = IsolatedDecoder(pool).document(data, state, "name", True)
    assert found.shown == wanted.shown
    assert (found.title, found.manifest, found.selected, found.file) == (
        wanted.title,
        wanted.manifest,
        wanted.selected,
        wanted.file,
    )
    assert len(found.canvases) == len(wanted.canvases)
    for ours, canvas in zip(found.canvases, wanted.canvases, strict=True):
        assert (ours.number, ours.label, ours.id, ours.size) == (
            canvas.number, canvas.label, canvas.id, canvas.size
        )  # fmt: skip
        for one, other in zip(ours.paintings, canvas.paintings, strict=True):
            assert (one.image, one.service, one.size, one.region, one.target) == (
                other.image, other.service, other.size, other.region, other.target
            )  # fmt: skip
            kept = {key: value for key, value in other.description.items() if key != "secret"}
            assert one.description == kept


def test_an_address_is_read_by_a_process(pool: ReaderPool, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    monkeypatch.setenv("MARK_ALLOW_HOSTS", library.host)
    try:
        library.files["/a.png"] = encode(noise(), "PNG")
        address = f"{library.url}/a.png"
        listing = iiif_listing(address, decoder=IsolatedDecoder(pool))
        (page,) = mark.iiif_pages(listing, decoder=IsolatedDecoder(pool))
        np.testing.assert_array_equal(page.pixels, np.asarray(noise()))
        assert page.source is not None
        assert page.source.url == address
    finally:
        library.close()


FIELDS = {"sha256": "a", "dpi": 300.0, "scale": 1.0, "size": [4, 3]}


@pytest.mark.parametrize(
    ("fields", "pixels"),
    [
        ({"dpi": "300"}, np.zeros((3, 4, 3), np.uint8)),
        ({"scale": 2.0}, np.zeros((3, 4, 3), np.uint8)),
        ({"size": [0, 3]}, np.zeros((3, 4, 3), np.uint8)),
        ({"size": 3}, np.zeros((3, 4, 3), np.uint8)),
        ({"sha256": 1}, np.zeros((3, 4, 3), np.uint8)),
        ({}, np.zeros((3, 4), np.uint8)),
        ({}, np.zeros((3, 4, 3), np.float32)),
        ({}, np.zeros((0, 4, 3), np.uint8)),
    ],
)
def test_an_answer_that_is_none_costs_a_sentence(fields: dict[str, Any], pixels: np.ndarray) -> None:
    with pytest.raises(MarkError) as told, checked():
        to_page({**FIELDS, **fields}, pixels, "a", 0)
    assert told.value.message == BREAKS
    with pytest.raises(MarkError), checked():
        to_document({"title": "a", "canvases": [{"number": 0}], "shown": None, "selected": None})
