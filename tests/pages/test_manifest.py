"""Manifests of both versions, as the specifications and as libraries write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mark_core as mark
from mark_core.pages.manifest import identifier, read_manifest, text_of, whole
from tests.helpers.manifests import version2, version3

SERVICE = "https://images.example.org/iiif/f1"


IMAGE2 = {
    "@id": f"{SERVICE}/full/full/0/default.jpg",
    "@type": "dctypes:Image",
    "service": {
        "@id": f"{SERVICE}/",
        "@context": "http://iiif.io/api/image/2/context.json",
        "profile": "level1",
    },
}
IMAGE3 = {
    "id": f"{SERVICE}/full/max/0/default.jpg",
    "type": "Image",
    "service": [
        {
            "@id": "https://example.org/auth",
            "@type": "AuthCookieService1",
            "profile": "http://iiif.io/api/auth/1/login",
        },
        {"id": SERVICE, "type": "ImageService3", "profile": "level2"},
    ],
}


@pytest.mark.parametrize("manifest", [version2(IMAGE2, IMAGE2), version3(IMAGE3, IMAGE3)])
def test_both_versions_say_the_same(manifest: dict) -> None:
    title, canvases = read_manifest(manifest)
    assert title == "Letterbook"
    assert [canvas.number for canvas in canvases] == [0, 1]
    second = canvases[1]
    assert second.label == "f. 1r"
    assert second.id == "https://example.org/canvas/1"
    assert second.size == (900, 1200)
    assert second.service == SERVICE
    assert second.image in (IMAGE2["@id"], IMAGE3["id"])


@pytest.mark.parametrize(
    "manifest",
    [
        version2(
            {"@type": "oa:Choice", "default": IMAGE2, "item": [{"@id": "https://example.org/ultraviolet"}]}
        ),
        version2({"@type": "oa:SpecificResource", "full": IMAGE2, "selector": {"region": "0,0,9,9"}}),
        version3(
            {"type": "Choice", "items": [IMAGE3, {"id": "https://example.org/ultraviolet", "type": "Image"}]}
        ),
        version3({"type": "SpecificResource", "source": IMAGE3}),
        version3([{"id": "https://example.org/words", "type": "TextualBody"}, IMAGE3]),
        version3(IMAGE3 | {"service": [{"@id": SERVICE, "@type": "ImageService2"}]}),
        version3(IMAGE3 | {"service": {"id": SERVICE, "type": "ImageService3"}}),
        version2(IMAGE2 | {"service": {"@id": SERVICE}}),
        version2(IMAGE2 | {"service": SERVICE}),
    ],
)
def test_ways_to_name_an_image(manifest: dict) -> None:
    (canvas,) = read_manifest(manifest)[1]
    assert canvas.service == SERVICE


def test_an_image_without_a_service() -> None:
    (canvas,) = read_manifest(version3({"id": "https://example.org/a.jpg", "type": "Image"}))[1]
    assert canvas.image == "https://example.org/a.jpg"
    assert canvas.service is None
    (canvas,) = read_manifest(version2("https://example.org/a.jpg"))[1]
    assert canvas.image == "https://example.org/a.jpg"


def test_canvases_without_an_image_keep_their_number() -> None:
    video = {"id": "https://example.org/a.mp4", "type": "Video", "format": "video/mp4"}
    assert [canvas.number for canvas in read_manifest(version2(None, IMAGE2, None, IMAGE2))[1]] == [1, 3]
    assert [canvas.number for canvas in read_manifest(version3(video, IMAGE3))[1]] == [1]


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("f. 1r", "f. 1r"),
        ("  f.\n 1r \x00", "f. 1r"),
        (["", "f. 1r"], "f. 1r"),
        ({"@value": "f. 1r", "@language": "en"}, "f. 1r"),
        ([{"@language": "fr", "@value": "f. 1r"}], "f. 1r"),
        ({"de": ["Bl. 1r"], "none": ["f. 1r"]}, "f. 1r"),
        ({"de": [], "en": ["f. 1r", "again"]}, "f. 1r"),
        ("x" * 999, "x" * 200),
        ({}, "page 1"),
        (17, "page 1"),
        ("", "page 1"),
    ],
)
def test_labels(label: object, text: str) -> None:
    assert read_manifest(version2(IMAGE2, label=label))[1][0].label == text


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            {"type": "Collection", "items": [{"type": "Manifest", "id": "https://example.org/1"}]},
            "collection",
        ),
        ({"@type": "sc:Collection", "manifests": []}, "collection"),
        ({"type": "FeatureCollection"}, "collection"),
        ({}, "not a IIIF manifest"),
        ({"type": "Range", "items": []}, "not a IIIF manifest"),
        ({"type": "Manifest"}, "no images"),
        (version2(None), "no images"),
        (
            {"type": "Manifest", "items": [1, "two", None, [], {"items": [{"items": [{"body": 3}]}]}]},
            "no images",
        ),
        ({"sequences": [{"canvases": {"images": {"resource": []}}}]}, "no images"),
    ],
)
def test_what_is_refused(document: dict, sentence: str) -> None:
    with pytest.raises(mark.MarkError, match=sentence):
        read_manifest(document)


def test_too_many_canvases(monkeypatch) -> None:
    monkeypatch.setattr("mark_core.pages.manifest.MAX_CANVASES", 2)
    assert len(read_manifest(version3(IMAGE3, IMAGE3))[1]) == 2
    with pytest.raises(mark.MarkError, match="has 3 pages, and at most 2"):
        read_manifest(version3(IMAGE3, IMAGE3, IMAGE3))


def test_lengths() -> None:
    assert [whole(v) for v in (1000, 1000.0, "1000")] == [1000] * 3
    assert [whole(v) for v in (0, -1, True, "1e3", "²", "9" * 5000, float("nan"), 10**40, None, [1])] == [
        None
    ] * 10


KEYS = st.sampled_from(
    "type @type id @id label items sequences canvases images resource body service default source width".split()  # noqa: SIM905
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("Manifest")
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5)
)


@given(st.dictionaries(KEYS, JSON, max_size=6))
def test_any_json_gives_canvases_or_one_sentence(document: dict) -> None:
    try:
        title, canvases = read_manifest(document | {"type": "Manifest"})
    except mark.MarkError:
        return
    assert isinstance(title, str)
    assert all(canvas.label and (canvas.image or canvas.service) for canvas in canvases)


@given(JSON)
def test_helpers_take_anything(value: object) -> None:
    assert isinstance(text_of(value), str)
    assert identifier(value) is None or isinstance(identifier(value), str)
