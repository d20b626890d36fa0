"""Which size is asked for: large enough to read, within the limits of both sides."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core.pages.image_service import image_urls, is_info, read_info
from mark_core.pages.limits import WORKING_PIXELS

BASE = "https://images.example.org/iiif/f1"
CONTEXT = "http://iiif.io/api/image/{}/context.json"


def info(version: int, width: int, height: int, level: int = 2, **more: object) -> dict:
    """An info.json; limits go where the version wants them."""
    if version >= 3:
        return {"@context": CONTEXT.format(3), "id": BASE, "type": "ImageService3", "protocol": "http://iiif.io/api/image",
                "profile": f"level{level}", "width": width, "height": height, **more}  # fmt: skip
    top = {key: more.pop(key) for key in ("sizes", "tiles") if key in more}
    profile = [f"http://iiif.io/api/image/2/level{level}.json", *([more] if more else [])]
    return {"@context": CONTEXT.format(2), "@id": BASE, "protocol": "http://iiif.io/api/image", "profile": profile,
            "width": width, "height": height, **top}  # fmt: skip


def sizes_asked(document: dict) -> list[str]:
    assert is_info(document)
    return [
        re.fullmatch(f"{BASE}/full/([^/]+)/0/default.jpg", url)[1]
        for url in image_urls(read_info(document, BASE))
    ]


def pairs(*sizes: tuple[int, int]) -> list[dict]:
    return [{"width": w, "height": h} for w, h in sizes]


@pytest.mark.parametrize(("version", "most"), [(2, "full"), (3, "max")])
def test_a_small_image_is_asked_for_whole(version: int, most: str) -> None:
    assert sizes_asked(info(version, 3000, 4000))[0] == most
    assert sizes_asked(info(version, 3000, 4000, level=0))[0] == most


@pytest.mark.parametrize(("version", "most"), [(2, "full"), (3, "max")])
def test_a_large_image_is_asked_for_at_the_working_size(version: int, most: str) -> None:
    asked = sizes_asked(info(version, 9000, 12000, level=1))
    width = int(asked[0].removesuffix(","))
    assert asked[0] == f"{width},"
    assert 0.999 * WORKING_PIXELS < width * width * 4 / 3 <= WORKING_PIXELS
    assert asked[-1] == most


@pytest.mark.parametrize("version", [2, 3])
def test_limits_of_the_service(version: int) -> None:
    assert sizes_asked(info(version, 6000, 4000, maxWidth=3000))[0] == "3000,"
    assert sizes_asked(info(version, 4000, 6000, maxWidth=3000))[0] == "2000,"  # maxHeight is maxWidth
    assert sizes_asked(info(version, 6000, 4000, maxWidth=5000, maxHeight=1000))[0] == "1500,"
    assert sizes_asked(info(version, 6000, 4000, maxArea=1_500_000))[0] == "1500,"
    assert sizes_asked(info(version, 6000, 4000, maxWidth=3000))[-1] == "max"
    assert sizes_asked(info(version, 3000, 2000, maxWidth=9000))[0] in ("full", "max")


@pytest.mark.parametrize(
    ("sizes", "wanted"),
    [
        ([(750, 1000), (1500, 2000), (3000, 4000), (6000, 8000)], "3000,4000"),
        ([(6000, 8000), (3000, 4000), (750, 1000)], "3000,4000"),
        ([(750, 1000), (1500, 2000), (6000, 8000)], "6000,8000"),
        ([(750, 1000), (1500, 2000)], "1500,2000"),  # the full image could not be read
        ([], "max"),
    ],
)
def test_ready_sizes_only(sizes: list, wanted: str) -> None:
    assert sizes_asked(info(3, 15000, 20000, level=0, sizes=pairs(*sizes)))[0] == wanted
    asked = sizes_asked(info(2, 15000, 20000, level=0, sizes=pairs(*sizes)))
    assert asked[0] == (wanted.split(",")[0] + "," if sizes else "full")
    assert asked[1] == wanted or not sizes


def test_ready_sizes_beside_a_readable_full_image() -> None:
    assert sizes_asked(info(3, 6000, 8000, level=0, sizes=pairs((300, 400))))[0] == "max"
    assert sizes_asked(info(3, 3000, 4000, level=0, sizes=pairs((300, 400), (3000, 4000))))[0] == "max"


@pytest.mark.parametrize("version", [2, 3])
def test_features_count_beside_the_level(version: int) -> None:
    key = "supports" if version == 2 else "extraFeatures"
    assert sizes_asked(info(version, 9000, 12000, level=0, **{key: ["sizeByW"]}))[0].endswith(",")
    assert sizes_asked(info(version, 9000, 12000, level=0, **{key: ["rotationArbitrary"]}))[0] in (
        "full",
        "max",
    )


def test_the_first_version_calls_its_quality_native() -> None:
    document = {"@context": "http://library.stanford.edu/iiif/image-api/1.1/context.json", "width": 10, "height": 20,
                "profile": "http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level2"}  # fmt: skip
    assert is_info(document)
    assert image_urls(read_info(document, BASE))[0] == f"{BASE}/full/full/0/native.jpg"


@pytest.mark.parametrize(
    "document", [{}, {"width": 10}, {"width": "wide", "height": 10}, {"width": 0, "height": 5}]
)
def test_without_a_size(document: dict) -> None:
    assert read_info(document, BASE) is None


LENGTH = st.integers(1, 30_000)
LIMIT = st.none() | LENGTH


@given(LENGTH, LENGTH, LIMIT, LIMIT, st.none() | st.integers(1, 10**9))
def test_no_limit_is_ever_passed(width: int, height: int, max_width, max_height, max_area) -> None:
    limits = {"maxWidth": max_width, "maxHeight": max_height if max_width else None, "maxArea": max_area}
    asked = sizes_asked(info(3, width, height, **{k: v for k, v in limits.items() if v}))[0]
    if asked == "max":
        return
    w = int(asked.removesuffix(","))
    h = math.ceil(height * w / width)  # the server may round either way
    assert 1 <= w <= width
    if w > 1:
        assert w <= (max_width or width)
        assert h <= (max_height or max_width or height) if max_width else True
        assert w * h <= min(max_area or WORKING_PIXELS, WORKING_PIXELS)


VALUES = (
    st.integers()
    | st.text(max_size=3)
    | st.lists(st.dictionaries(st.just("width"), st.integers()))
    | st.none()
)
KEYS = st.sampled_from(["width", "height", "profile", "sizes", "maxWidth", "maxArea", "supports", "@context"])


@given(st.dictionaries(KEYS, VALUES))
def test_any_description_is_survived(document: dict) -> None:
    service = read_info(document, BASE)
    assert service is None or all(url.startswith(BASE) for url in image_urls(service))
