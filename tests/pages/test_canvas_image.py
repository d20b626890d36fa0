"""Canvases that show a part of an image, a turned one, or several; each against a small library on this computer."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

import mark_core as mark
from mark_core.pages.canvas_image import Page
from mark_core.pages.limits import MAX_PIECES
from mark_core.pages.turn import turned, turned_size
from tests.helpers.image_service import ImageService, Served
from tests.helpers.manifests import version2, version3

from .conftest import Library

SIZE = (260, 140)


def spread(size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture on which every place can be told: red grows to the right, green downwards."""
    x, y = np.meshgrid(np.linspace(0, 250, size[0]), np.linspace(0, 250, size[1]))
    return Image.fromarray(np.stack([x, y, np.full_like(x, 90)], axis=2).astype(np.uint8))


def pages(library: Library, canvas: dict[str, Any], *services: ImageService) -> tuple[list[Page], list[str]]:
    """The pages of a manifest of one canvas, and the sentences."""
    manifest = {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "type": "Manifest",
        "items": [canvas],
    }
    library.files = Served({"/m": json.dumps(manifest).encode()}, *services)
    told: list[str] = []
    found = mark.iiif_pages(f"{library.url}/m", allow=library.allow, notify=lambda one: told.append(str(one)))
    return list(found), told


def canvas(size: tuple[int, int], *painted: tuple[Any, str]) -> dict[str, Any]:
    """A canvas of (body, fragment) pairs."""
    notes = [
        {
            "type": "Annotation",
            "motivation": "painting",
            "body": body,
            "target": f"https://example.org/c{part}",
        }
        for body, part in painted
    ]
    items = [{"type": "AnnotationPage", "items": notes}]
    return {
        "id": "https://example.org/c",
        "type": "Canvas",
        "width": size[0],
        "height": size[1],
        "items": items,
    }


def of_part(body: dict[str, Any], **selector: Any) -> dict[str, Any]:
    return {"type": "SpecificResource", "source": body, "selector": {"type": "ImageApiSelector", **selector}}


def assert_shows(page: Page, expected: Image.Image, tolerance: int = 6) -> None:
    assert (page.width, page.height) == expected.size
    assert np.abs(page.pixels.astype(int) - np.asarray(expected).astype(int)).max() <= tolerance


RIGHT = (130, 0, 260, 140)
SELECTORS = [
    {"type": "ImageApiSelector", "region": "130,0,130,140"},
    {"region": "pct:50,0,50,100"},
    {"type": "FragmentSelector", "value": "xywh=130,0,130,140"},
    {"type": "FragmentSelector", "value": "xywh=percent:50,0,50,100"},
    [{"type": "FragmentSelector", "value": "xywh=pixel:130,0,130,140"}],
    {"type": "oa:Choice", "default": {"@type": "iiif:ImageApiSelector", "region": "130,0,130,140"}},
]


@pytest.mark.parametrize("selector", SELECTORS)
@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_region_is_the_page(library: Library, selector: Any, level: int) -> None:
    """Asked for where the service cuts, cut out here where it does not."""
    service = ImageService(library.url, "spread", spread(), level)
    service.ready = {"full/max"}
    body = {"type": "SpecificResource", "source": service.body(), "selector": selector}
    (page,), told = pages(library, canvas((130, 140), (body, "")), service)
    assert_shows(page, spread().crop(RIGHT))
    assert (page.original_size, page.scale, told) == ((130, 140), 1.0, [])
    assert page.source.canvas_part is None
    asked = "/img/spread/130,0,130,140/max/0/default.jpg" in library.paths
    assert asked == (level > 0)


def test_a_region_of_version_2(library: Library) -> None:
    service = ImageService(library.url, "spread", spread(), version=2)
    part = {"@type": "oa:SpecificResource", "full": service.body(), "selector": {"region": "130,0,130,140"}}
    library.files = Served({"/m": json.dumps(version2(part)).encode()}, service)
    (page,) = mark.iiif_pages(f"{library.url}/m", allow=library.allow)
    assert_shows(page, spread().crop(RIGHT))


def test_a_region_in_the_name_of_the_image(library: Library) -> None:
    service = ImageService(library.url, "spread", spread())
    body = service.body() | {"id": f"{service.base}/130,0,130,140/max/180/default.jpg"}
    (page,), _ = pages(library, canvas((130, 140), (body, "")), service)
    assert_shows(page, spread().crop(RIGHT).rotate(180))


def test_a_region_of_an_image_without_a_service(library: Library) -> None:
    """Counted in the pixels that the manifest states; the file is half as large."""
    small = ImageService(library.url, "small", spread().resize((130, 70)))
    body = {"id": f"{library.url}/img/small/full/max/0/default.jpg#xywh=130,0,130,140", "type": "Image"}
    body |= {"width": 260, "height": 140}
    (page,), _ = pages(library, canvas((130, 140), (body, "")), small)
    assert (page.width, page.height) == (65, 70)
    assert np.abs(page.pixels.astype(int) - np.asarray(spread().crop(RIGHT).resize((65, 70)))).max() <= 8


def test_a_region_at_working_size_counts_in_its_own_pixels(library: Library, monkeypatch) -> None:
    monkeypatch.setattr("mark_core.pages.image_service.WORKING_PIXELS", 130 * 140 // 4)
    service = ImageService(library.url, "spread", spread())
    (page,), _ = pages(
        library, canvas((130, 140), (of_part(service.body(), region="130,0,130,140"), "")), service
    )
    assert (page.width, page.height, page.original_size, page.scale) == (65, 70, (130, 140), 0.5)


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("rotation", ["90", 180, "270", "!0", "!90", "450", "-90"])
def test_a_turned_image_comes_as_it_is_painted(library: Library, rotation: Any, level: int) -> None:
    service = ImageService(library.url, "spread", spread(), level)
    body = of_part(service.body(), rotation=rotation)
    (page,), _ = pages(library, canvas((140, 260), (body, "")), service)
    text = str(rotation)
    expected = spread().transpose(Image.Transpose.FLIP_LEFT_RIGHT) if text.startswith("!") else spread()
    expected = expected.rotate(-int(text.lstrip("!")), expand=True)
    assert_shows(page, expected)
    assert page.original_size == expected.size
    assert page.file is None  # of the image that lies on its side


def test_a_region_is_cut_before_it_is_turned(library: Library) -> None:
    service = ImageService(library.url, "spread", spread())
    body = of_part(service.body(), region="130,0,130,100", rotation="90")
    (page,), _ = pages(library, canvas((100, 130), (body, "")), service)
    assert_shows(page, spread().crop((130, 0, 260, 100)).rotate(-90, expand=True))


def test_other_angles_grow_the_page() -> None:
    pixels = np.asarray(spread()).copy()
    pixels[70, 130] = (0, 0, 255)
    found = turned(pixels, 30.0)
    assert (found.shape[1], found.shape[0]) == turned_size(SIZE, 30.0) == (295, 251)
    assert found[100:150, 120:170, 2].max() > 150  # the middle stays in the middle
    back = turned(turned(pixels, 45.0), 315.0)
    rows, columns = (back.shape[0] - 140) // 2, (back.shape[1] - 260) // 2
    assert (
        np.abs(
            back[rows + 9 : rows + 130, columns + 9 : columns + 250].astype(int) - pixels[9:130, 9:250]
        ).mean()
        < 4
    )


def test_two_halves_are_one_page(library: Library) -> None:
    left = ImageService(library.url, "left", spread().crop((0, 0, 130, 140)))
    right = ImageService(library.url, "right", spread().crop(RIGHT).resize((65, 70)))  # less fine
    both = canvas((520, 280), (left.body(), "#xywh=0,0,260,280"), (right.body(), "#xywh=pct:50,0,50,100"))
    (page,), told = pages(library, both, left, right)
    assert_shows(page, spread(), 10)
    assert (page.original_size, page.scale, told) == (SIZE, 1.0, [])
    assert (page.source.canvas_size, page.source.canvas_part) == ((520, 280), None)


def test_pieces_on_a_part_of_the_canvas(library: Library) -> None:
    service = ImageService(library.url, "spread", spread())
    half = (of_part(service.body(), region="0,0,130,140"), "#xywh=100,50,260,280")
    other = (of_part(service.body(), region="130,0,130,140"), "#xywh=360,50,260,280")
    (page,), _ = pages(library, canvas((1000, 1000), half, other), service)
    assert_shows(page, spread())
    assert page.source.canvas_part == (100, 50, 520, 280)
    assert library.paths.count("/img/spread/info.json") == 1


def test_a_later_piece_lies_on_an_earlier_one(library: Library) -> None:
    page_itself = ImageService(library.url, "a", spread())
    initial = ImageService(library.url, "b", Image.new("RGB", (40, 40), (0, 0, 255)))
    shown = canvas(SIZE, (page_itself.body(), ""), (initial.body(), "#xywh=20,30,40,40"))
    (page,), told = pages(library, shown, page_itself, initial)
    assert page.pixels[50, 40].tolist() == [0, 0, 255]
    assert np.abs(page.pixels[100:, :].astype(int) - np.asarray(spread())[100:]).max() <= 6
    assert told == []


def test_an_image_on_a_part_of_the_canvas(library: Library) -> None:
    service = ImageService(library.url, "spread", spread())
    target = {
        "source": "https://example.org/c",
        "selector": {"type": "FragmentSelector", "value": "xywh=100,130,520,280"},
    }
    part = canvas((1000, 1000), (service.body(), ""))
    part["items"][0]["items"][0]["target"] = {"type": "SpecificResource", **target}
    (page,), _ = pages(library, part, service)
    assert_shows(page, spread())
    assert page.source.canvas_part == (100, 130, 520, 280)
    assert page.file is not None


def test_views_of_one_page_are_not_laid_upon_each_other(library: Library) -> None:
    daylight = ImageService(library.url, "a", spread())
    ultraviolet = ImageService(library.url, "b", Image.new("RGB", SIZE, (90, 0, 90)))
    (page,), told = pages(
        library, canvas(SIZE, (daylight.body(), ""), (ultraviolet.body(), "")), daylight, ultraviolet
    )
    assert_shows(page, spread())
    assert told == ["page 1: several images lie on the same place of this page, and the first is read."]


def test_a_missing_piece_is_told(library: Library) -> None:
    left = ImageService(library.url, "left", spread().crop((0, 0, 130, 140)))
    gone = {"id": f"{library.url}/gone.jpg", "type": "Image"}
    halves = canvas(SIZE, (left.body(), "#xywh=0,0,130,140"), (gone, "#xywh=130,0,130,140"))
    (page,), told = pages(library, halves, left)
    assert ((page.width, page.height), page.source.canvas_part) == (SIZE, None)
    assert np.abs(page.pixels[:, :130].astype(int) - np.asarray(spread())[:, :130]).max() <= 6
    (sentence,) = told
    assert sentence.startswith("page 1: 127.0.0.1 has nothing")
    assert sentence.endswith("This piece of the page is left out.")
    with pytest.raises(mark.MarkError, match="has nothing"):
        pages(library, canvas(SIZE, (gone, "#xywh=0,0,130,140"), (gone, "#xywh=130,0,130,140")))


def test_pieces_stay_within_the_limits(library: Library, monkeypatch) -> None:
    for module in ("image_service", "canvas_image", "decode"):
        monkeypatch.setattr(f"mark_core.pages.{module}.WORKING_PIXELS", SIZE[0] * SIZE[1] // 4)
    service = ImageService(library.url, "spread", spread())
    step = 260 / (MAX_PIECES + 10)
    many = [
        (service.body(), f"#xywh={round(step * n, 3)},0,{round(step, 3)},140") for n in range(MAX_PIECES + 10)
    ]
    (page,), told = pages(library, canvas(SIZE, *many), service)
    assert page.width * page.height <= SIZE[0] * SIZE[1] // 4
    assert told == ["page 1: this page is pieced together of 60 images, and only the first 50 are read."]


def test_contexts_of_the_image_api_do_not_hide_a_manifest(library: Library) -> None:
    service = ImageService(library.url, "spread", spread())
    contexts = ["http://iiif.io/api/image/2/context.json", "http://iiif.io/api/presentation/3/context.json"]
    for order in (contexts, contexts[::-1]):
        manifest = version3(service.body()) | {"@context": order}
        library.files = Served({"/m": json.dumps(manifest).encode()}, service)
        (page,) = mark.iiif_pages(f"{library.url}/m", allow=library.allow)
        assert_shows(page, spread())


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize(("working", "expected"), [(10**6, SIZE), (SIZE[0] * SIZE[1] // 4, (130, 70))])
def test_tiles_alone_are_put_together(
    library: Library, version: int, working: int, expected: tuple[int, int], monkeypatch
) -> None:
    for module in ("image_service", "canvas_image"):
        monkeypatch.setattr(f"mark_core.pages.{module}.WORKING_PIXELS", working)
    service = ImageService(library.url, "spread", spread(), 0, version, tile=50, factors=(1, 2, 4))
    manifest = version3(service.body()) if version == 3 else version2(service.body())
    library.files = Served({"/m": json.dumps(manifest).encode()}, service)
    (page,) = mark.iiif_pages(f"{library.url}/m", allow=library.allow)
    assert_shows(page, spread().resize(expected), 8)
    assert page.original_size == SIZE


def test_a_region_of_tiles(library: Library) -> None:
    service = ImageService(library.url, "spread", spread(), 0, tile=64, factors=(1, 2))
    (page,), _ = pages(
        library, canvas((130, 140), (of_part(service.body(), region="130,0,130,140"), "")), service
    )
    assert_shows(page, spread().crop(RIGHT), 8)


def test_too_many_tiles_are_not_fetched(library: Library, monkeypatch) -> None:
    monkeypatch.setattr("mark_core.pages.tiles.MAX_TILES", 5)
    service = ImageService(library.url, "spread", spread(), 0, tile=50, factors=(1,))
    with pytest.raises(mark.MarkError, match=r"has nothing|in tiles only"):
        pages(library, canvas(SIZE, (service.body(), "")), service)
    assert len(library.paths) < 6


def test_a_tile_of_another_size_is_refused(library: Library) -> None:
    service = ImageService(library.url, "spread", spread(), 0, tile=50, factors=(1,))
    service.answer = lambda path, real=service.answer: (
        real(path) if "info" in path or "full" in path else real("/img/spread/0,0,50,50/50,50/0/default.jpg")
    )
    with pytest.raises(mark.MarkError, match="other tiles"):
        pages(library, canvas(SIZE, (service.body(), "")), service)
