"""Addresses as viewers hand them out."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mark_core as mark
from mark_core.pages.content_state import ContentState, named_in, read_address
from tests.helpers.image_service import ImageService, Served
from tests.helpers.manifests import version3

from .conftest import Library
from .test_canvas_image import spread

MANIFEST = "https://example.org/m.json?v=1"
CANVAS = "https://example.org/canvas/1"
QUOTED = quote(MANIFEST, safe="")


def encoded(state: object, padded: bool) -> str:
    """As section 6 of the specification has it: percent-encoded, then base64url without padding."""
    text = base64.urlsafe_b64encode(quote(json.dumps(state)).encode()).decode()
    return text if padded else text.rstrip("=")


PART_OF = {"id": CANVAS, "type": "Canvas", "partOf": [{"id": MANIFEST, "type": "Manifest"}]}
STATES = {
    "canvas": PART_OF,
    "canvas with a region": PART_OF | {"id": f"{CANVAS}#xywh=1,2,3,4"},
    "annotation": {"type": "Annotation", "motivation": ["contentState"], "target": PART_OF},
    "several targets": {"type": "Annotation", "target": [PART_OF, {"id": "https://example.org/other"}]},
    "specific resource": {"type": "Annotation", "target": {"type": "SpecificResource", "source": PART_OF}},
    "one parent": PART_OF | {"partOf": {"id": MANIFEST, "type": "Manifest"}},
    "parent by name": PART_OF | {"partOf": MANIFEST},
    "parent without a type": PART_OF | {"partOf": [{"id": MANIFEST}]},
    "version 2": {"@id": CANVAS, "@type": "sc:Canvas", "within": MANIFEST},
}


@pytest.mark.parametrize("case", STATES)
@pytest.mark.parametrize("form", ["JSON", "base64url", "base64url with padding", "base64"])
def test_content_states(case: str, form: str) -> None:
    state = STATES[case]
    if form == "JSON":
        value = quote(json.dumps(state), safe="")
    elif form == "base64":
        value = quote(base64.b64encode(json.dumps(state).encode()).decode(), safe="")
    else:
        value = encoded(state, form.endswith("padding"))
    found = read_address(f"https://viewer.example.org/mirador/?theme=dark&iiif-content={value}")
    assert found == ContentState(MANIFEST, CANVAS)


@pytest.mark.parametrize(
    ("link", "canvas", "place"),
    [
        (f"https://v.example.org/?iiif-content={QUOTED}", None, None),
        (f"https://v.example.org/?manifest={QUOTED}&canvas={quote(CANVAS, safe='')}", CANVAS, None),
        (f"https://v.example.org/?canvas={CANVAS}&manifest={QUOTED}", CANVAS, None),
        (f"https://v.example.org/uv.html#?manifest={QUOTED}&c=0&cv=5", None, 5),
        (f"https://v.example.org/#/?manifestId={QUOTED}&canvasId={quote(CANVAS, safe='')}", CANVAS, None),
        (f"https://v.example.org/?manifest={QUOTED}&cv=five&canvas=2", None, None),
        (f"https://v.example.org/?iiif-content={encoded(MANIFEST, False)}", None, None),
    ],
)  # fmt: skip
def test_links_of_viewers(link: str, canvas: str | None, place: int | None) -> None:
    expected = MANIFEST if "manifest" in link or "iiif-content=https" in link else link
    assert read_address(link) == ContentState(expected, canvas, place)


def test_what_is_no_content_state_is_an_address() -> None:
    for value in ("7", "W10", "{}", "%7B", "a" * 200_000, encoded({"type": "Canvas", "id": CANVAS}, False)):
        link = f"https://example.org/letter.jpg?iiif-content={value}"
        assert read_address(link) == ContentState(link)
    nested: object = MANIFEST
    for _ in range(50):
        nested = {"type": "Annotation", "target": nested}
    assert named_in(nested) is None


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    assert read_address(f"https://example.org/?iiif-content={text}").url


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=4) | st.just(MANIFEST) | st.just("Manifest"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "target", "source", "partOf", "on"]), inner)
    ),
)


@given(st.dictionaries(st.sampled_from(["id", "type", "target", "source", "partOf", "within"]), JSON))
def test_any_json_is_survived(document: dict) -> None:
    found = named_in(document)
    assert found is None or found.url == MANIFEST


def served(library: Library) -> ImageService:
    service = ImageService(library.url, "a", spread())
    target = {"id": CANVAS, "type": "Canvas", "partOf": [{"id": f"{library.url}/m", "type": "Manifest"}]}
    state = {"type": "Annotation", "motivation": "contentState", "target": target}
    manifest = version3(service.body(), service.body(), service.body())
    library.files = Served(
        {"/m": json.dumps(manifest).encode(), "/state": json.dumps(state).encode()}, service
    )
    return service


@pytest.mark.parametrize(
    "link",
    ["{url}/?manifest={url}/m&canvas=" + CANVAS, "{url}/#?manifest={url}/m&cv=1", "{url}/?iiif-content={url}/state",
     "{url}/state"],
)  # fmt: skip
def test_the_page_that_is_shown_is_preselected(library: Library, link: str) -> None:
    served(library)
    url = link.format(url=library.url)
    listing = mark.iiif_listing(url, library.allow)
    assert (listing.url, listing.selected, len(listing.canvases)) == (f"{library.url}/m", 1, 3)
    assert [page.number for page in mark.iiif_pages(url, allow=library.allow)] == [1]
    assert [page.number for page in mark.iiif_pages(url, allow=library.allow, numbers=[0, 2])] == [0, 2]


def test_a_canvas_that_is_not_there_selects_nothing(library: Library) -> None:
    served(library)
    url = f"{library.url}/?manifest={library.url}/m&canvas=https://example.org/canvas/9"
    assert mark.iiif_listing(url, library.allow).selected is None
    assert len(list(mark.iiif_pages(url, allow=library.allow))) == 3
