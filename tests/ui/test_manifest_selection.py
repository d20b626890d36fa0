from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mark_core.ui.desk import Desk
from mark_core.ui.limits import Limits
from mark_core.ui.offer import Offer
from mark_core.ui.samples import SampleShelf
from mark_core.ui.store import SessionStore
from PIL import Image

from mark_core import MarkError
from mark_core.pages.iiif import Listing
from mark_core.pages.manifest import Canvas
from tests.pages.conftest import Library

from .fakes import FakeIndex

CANVASES = tuple(
    Canvas(number, f"{number}r") for number in range(1, 31) if number != 7
)  # one without an image


@pytest.fixture
def offer() -> Offer:
    return Offer(1, Listing("https://example.org/m", "Letterbook", CANVASES, manifest=True), "auto")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("1-3", [1, 2, 3]),
        (" 2 , 5 - 6 ", [2, 5, 6]),
        ("3,1,3", [1, 3]),
        ("4–5", [4, 5]),
        ("29", [29]),
    ],
)
def test_pages_are_chosen_by_their_place(offer: Offer, text: str, places: list[int]) -> None:
    assert offer.choose(text, 10) == [CANVASES[place - 1].number for place in places]


@pytest.mark.parametrize(
    "text", ["", "all", "1-", "3-1", "0-4", "1;2", "30", "1-30", "1" * 400, "-5", "1,,2"]
)
def test_what_is_no_choice_gets_its_sentence(offer: Offer, text: str) -> None:
    with pytest.raises(MarkError, match=r"\.$"):
        offer.choose(text, 50)


def test_no_more_pages_are_chosen_than_fit(offer: Offer) -> None:
    assert len(offer.choose("1-5", 5)) == 5
    for room in (0, 1, 4):
        with pytest.raises(MarkError, match="choose fewer"):
            offer.choose("1-5", room)
    view = offer.to_view(4)
    assert (view["pages"], view["room"], view["first"], view["last"]) == (29, 4, "1r", "30r")


# From the address to the pages


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Library]:
    library = Library()
    monkeypatch.setenv("MARK_ALLOW_HOSTS", library.host)
    Image.new("L", (300, 200), 120).save(tmp_path / "page.png")
    library.files["/page.png"] = (tmp_path / "page.png").read_bytes()
    yield library
    library.close()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    root = tmp_path / "pages"
    store = SessionStore(FakeIndex, root, Limits(pages=5))
    return Desk(store, SampleShelf(FakeIndex, root, tmp_path), tmp_path)


def manifest(library: Library, pages: int) -> bytes:
    import json

    canvases = [
        {
            "@id": f"{library.url}/c{number}",
            "@type": "sc:Canvas",
            "label": f"{number}r",
            "images": [{"resource": {"@id": f"{library.url}/page.png", "@type": "dctypes:Image"}}],
        }
        for number in range(1, pages + 1)
    ]
    kind = {"@context": "http://iiif.io/api/presentation/2/context.json", "@type": "sc:Manifest"}
    return json.dumps({**kind, "label": "Letterbook", "sequences": [{"canvases": canvases}]}).encode()


def event(**data: Any) -> Any:
    return SimpleNamespace(_data=data)


def last(views: Iterator[dict[str, Any]]) -> dict[str, Any]:
    return list(views)[-1]


def look_up(desk: Desk, key: str, url: str) -> dict[str, Any]:
    return last(desk.add_address(key, event(url=url, direction="auto")))


def test_pages_of_a_manifest_are_chosen_before_any_is_fetched(desk: Desk, library: Library) -> None:
    library.files["/m.json"] = manifest(library, 12)
    key = desk.store.open().key
    view = look_up(desk, key, f"{library.url}/m.json")
    assert library.paths == ["/m.json"]
    assert (view["offer"]["title"], view["offer"]["pages"], view["offer"]["room"]) == ("Letterbook", 12, 5)
    number = view["offer"]["number"]
    view = last(desk.choose(key, event(number=number, pages="1-9")))
    assert "choose fewer" in view["notices"][-1]["text"]
    assert view["offer"]["number"] == number  # still open, to be chosen from again
    view = last(desk.choose(key, event(number=number, pages="2, 11-12")))
    assert [page["title"] for page in view["pages"]] == ["2r", "11r", "12r"]
    assert {page["note"] for page in view["pages"]} == {"Letterbook"}
    assert view["offer"] is None
    assert library.paths.count("/page.png") == 3
    sheet = desk.store.get(key).sheets[1]
    assert sheet.entry.page.source.canvas == f"{library.url}/c11"


def test_an_offer_can_be_turned_down(desk: Desk, library: Library) -> None:
    library.files["/m.json"] = manifest(library, 3)
    key = desk.store.open().key
    number = look_up(desk, key, f"{library.url}/m.json")["offer"]["number"]
    view = last(desk.choose(key, event(number=number, pages=None)))
    assert (view["offer"], view["pages"], view["notices"]) == (None, [], [])
    view = last(desk.choose(key, event(number=number, pages="1")))
    assert "no longer open" in view["notices"][0]["text"]


def test_a_single_image_is_added_at_once(desk: Desk, library: Library) -> None:
    key = desk.store.open().key
    view = look_up(desk, key, f"{library.url}/page.png")
    assert [page["title"] for page in view["pages"]] == ["page.png"]
    assert view["focus"] == view["pages"][0]["id"]
    assert view["offer"] is None


@pytest.mark.parametrize(
    "url", ["", "ftp://example.org/", "letters", None, 5, "http://x/" + "y" * 5000, "http://127.0.0.1:1/m"]
)
def test_an_address_that_cannot_be_used_costs_a_sentence(desk: Desk, url: Any) -> None:
    key = desk.store.open().key
    view = look_up(desk, key, url)
    assert len(view["notices"]) == 1
    assert view["notices"][0]["text"].endswith((".", "again."))
    assert view["pages"] == view["waiting"] == []


def test_a_page_that_cannot_be_fetched_leaves_the_others(desk: Desk, library: Library) -> None:
    library.files["/m.json"] = manifest(library, 2).replace(b"page.png", b"missing.png", 1)
    key = desk.store.open().key
    number = look_up(desk, key, f"{library.url}/m.json")["offer"]["number"]
    view = last(desk.choose(key, event(number=number, pages="1-2")))
    assert [page["title"] for page in view["pages"]] == ["2r"]
    assert "1r" in view["notices"][0]["text"]
