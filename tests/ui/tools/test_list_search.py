from __future__ import annotations

import csv
import io
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from mark_core import MarkError
from mark_core.ui.replies import UNEXPECTED
from mark_core.ui.server import Server
from mark_core.ui.tools import list_search

from ..fakes import FakeIndex
from ..tabs import Tab, replies, text, upload


def opened(server: Server) -> tuple[Tab, dict[str, Any]]:
    tab, _ = Tab.arrive(server)
    return tab, tab.add(upload(server, "b.png"))


def search(tab: Tab, **fields: Any) -> list[dict[str, Any]]:
    asked = {"terms": "one\ntwo", "threshold": 50} | fields
    return [replies(view, "list_search")[-1] for view in tab.views("list_search", "search", **asked)]


def test_every_line_is_searched_on_all_pages(server: Server) -> None:
    tab, view = opened(server)
    first, *_, last = search(tab, threshold=60)
    assert (first["state"], bool(first["step"])) == ("working", True)
    assert (last["number"], last["state"], last["step"], last["error"]) == (tab.number, "done", None, None)
    rows = json.loads(Path(last["data"]["data"]).read_text())
    # both pages have the scores 0.9, 0.7, 0.5
    assert [(row["term"], row["hits"], row["score"]) for row in rows] == [("one", 4, 0.9), ("two", 4, 0.9)]
    assert rows[0]["page"] == view["pages"][0]["id"]
    assert rows[0]["box"] == [10, 10, 30, 12]
    table = csv.DictReader(io.StringIO(Path(last["data"]["file"]).read_text("utf-8-sig")))
    assert [(row["term"], row["hits"], row["file"]) for row in table] == [
        ("one", "4", "a.png"),
        ("two", "4", "a.png"),
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"terms": " "}, "empty"),
        ({"terms": "\n".join(f"n{i}" for i in range(501))}, "at most 500"),
        ({"terms": "x" * (list_search.MAX_LETTERS + 1)}, "too long"),
        ({"terms": ["one"]}, "makes no sense"),
        ({"threshold": 101}, "makes no sense"),
        ({"number": None}, "makes no sense"),
    ],
)
def test_a_list_that_makes_no_sense_gets_a_sentence(
    server: Server, data: dict[str, Any], sentence: str
) -> None:
    tab, _ = opened(server)
    assert sentence in text(search(tab, **data)[-1]["error"])


def test_without_pages_nothing_is_looked_up(server: Server) -> None:
    tab, view = Tab.arrive(server)
    tab.view("pages", "remove", page=view["pages"][0]["id"])
    assert text(search(tab)[-1]["error"]).startswith("Add a page")


def test_a_line_that_cannot_be_searched_does_not_stop_the_others(server: Server) -> None:
    tab, _ = opened(server)
    real = FakeIndex.search

    def picky(self: FakeIndex, text: str | None = None, **options: Any) -> Any:
        if text == "bad":
            raise MarkError("Not so.")
        return real(self, text=text, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeIndex, "search", picky)
        rows = json.loads(Path(search(tab, terms="bad\none")[-1]["data"]["data"]).read_text())
        patch.setattr(FakeIndex, "search", lambda *_, **__: 1 / 0)
        assert search(tab)[-1]["error"] == UNEXPECTED.to_json()
    assert [text(row["problem"]) for row in rows] == ["Not so.", ""]


def states(view: dict[str, Any]) -> dict[int, str]:
    return {reply["number"]: reply["state"] for reply in replies(view, "list_search")}


def test_it_can_be_cancelled_and_a_newer_list_ends_it(server: Server) -> None:
    tab, _ = opened(server)
    reached, go_on = threading.Event(), threading.Event()
    search = FakeIndex.search

    def slow(self: FakeIndex, text: str | None = None, **options: Any) -> Any:
        if text == "slow":
            reached.set()
            assert go_on.wait(10)
        return search(self, text=text, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeIndex, "search", slow)
        views = tab.stream("list_search", "search", terms="slow\nslow2", threshold=50)
        first = tab.number
        next(views)
        assert reached.wait(10)
        tab.view("list_search", "cancel")
        go_on.set()
        assert states(list(views)[-1])[first] == "cancelled"
        reached.clear()
        go_on.clear()
        views = tab.stream("list_search", "search", terms="slow\nslow2", threshold=50)
        older = tab.number
        next(views)
        assert reached.wait(10)
        newer = tab.stream("list_search", "search", terms="one", threshold=50)
        next(newer)
        go_on.set()
        assert states(list(newer)[-1])[tab.number] == "done"
        # what was given up is said of its own request alone
        assert states(list(views)[-1]) | {first: "cancelled"} == {
            first: "cancelled",
            first + 1: "done",  # the cancellation
            older: "cancelled",
            tab.number: "done",
        }
