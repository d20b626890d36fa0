from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mark_core import MarkError
from mark_core.pages.iiif import Listing
from mark_core.pages.manifest import Canvas
from mark_core.ui.server import Server
from mark_core.ui.session.limits import Limits
from mark_core.ui.session.store import SessionStore
from mark_core.ui.uploads.layout import DEFAULT_LAYOUT
from mark_core.ui.uploads.manifest_selection import ManifestSelection
from tests.pages.conftest import Library

from ..fakes import FakeIndex
from ..tabs import Tab, notices, text

CANVASES = tuple(
    Canvas(number, f"{number}r") for number in range(1, 31) if number != 7
)  # one without an image


@pytest.fixture
def selection() -> ManifestSelection:
    listing = Listing("https://example.org/m", "Letterbook", CANVASES, manifest=True)
    return ManifestSelection(1, listing, DEFAULT_LAYOUT)


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
def test_pages_are_chosen_by_their_place(selection: ManifestSelection, text: str, places: list[int]) -> None:
    assert selection.select(text, 10) == [CANVASES[place - 1].number for place in places]


@pytest.mark.parametrize(
    "text", ["", "all", "1-", "3-1", "0-4", "1;2", "30", "1-30", "1" * 400, "-5", "1,,2"]
)
def test_what_is_no_choice_gets_its_sentence(selection: ManifestSelection, text: str) -> None:
    with pytest.raises(MarkError, match=r"\.$"):
        selection.select(text, 50)


def test_no_more_pages_are_chosen_than_fit(selection: ManifestSelection) -> None:
    assert len(selection.select("1-5", 5)) == 5
    for room in (0, 1, 4):
        with pytest.raises(MarkError, match="choose fewer"):
            selection.select("1-5", room)
    view = selection.to_view(4)
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
def tab(tmp_path: Path) -> Tab:
    """A tab with nothing open and room for five pages."""
    server = Server(SessionStore(FakeIndex, tmp_path / "pages", Limits(pages=5)))
    return Tab(server, server.store.open().key)


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


def look_up(tab: Tab, url: Any) -> dict[str, Any]:
    return tab.view("uploads", "add_address", url=url, direction="auto")


def select(tab: Tab, number: int, pages: str | None) -> dict[str, Any]:
    return tab.view("uploads", "select_pages", selection=number, pages=pages)


def test_pages_of_a_manifest_are_chosen_before_any_is_fetched(tab: Tab, library: Library) -> None:
    library.files["/m.json"] = manifest(library, 12)
    view = look_up(tab, f"{library.url}/m.json")
    assert library.paths == ["/m.json"]
    offered = view["manifest_selection"]
    assert (offered["title"], offered["pages"], offered["room"]) == ("Letterbook", 12, 5)
    number = view["manifest_selection"]["number"]
    view = select(tab, number, "1-9")
    assert "choose fewer" in notices(view)[-1]
    assert view["manifest_selection"]["number"] == number  # still open, to be chosen from again
    view = select(tab, number, "2, 11-12")
    assert [page["title"] for page in view["pages"]] == ["2r", "11r", "12r"]
    assert {text(page["note"]) for page in view["pages"]} == {"Letterbook"}
    assert view["manifest_selection"] is None
    assert library.paths.count("/page.png") == 3
    page = tab.session.pages[1]
    assert page.entry.page.source.canvas == f"{library.url}/c11"


def test_the_link_of_a_viewer_preselects_its_page(tab: Tab, library: Library) -> None:
    library.files["/m.json"] = manifest(library, 3)
    link = f"{library.url}/?manifest={library.url}/m.json"
    assert look_up(tab, link)["manifest_selection"]["shown"] is None
    assert look_up(tab, f"{link}&cv=1")["manifest_selection"]["shown"] == 2


def test_a_selection_can_be_closed(tab: Tab, library: Library) -> None:
    library.files["/m.json"] = manifest(library, 3)
    number = look_up(tab, f"{library.url}/m.json")["manifest_selection"]["number"]
    view = select(tab, number, None)
    assert (view["manifest_selection"], view["pages"], view["notices"]) == (None, [], [])
    view = select(tab, number, "1")
    assert "no longer open" in notices(view)[0]


def test_a_single_image_is_added_at_once(tab: Tab, library: Library) -> None:
    view = look_up(tab, f"{library.url}/page.png")
    assert [page["title"] for page in view["pages"]] == ["page.png"]
    assert view["focus"] == view["pages"][0]["id"]
    assert view["manifest_selection"] is None


@pytest.mark.parametrize(
    "url", ["", "ftp://example.org/", "letters", None, 5, "http://x/" + "y" * 5000, "http://127.0.0.1:1/m"]
)
def test_an_address_that_cannot_be_used_costs_a_sentence(tab: Tab, url: Any) -> None:
    view = look_up(tab, url)
    assert len(view["notices"]) == 1
    assert notices(view)[0].endswith((".", "again."))
    assert view["pages"] == view["uploads"] == []


def test_a_page_that_cannot_be_fetched_leaves_the_others(tab: Tab, library: Library) -> None:
    library.files["/m.json"] = manifest(library, 2).replace(b"page.png", b"missing.png", 1)
    number = look_up(tab, f"{library.url}/m.json")["manifest_selection"]["number"]
    view = select(tab, number, "1-2")
    assert [page["title"] for page in view["pages"]] == ["2r"]
    assert "1r" in notices(view)[0]
