from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mark_core.ui.replies import UNEXPECTED
from mark_core.ui.server import ENDED, FEWER_SAMPLES, NO_SAMPLE, Server
from mark_core.ui.uploads.samples import Samples

from .fakes import FakeIndex
from .tabs import Tab, notices, replies, text


def test_a_visitor_finds_the_first_sample_open(server: Server) -> None:
    _, view = Tab.arrive(server)
    assert [page["sample"] for page in view["pages"]] == ["a.png"]
    assert view["focus"] == view["pages"][0]["id"]
    assert view["busy"] is None
    server.leave("tab")
    assert len(server.store) == 1  # it waits for its tab


@pytest.mark.parametrize(
    ("wanted", "opened", "told"),
    [
        ("second", ["s.png"], []),
        ("second\nfirst\nsecond", ["s.png", "a.png"], []),
        ("", ["a.png"], []),
        ("gone", ["a.png"], [NO_SAMPLE]),
        ("gone\nsecond", ["s.png"], [FEWER_SAMPLES]),
        ({"a": 1}, ["a.png"], [NO_SAMPLE]),
    ],
)
def test_a_link_opens_its_samples(
    server: Server, tmp_path: Path, wanted: Any, opened: list[str], told: list[Any]
) -> None:
    folder = tmp_path / "linked"
    folder.mkdir()
    for name in ("a.png", "s.png"):
        Image.fromarray(np.full((120, 200, 3), 90, np.uint8)).save(folder / name)
    entries = [{"file": "a.png", "name": "first"}, {"file": "s.png", "name": "second", "title": "S"}]
    (folder / "samples.json").write_text(json.dumps(entries))
    server.store.samples = Samples(FakeIndex, tmp_path / "shelf", folder)
    _, view = Tab.arrive(server, wanted=wanted)
    assert [page["sample"] for page in view["pages"]] == opened
    assert view["focus"] == view["pages"][0]["id"]
    assert notices(view) == [str(message) for message in told]
    assert [sample["name"] for sample in view["samples"]] == ["first", "second"]
    assert view["samples"][1]["title"] == {"id": "S", "values": {}}


def test_a_sample_that_cannot_be_opened_costs_a_sentence(server: Server) -> None:
    tab, before = Tab.arrive(server)
    view = tab.view("uploads", "open_sample", file="gone.png")
    assert notices(view) == ["There is no such sample page."]
    assert (view["pages"], view["busy"]) == (before["pages"], None)


@pytest.mark.parametrize("fields", [{}, {"number": "x"}, {"action": 3, "number": 1}])
def test_what_is_no_request_fails_without_a_number(server: Server, fields: dict[str, Any]) -> None:
    tab, _ = Tab.arrive(server)
    for feature in ("search", "uploads", "word_clusters"):
        *_, view = server.respond(feature, tab.key, SimpleNamespace(_data=fields))
        (reply,) = replies(view, feature)
        assert (reply["state"], reply["number"]) == ("failed", 0)
        assert "makes no sense" in text(reply["error"])


@pytest.mark.parametrize("feature", ["search", "learning", "projects", "export", "list_search"])
def test_an_unknown_action_is_refused(server: Server, feature: str) -> None:
    tab, before = Tab.arrive(server)
    assert "makes no sense" in tab.error(feature, "dance")
    assert tab.view(feature, "dance")["pages"] == before["pages"]


def test_a_fault_of_ours_is_told_and_survived(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, _ = Tab.arrive(server)
    with monkeypatch.context() as patch:
        patch.setattr(FakeIndex, "search", lambda *_, **__: 1 / 0)
        view = tab.view("search", "search", text="one")
        assert view["search"]["error"] == UNEXPECTED.to_json()
        assert replies(view, "search")[-1]["error"] == UNEXPECTED.to_json()
    assert tab.view("search", "search", text="one")["search"]["error"] is None


def test_the_last_replies_of_each_feature_stand_in_every_view(server: Server) -> None:
    tab, _ = Tab.arrive(server)
    for _ in range(10):
        tab.view("search", "search", text="one")
    view = tab.view("export", "export", format="csv")
    assert [reply["number"] for reply in replies(view, "search")] == list(range(3, 11))
    assert [reply["number"] for reply in replies(view, "export")] == [11]
    json.dumps(view)  # plain values throughout


def test_an_ended_session_says_so_once_and_goes_on(server: Server) -> None:
    tab, _ = Tab.arrive(server)
    server.store.close(tab.key)
    view = tab.view("pages", "remove", page="x")
    assert notices(view)[0] == str(ENDED)
    view = tab.view("uploads", "open_sample", file="a.png")
    assert len(view["pages"]) == 1
    assert notices(view).count(str(ENDED)) == 1
