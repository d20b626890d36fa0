from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mark_core.ui.replies import UNEXPECTED
from mark_core.ui.server import Server

from ..fakes import FakeIndex
from ..tabs import Tab, notices, replies, text, upload


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """No page of a visitor is ready before it is set."""
    gate, add = threading.Event(), FakeIndex.add

    def slow(*args: Any, **kwargs: Any) -> str:
        gate.wait(20)
        return add(*args, **kwargs)

    monkeypatch.setattr(FakeIndex, "add", slow)
    return gate


def arrive(server: Server, gate: threading.Event) -> Tab:
    """A tab with its sample, before the gate is closed."""
    gate.set()
    tab, _ = Tab.arrive(server)
    gate.clear()
    return tab


def titles(view: dict[str, Any]) -> list[str]:
    return [text(page["title"]) for page in view["pages"]]


def test_what_is_on_its_way_is_shown(server: Server, gate: threading.Event) -> None:
    tab = arrive(server, gate)
    views = tab.stream("uploads", "add_files", files=[upload(server, "b.png")], direction="auto")
    view = next(views)
    assert replies(view, "uploads")[-1]["state"] == "done"  # the request was understood
    assert view["uploads"][0]["title"] == "b.png"
    assert titles(view) == ["A"]
    gate.set()
    view = list(views)[-1]
    assert titles(view) == ["A", "b.png"]
    assert view["focus"] == view["pages"][1]["id"]
    assert view["uploads"] == []


def test_a_browser_that_has_lost_touch_watches_again(server: Server, gate: threading.Event) -> None:
    tab = arrive(server, gate)
    views = tab.stream("uploads", "add_files", files=[upload(server, "b.png")], direction="auto")
    next(views)
    again = tab.stream("uploads", "watch")
    assert next(again)["uploads"][0]["title"] == "b.png"
    gate.set()
    assert titles(list(again)[-1]) == ["A", "b.png"]


def test_the_script_that_is_told_reaches_the_library_and_is_shown(server: Server) -> None:
    tab, _ = Tab.arrive(server)
    tab.add(upload(server, "b.png"))
    view = tab.add(upload(server, "c.png"), script="greek")
    assert [entry.script for entry in tab.session.index.pages] == [None, "greek"]
    assert [text(page["note"]) for page in view["pages"][1:]] == ["", "Script: Greek"]


def test_everything_on_its_way_is_cancelled(server: Server, gate: threading.Event) -> None:
    tab = arrive(server, gate)
    files = [upload(server, "b.png"), upload(server, "c.png")]
    views = tab.stream("uploads", "add_files", files=files, direction="auto")
    next(views)
    view = tab.view("uploads", "cancel")
    assert notices(view) == ["Cancelled. The pages that were ready stay."]
    assert [notice["calm"] for notice in view["notices"]] == [True]
    gate.set()
    view = list(views)[-1]
    assert (titles(view), view["uploads"]) == (["A"], [])


def test_what_flattening_did_stands_beside_the_title(server: Server) -> None:
    tab, _ = Tab.arrive(server)
    tab.add(upload(server, "b.png"), flatten=True)
    view = tab.add(upload(server, "c.png"), flatten=False)
    assert text(view["pages"][1]["note"]).startswith("The lines of this page are flat already")
    assert view["pages"][2]["note"] is None


def test_a_second_batch_takes_over_and_everything_arrives(server: Server, gate: threading.Event) -> None:
    tab = arrive(server, gate)
    files = [upload(server, f"{n}.png") for n in "bcd"]
    first = tab.stream("uploads", "add_files", files=files, direction="auto")
    next(first)
    second = tab.stream("uploads", "add_files", files=[upload(server, "e.png")], direction="auto")
    next(second)
    gate.set()
    view = list(second)[-1]
    assert titles(view) == ["A", "b.png", "c.png", "d.png", "e.png"]
    assert view["focus"] == view["pages"][1]["id"]  # what is shown does not change while pages arrive
    list(first)  # ends


def test_a_bad_file_costs_one_sentence_and_the_others_go_on(server: Server) -> None:
    tab, _ = Tab.arrive(server)
    bad = server.store.upload_folder / "bad.png"
    bad.write_bytes(b"not an image")
    view = tab.add(
        {"path": str(bad), "name": "bad.png"},
        upload(server, "white.png", value=255),
        upload(server, "good.png"),
    )
    sentences = notices(view)
    assert len(sentences) == 2
    assert sentences[0].startswith("bad.png: ")
    assert sentences[1] == "white.png: No words were found on this page."
    assert titles(view) == ["A", "good.png"]
    assert view["uploads"] == []


def test_pages_of_one_file_are_numbered(server: Server) -> None:
    tab, _ = Tab.arrive(server)
    frames = [Image.fromarray(np.full((120, 200, 3), value, np.uint8)) for value in (80, 90)]
    path = server.store.upload_folder / "two.tif"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    view = tab.add({"path": str(path), "name": "two.tif"}, direction="ltr")
    assert view["notices"] == []
    assert titles(view)[1:] == ["two.tif", "two.tif, page 2"]


@pytest.mark.parametrize(
    "fields", [{"files": []}, {"files": [{"path": "/etc/passwd"}]}, {"direction": "up"}, {"flatten": 1}]
)
def test_an_upload_that_makes_no_sense_costs_a_sentence(server: Server, fields: dict[str, Any]) -> None:
    tab, before = Tab.arrive(server)
    good = {"files": [upload(server, "b.png")], "direction": "auto"}
    view = tab.view("uploads", "add_files", **(good | fields))
    assert replies(view, "uploads")[-1]["state"] == "failed"
    assert [sentence.endswith((".", "again.")) for sentence in notices(view)] == [True]
    assert view["pages"] == before["pages"]


def test_a_fault_in_taking_files_is_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, _ = Tab.arrive(server)
    monkeypatch.setattr("mark_core.ui.uploads.uploads.is_project", lambda name: 1 / 0)
    view = tab.add(upload(server, "b.png"))
    assert notices(view) == [str(UNEXPECTED)]
    assert replies(view, "uploads")[-1]["error"] == UNEXPECTED.to_json()
