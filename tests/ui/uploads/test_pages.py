from __future__ import annotations

from typing import Any

import pytest

from mark_core.ui.replies import UNEXPECTED
from mark_core.ui.server import Server
from mark_core.ui.session.session import Session

from ..tabs import Tab, notices, replies, text, upload


def titles(view: dict[str, Any]) -> list[str]:
    return [text(page["title"]) for page in view["pages"]]


def test_pages_are_renamed_moved_removed_and_brought_back(server: Server) -> None:
    tab, _ = Tab.arrive(server)
    view = tab.add(upload(server, "b.png"), upload(server, "c.png"))
    ids = [page["id"] for page in view["pages"]]
    view = tab.view("pages", "rename", page=ids[1], title="  Letter\n1 ")
    view = tab.view("pages", "move", page=ids[2], place=0)
    assert titles(view) == ["c.png", "A", "Letter 1"]
    view = tab.view("pages", "remove", page=ids[1])
    assert titles(view) == ["c.png", "A"]
    assert text(view["undo"]["message"]) == "Page removed: Letter 1."
    view = tab.view("pages", "undo", undo=view["undo"]["number"])
    assert titles(view) == ["c.png", "A", "Letter 1"]
    assert view["notices"] == []


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("rename", {"title": " "}),
        ("rename", {"title": 3}),
        ("rename", {"page": "x", "title": "y"}),
        ("move", {"place": -1}),
        ("move", {"place": "0"}),
        ("remove", {"page": None}),
        ("undo", {"undo": 5}),
        ("undo", {"undo": None}),
    ],
)
def test_what_cannot_be_done_to_a_page_costs_a_sentence(
    server: Server, action: str, fields: dict[str, Any]
) -> None:
    tab, before = Tab.arrive(server)
    view = tab.view("pages", action, **{"page": before["pages"][0]["id"], **fields})
    assert view["pages"] == before["pages"]
    assert len(view["notices"]) == 1
    assert notices(view)[0].endswith(".")
    assert text(replies(view, "pages")[-1]["error"]) == notices(view)[0]


def test_a_fault_in_changing_a_page_is_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, before = Tab.arrive(server)
    monkeypatch.setattr(Session, "rename", lambda *_: 1 / 0)
    view = tab.view("pages", "rename", page=before["pages"][0]["id"], title="b")
    assert notices(view) == [str(UNEXPECTED)]
