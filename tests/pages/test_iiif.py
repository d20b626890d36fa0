"""Whole ways from a web address to pages, against a small library on this computer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image, ImageDraw

import mark_core as mark
from mark_core.cli.main import main
from mark_core.pages.iiif import is_url
from mark_core.pages.page import PageSource
from tests.helpers.manifests import version2, version3
from tests.helpers.page_files import encode, pdf_bytes, zipped

from .conftest import Library, send

FULL = (240, 300)  # width, height of the library's images
WORKING = 240 * 300 // 4  # so that half the width is asked for


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch) -> None:
    monkeypatch.setattr("mark_core.pages.image_service.WORKING_PIXELS", WORKING)


def scan(number: int, width: int, height: int) -> bytes:
    """Light paper with a dark bar whose width tells the number of the page."""
    image = Image.new("L", FULL, 220)
    ImageDraw.Draw(image).rectangle((0, 0, 40 * (number + 1) - 1, 299), fill=30)
    return encode(image.resize((width, height)), "JPEG")


def number_of(page: mark.Page) -> int:
    return round(float((page.grey[page.height // 2] < 120).mean()) * 6) - 1


def serve_image(library: Library, number: int, version: int, **more: object) -> str:
    """An image service of level 2, or of the sizes listed in ``more`` only. Returns its base URI."""
    base = f"{library.url}/iiif/{number}"
    info = {"width": FULL[0], "height": FULL[1], "protocol": "http://iiif.io/api/image", **more}
    if version >= 3:
        info |= {"id": base, "type": "ImageService3", "@context": "http://iiif.io/api/image/3/context.json"}
    else:
        info |= {"@id": base, "@context": "http://iiif.io/api/image/2/context.json"}
    info.setdefault("profile", "level2" if version >= 3 else ["http://iiif.io/api/image/2/level2.json"])
    library.files[f"/iiif/{number}/info.json"] = json.dumps(info).encode()
    listed = [(size["width"], size["height"]) for size in info.get("sizes", [])]
    whole = "max" if version >= 3 else "full"
    for width, height in listed or [(w, round(w * FULL[1] / FULL[0])) for w in range(1, FULL[0])]:
        for size in (f"{width},", f"{width},{height}"):
            path = f"/iiif/{number}/full/{size}/0/default.jpg"
            library.files[path] = lambda h, w=width, hh=height: send(h, scan(number, w, hh))
    library.files[f"/iiif/{number}/full/{whole}/0/default.jpg"] = lambda h: send(h, scan(number, *FULL))
    return base


def image(base: str, version: int) -> dict:
    if version >= 3:
        service = {"id": base, "type": "ImageService3", "profile": "level2"}
        return {"id": f"{base}/full/max/0/default.jpg", "type": "Image", "service": [service]}
    service = {"@id": base, "@context": "http://iiif.io/api/image/2/context.json"}
    return {"@id": f"{base}/full/full/0/default.jpg", "@type": "dctypes:Image", "service": service}


def serve_manifest(library: Library, version: int, count: int = 3, **more: object) -> str:
    bodies = [image(serve_image(library, n, version, **more), version) for n in range(count)]
    manifest = version3(*bodies) if version >= 3 else version2(*bodies)
    for n, canvas in enumerate(manifest.get("items") or manifest["sequences"][0]["canvases"]):
        canvas["label"] = {"none": [f"f. {n + 1}r"]} if version >= 3 else f"f. {n + 1}r"
    library.files["/manifest"] = json.dumps(manifest).encode()
    return f"{library.url}/manifest"


@pytest.mark.parametrize("version", [2, 3])
def test_a_manifest_becomes_pages(library: Library, version: int) -> None:
    url = serve_manifest(library, version)
    told = []
    pages = list(mark.iiif_pages(url, lambda *step: told.append(step), library.allow))
    assert [page.name for page in pages] == ["f. 1r", "f. 2r", "f. 3r"]
    assert [page.number for page in pages] == [number_of(page) for page in pages] == [0, 1, 2]
    for n, page in enumerate(pages):
        assert (page.width, page.height) == (120, 150)
        assert page.original_size == FULL
        assert page.scale == 0.5
        assert page.source == PageSource(
            url=f"{library.url}/iiif/{n}/full/120,/0/default.jpg",
            manifest=url,
            canvas=f"https://example.org/canvas/{n}",
            canvas_size=(900, 1200),
            service=f"{library.url}/iiif/{n}",
        )
    assert told == [(0, 3, "f. 1r"), (1, 3, "f. 2r"), (2, 3, "f. 3r"), (3, 3, "f. 3r")]


def test_pages_are_fetched_when_their_turn_comes(library: Library) -> None:
    pages = mark.iiif_pages(serve_manifest(library, 3), allow=library.allow)
    assert library.paths == ["/manifest"]
    next(pages)
    assert library.paths[1:] == ["/iiif/0/info.json", "/iiif/0/full/120,/0/default.jpg"]


def test_a_listing_is_cheap_and_not_fetched_twice(library: Library) -> None:
    listing = mark.iiif_listing(serve_manifest(library, 2), library.allow)
    assert listing.title == "Letterbook"
    assert listing.manifest
    assert [canvas.label for canvas in listing.canvases] == ["f. 1r", "f. 2r", "f. 3r"]
    pages = list(mark.iiif_pages(listing, allow=library.allow, numbers=[2, 0, 7]))
    assert [page.name for page in pages] == ["f. 1r", "f. 3r"]
    assert library.paths.count("/manifest") == 1
    with pytest.raises(mark.MarkError, match="None of the pages"):
        mark.iiif_pages(listing, allow=library.allow, numbers=[7])


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("suffix", ["/info.json", ""])
def test_a_single_image(library: Library, version: int, suffix: str) -> None:
    base = serve_image(library, 1, version)
    library.files["/iiif/1"] = lambda h: send(h, b"", 303, Location=f"{base}/info.json")
    (page,) = mark.iiif_pages(base + suffix, allow=library.allow)
    assert number_of(page) == 1
    assert page.name == "1"
    assert (page.width, page.original_size) == (120, FULL)
    assert page.source == PageSource(f"{base}/full/120,/0/default.jpg", service=base)
    assert library.paths.count("/iiif/1/info.json") == 1


@pytest.mark.parametrize("version", [2, 3])
def test_a_service_of_ready_sizes(library: Library, version: int) -> None:
    sizes = [{"width": w, "height": w * 5 // 4} for w in (40, 100, 200)]
    profile = "level0" if version >= 3 else ["http://iiif.io/api/image/2/level0.json"]
    (page,) = mark.iiif_pages(
        serve_manifest(library, version, 1, sizes=sizes, profile=profile), allow=library.allow
    )
    assert page.width == 100
    assert page.scale == pytest.approx(100 / 240)


def test_a_plain_image(library: Library) -> None:
    library.files["/scans/letter%201.jpg?x=1"] = scan(2, *FULL)
    (page,) = mark.iiif_pages(f"{library.url}/scans/letter%201.jpg?x=1", allow=library.allow)
    assert page.name == "letter 1.jpg"
    assert number_of(page) == 2
    assert page.scale == 1
    assert page.source == PageSource(f"{library.url}/scans/letter%201.jpg?x=1")
    assert len(library.requests) == 1


def test_other_files_are_read_as_if_they_were_here(library: Library) -> None:
    library.files["/book.pdf"] = pdf_bytes(2)
    pages = list(mark.iiif_pages(f"{library.url}/book.pdf", allow=library.allow))
    assert [(page.name, page.number) for page in pages] == [("book.pdf", 0), ("book.pdf", 1)]
    library.files["/book.zip"] = zipped(("2.jpg", scan(1, *FULL)), ("1.jpg", scan(0, *FULL)))
    pages = list(mark.iiif_pages(f"{library.url}/book.zip", allow=library.allow))
    assert [page.name for page in pages] == ["1.jpg", "2.jpg"]
    assert pages[0].source == PageSource(f"{library.url}/book.zip")


def test_the_kind_is_told_from_the_content(library: Library) -> None:
    library.files["/a.json"] = lambda h: send(h, scan(1, *FULL), Content_Type="application/json")
    assert number_of(next(mark.iiif_pages(f"{library.url}/a.json", allow=library.allow))) == 1
    serve_manifest(library, 3)
    body = b"\xef\xbb\xbf \n" + library.files["/manifest"]
    library.files["/a.jpg"] = lambda h: send(h, body, Content_Type="image/jpeg")
    assert mark.iiif_listing(f"{library.url}/a.jpg", library.allow).title == "Letterbook"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"type": "Manifest", ', "damaged"),
        (b'{"a":' * 100_000, "damaged"),
        (b'{"a": ' + b"9" * 5000 + b"}", "damaged"),
        (b'{"\xff": 1}', "damaged"),
        (b'{"type": "Manifest", "items": []}', "no images"),
        (b'{"type": "Collection", "items": []}', "collection"),
        (b'{"message": "no such book"}', "not a IIIF manifest"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"[]", "not an image"),
        (b"", "empty"),
        (b'{"protocol": "http://iiif.io/api/image", "width": 10}', "how large"),
        (json.dumps({"type": "Manifest", "items": [{}] * 2001}).encode(), "2001 pages, and at most 2000"),
    ],
)
def test_unusable_answers(library: Library, body: bytes, sentence: str) -> None:
    library.files["/a"] = body
    with pytest.raises(mark.MarkError, match=sentence) as caught:
        list(mark.iiif_pages(f"{library.url}/a", allow=library.allow))
    assert re.search(r"\.$", str(caught.value))
    assert not re.search(r"Traceback|JSON|httpcore|Error", str(caught.value))


def test_a_manifest_too_large_to_be_parsed(library: Library, monkeypatch) -> None:
    url = serve_manifest(library, 3)
    monkeypatch.setattr(
        "mark_core.pages.fetched.document.MAX_JSON_BYTES", len(library.files["/manifest"]) - 1
    )
    with pytest.raises(mark.MarkError, match="larger than"):
        mark.iiif_listing(url, library.allow)


def test_a_missing_page_leaves_the_others(library: Library) -> None:
    url = serve_manifest(library, 3)
    for path in [path for path in library.files if path.startswith("/iiif/1/")]:
        del library.files[path]
    library.files["/iiif/0/full/120,/0/default.jpg"] = b"no image"
    pages = mark.iiif_pages(url, allow=library.allow)
    with pytest.raises(mark.MarkError, match=r"^f\. 1r: This file is not an image"):
        next(pages)
    with pytest.raises(mark.MarkError, match=r"^f\. 2r: 127\.0\.0\.1 has nothing"):
        next(pages)
    assert next(pages).name == "f. 3r"
    assert next(pages, None) is None


def test_a_refused_size_is_asked_for_otherwise(library: Library) -> None:
    url = serve_manifest(library, 2, 1)
    del library.files["/iiif/0/full/120,/0/default.jpg"]
    (page,) = mark.iiif_pages(url, allow=library.allow)
    assert page.source.url.endswith("/full/120,150/0/default.jpg")
    del library.files["/iiif/0/full/120,150/0/default.jpg"]
    (page,) = mark.iiif_pages(url, allow=library.allow)
    assert page.source.url.endswith("/full/full/0/default.jpg")
    assert (page.width, page.scale) == (240, 1)


def test_a_manifest_that_outlived_its_image_service(library: Library) -> None:
    url = serve_manifest(library, 2, 1)
    kept = "/iiif/0/full/full/0/default.jpg"
    library.files = {path: body for path, body in library.files.items() if path in ("/manifest", kept)}
    (page,) = mark.iiif_pages(url, allow=library.allow)
    assert page.original_size == FULL
    assert page.source.url == library.url + kept


def test_a_picture_of_another_shape_is_not_scaled(library: Library) -> None:
    url = serve_manifest(library, 3, 1)
    library.files["/iiif/0/full/120,/0/default.jpg"] = lambda h: send(h, scan(0, 120, 120))
    (page,) = mark.iiif_pages(url, allow=library.allow)
    assert (page.scale, page.original_size) == (1, (120, 120))


@pytest.mark.parametrize(
    "target", ["http://localhost:{}/secret", "http://169.254.169.254/", "file:///etc/passwd"]
)
def test_a_manifest_cannot_point_inside(library: Library, target: str) -> None:
    """Neither an image, nor a service, nor a redirect of either reaches what is not allowed."""
    inside = target.format(library.port)
    library.files["/secret"] = library.files["/secret/info.json"] = scan(0, *FULL)
    library.files["/away"] = lambda h: send(h, b"", 302, Location=inside)
    bodies = [
        {"id": inside, "type": "Image"},
        {"id": f"{library.url}/away", "type": "Image"},
        {"type": "Image", "service": [{"id": inside, "type": "ImageService3"}]},
    ]
    library.files["/manifest"] = json.dumps(version3(*bodies)).encode()
    pages = mark.iiif_pages(f"{library.url}/manifest", allow=library.allow)
    for _ in bodies:
        with pytest.raises(mark.MarkError, match=r"^f\. 1r: .*(public internet|https://)"):
            next(pages)
    assert set(library.paths) == {"/manifest", "/away"}


def test_a_slow_library_is_given_up(library: Library, monkeypatch) -> None:
    monkeypatch.setattr("mark_core.pages.iiif.TOTAL_FETCH_SECONDS", 0.0)
    pages = mark.iiif_pages(serve_manifest(library, 3), allow=library.allow)
    with pytest.raises(mark.MarkError, match="too slowly"):
        next(pages)
    assert len(library.requests) <= 2


@pytest.mark.parametrize(
    "link",
    [
        "https://viewer.example.org/?manifest={}&canvas=https://example.org/canvas/2",
        "https://viewer.example.org/uv.html#?c=0&manifest={}",
        "https://viewer.example.org/embed/?iiif-content={}",
        "https://viewer.example.org/#manifest={}",
    ],
)
def test_a_link_of_a_viewer_names_its_manifest(library: Library, link: str) -> None:
    url = serve_manifest(library, 3)
    for written in (url, quote(url, safe="")):
        assert mark.iiif_listing(link.format(written), library.allow).url == url


def test_a_parameter_that_is_no_address_is_left_alone(library: Library) -> None:
    library.files["/letter.jpg?manifest=7"] = scan(2, *FULL)
    assert mark.iiif_listing(f"{library.url}/letter.jpg?manifest=7", library.allow).title == "letter.jpg"


def test_progress_reaches_its_end_after_a_failure(library: Library) -> None:
    url = serve_manifest(library, 3, 1)
    library.files["/iiif/0/full/120,/0/default.jpg"] = b"no image"
    told = []
    with pytest.raises(mark.MarkError, match="not an image"):
        next(mark.iiif_pages(url, lambda *step: told.append(step), library.allow))
    assert told == [(0, 1, "f. 1r"), (1, 1, "f. 1r")]


def test_what_is_an_address() -> None:
    assert is_url("https://example.org/manifest")
    assert is_url(" HTTP://example.org")
    assert not is_url("letters/http.jpg")
    assert not is_url("ftp://example.org")


def writing(lines: int = 6) -> bytes:
    """A page with words of strokes, enough to be segmented."""
    rng = np.random.default_rng(0)
    page = Image.new("L", (900, 120 * lines + 80), 225)
    draw = ImageDraw.Draw(page)
    for line in range(lines):
        for word in range(4):
            x, y = 60 + 210 * word, 80 + 120 * line
            for stroke in range(8):
                top = y - int(rng.integers(0, 25))
                draw.line((x + 18 * stroke, y + 30, x + 18 * stroke + 12, top), fill=30, width=5)
    return encode(page, "PNG")


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    return code, *capsys.readouterr()


@pytest.fixture
def allowed(library: Library, monkeypatch) -> Callable[[], None]:
    monkeypatch.setenv("MARK_ALLOW_HOSTS", library.allow[0])
    monkeypatch.setattr("mark_core.pages.image_service.WORKING_PIXELS", 16_000_000)


def served_writing(library: Library, pages: int) -> str:
    library.files["/p.png"] = writing()
    bodies = [{"id": f"{library.url}/{'p.png' if n != 1 else 'gone'}", "type": "Image"} for n in range(pages)]
    library.files["/manifest"] = json.dumps(version3(*bodies)).encode()
    return f"{library.url}/manifest"


@pytest.mark.usefixtures("allowed")
def test_segment_takes_an_address(library: Library, capsys) -> None:
    code, out, err = run(capsys, "segment", served_writing(library, 3), "--json")
    rows = json.loads(out)
    assert code == 0
    assert [(row["page"], row["number"]) for row in rows] == [("f. 1r", 0), ("f. 1r", 2)]
    assert all(row["words"] for row in rows)
    assert "f. 1r: 127.0.0.1 has nothing at this address" in err


@pytest.mark.usefixtures("allowed")
def test_index_and_search_take_an_address_and_keep_the_source(library: Library, capsys, tmp_path) -> None:
    url = served_writing(library, 1)
    assert run(capsys, "index", url, "--out", tmp_path / "index", "--json")[0] == 0
    (page,) = mark.WordIndex.load(tmp_path / "index", mark.load_model()).pages
    assert page.page.source == PageSource(
        f"{library.url}/p.png", manifest=url, canvas="https://example.org/canvas/0", canvas_size=(900, 1200)
    )
    code, out, _ = run(capsys, "search", url, "--text", "word", "--top", 1, "--json")
    assert code == 0
    assert json.loads(out)[0]["page"] == "f. 1r"


def test_the_command_line_refuses_what_is_not_allowed(library: Library, capsys) -> None:
    code, out, err = run(capsys, "segment", served_writing(library, 1))
    assert (code, out) == (2, "")
    assert err == "mark: The server 127.0.0.1 is not on the public internet, so nothing is fetched from it.\n"


@pytest.mark.usefixtures("allowed")
def test_the_command_line_gives_up_after_three_failures(library: Library, capsys) -> None:
    bodies = [{"id": f"{library.url}/gone/{n}", "type": "Image"} for n in range(5)]
    library.files["/manifest"] = json.dumps(version3(*bodies)).encode()
    code, _, err = run(capsys, "segment", f"{library.url}/manifest")
    assert code == 2
    assert err.count("has nothing at this address") == 3
    assert len(library.requests) == 4


def test_an_index_of_before_sources_is_read(tmp_path, random_model) -> None:
    index = mark.WordIndex(random_model)
    index.add(mark.load_page(writing()))
    index.save(tmp_path)
    description = json.loads((tmp_path / "index.json").read_text())
    assert description["pages"][0].pop("source") is None
    (tmp_path / "index.json").write_text(json.dumps(description))
    assert mark.WordIndex.load(tmp_path, random_model).pages[0].page.source is None
    description["pages"][0]["source"] = {"url": None}
    (tmp_path / "index.json").write_text(json.dumps(description))
    with pytest.raises(mark.MarkError, match="damaged"):
        mark.WordIndex.load(tmp_path, random_model)
